"""The database roles: few rights, made any number of times, on any server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors

from servicedesk.local import roles
from servicedesk.local.addresses import Address
from servicedesk.local.places import Home
from servicedesk.local.servers import Servers


@contextmanager
def connected(address: Address) -> Iterator[Any]:
    with closing(psycopg2.connect(str(address))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def test_no_role_is_powerful_and_the_owner_owns_the_database(cluster: Servers) -> None:
    with connected(cluster.postgres.address("servicedesk")) as cursor:
        cursor.execute(
            "SELECT rolname, rolcanlogin, rolcreatedb, rolsuper OR rolbypassrls"
            " OR rolcreaterole OR rolreplication FROM pg_roles"
            " WHERE rolname LIKE 'sd\\_%' ORDER BY rolname"
        )
        assert cursor.fetchall() == [
            ("sd_app", True, False, False),
            ("sd_owner", True, True, False),
            ("sd_search", False, False, False),
            ("sd_system", True, False, False),
        ]
        cursor.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database"
            " WHERE datname = 'servicedesk'"
        )
        assert cursor.fetchone() == ("sd_owner",)


def test_provisioning_again_changes_nothing_and_takes_back_what_was_added(
    cluster: Servers,
) -> None:
    admin = cluster.postgres.address("servicedesk")
    with connected(admin) as cursor:
        cursor.execute("ALTER ROLE sd_app SUPERUSER BYPASSRLS CREATEDB")
    roles.provision(admin, {})
    roles.provision(admin, {})
    test_no_role_is_powerful_and_the_owner_owns_the_database(cluster)


def test_the_application_can_make_no_tables(cluster: Servers) -> None:
    app = cluster.postgres.address("servicedesk", "sd_app")
    with connected(app) as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute("CREATE TABLE mine (n int)")


def test_the_owner_can_hand_a_function_to_search_but_is_not_search(
    cluster: Servers,
) -> None:
    with connected(cluster.postgres.address("servicedesk", "sd_owner")) as cursor:
        cursor.execute("CREATE SCHEMA probe")
        cursor.execute("GRANT USAGE, CREATE ON SCHEMA probe TO sd_search")
        cursor.execute(
            "CREATE FUNCTION probe.f() RETURNS int LANGUAGE sql RETURN 1;"
            "ALTER FUNCTION probe.f() OWNER TO sd_search"
        )
        cursor.execute("SELECT pg_has_role('sd_owner', 'sd_search', 'USAGE')")
        assert cursor.fetchone() == (False,)
        cursor.execute("SET ROLE sd_search; DROP FUNCTION probe.f(); RESET ROLE")
        cursor.execute("DROP SCHEMA probe")


def test_a_role_that_may_create_roles_is_enough(cluster: Servers) -> None:
    """A managed server gives out no superuser."""
    with connected(cluster.postgres.address("postgres")) as cursor:
        cursor.execute("DROP DATABASE servicedesk")
        cursor.execute("DROP ROLE sd_app, sd_system, sd_search, sd_owner")
        cursor.execute("CREATE ROLE maker LOGIN CREATEROLE CREATEDB")
    try:
        maker = cluster.postgres.address("servicedesk", "maker")
        for _ in range(2):
            roles.provision(maker, {"sd_app": "an 'odd\" pass%word", "sd_owner": "o"})
        test_no_role_is_powerful_and_the_owner_owns_the_database(cluster)
        test_the_owner_can_hand_a_function_to_search_but_is_not_search(cluster)
        owner = cluster.postgres.address("servicedesk", "sd_owner")
        with connected(owner) as cursor:
            cursor.execute("CREATE TABLE probe (n int); DROP TABLE probe")
    finally:
        with connected(cluster.postgres.address("servicedesk")) as cursor:
            cursor.execute("DROP OWNED BY maker CASCADE")
        cluster.provision()


def test_a_role_without_that_right_is_told_what_to_do(cluster: Servers) -> None:
    app = cluster.postgres.address("servicedesk", "sd_app")
    with pytest.raises(roles.RoleError, match="sd_app may not create roles"):
        roles.provision(app, {})


def test_an_unreachable_server_is_named_as_the_cause() -> None:
    nowhere = Address.parse("postgres://x@127.0.0.1:9/x")
    with pytest.raises(roles.RoleError, match="can't be reached"):
        roles.provision(nowhere, {})


def test_passwords_for_a_given_server_are_made_once_and_kept(cluster: Servers) -> None:
    given = {"DATABASE_URL": str(cluster.postgres.address("servicedesk"))}
    servers = Servers(Home(cluster.home.path), given)
    servers.provision()
    first = servers.environment()
    assert Servers(Home(cluster.home.path), given).environment() == first
    address = Address.parse(first["DATABASE_URL"])
    assert (address.user, len(address.password)) == ("sd_app", 64)


@pytest.mark.parametrize(
    "text",
    [
        "postgres://u:p%40ss@host:5433/name",
        "postgres://u@/name?host=/run/x",
        "postgres://u@[::1]:5432/name?sslmode=require",
        "postgres://u%2F:p%3A%2F@host/na%20me",
    ],
)
def test_addresses_survive_being_read_and_written(text: str) -> None:
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize("text", ["", "mysql://u@h/x", "postgres://u@host"])
def test_wrong_addresses_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the address must"):
        Address.parse(text)


@pytest.fixture
def deployment(cluster: Servers, monkeypatch: pytest.MonkeyPatch) -> Address:
    """The environment of the one-shot preparation in a real deployment."""
    base = cluster.postgres.address("servicedesk")
    for name, role in (
        ("DATABASE_ADMIN_URL", "postgres"),
        ("DATABASE_OWNER_URL", "sd_owner"),
        ("DATABASE_URL", "sd_app"),
        ("DATABASE_SYSTEM_URL", "sd_system"),
    ):
        monkeypatch.setenv(name, str(base.for_role(role, "secret")))
    return base


def test_the_command_provisions_from_the_environment(
    deployment: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    assert roles.main() == 0
    assert capsys.readouterr().out == "Roles and database servicedesk are ready.\n"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("DATABASE_OWNER_URL", "", "DATABASE_OWNER_URL: the address must begin with"),
        ("DATABASE_URL", "postgres://me@h/x", "DATABASE_URL must connect as sd_app"),
        ("DATABASE_ADMIN_URL", "postgres://x@127.0.0.1:9/x", "can't be reached"),
    ],
)
def test_the_command_names_what_is_wrong(
    deployment: Address,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    problem: str,
) -> None:
    monkeypatch.setenv(name, value)
    assert roles.main() == 1
    assert problem in capsys.readouterr().err
