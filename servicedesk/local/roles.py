"""Provision the database roles of the service desk; idempotent.

Four roles keep the tenants apart (docs/tenancy.md): ``sd_owner`` owns the tables and
migrates, ``sd_app`` is what web and workers are, ``sd_system`` makes the few
cross-tenant reads, ``sd_search`` cannot log in and owns the search function. None is a
superuser and none bypasses row-level security.

``python -m servicedesk.local.roles`` does it from the environment: DATABASE_ADMIN_URL
(a role that may create roles), DATABASE_OWNER_URL, DATABASE_URL, DATABASE_SYSTEM_URL.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import extensions, sql

from servicedesk.local.addresses import Address

OWNER, APP, SYSTEM, SEARCH = "sd_owner", "sd_app", "sd_system", "sd_search"
LOCK = 0x5D_0001
MINIMUM_VERSION = 15_00_00


class RoleError(Exception):
    """The roles can't be made; the message says why and what to do."""


@dataclass(frozen=True)
class Admin:
    """The connection that provisions, and what it may do."""

    connection: extensions.connection
    superuser: bool
    user: str

    def run(self, statement: sql.Composable | str, *values: Any) -> None:
        """Execute one statement."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)

    def row(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        """Execute a query and return its first row."""
        with self.connection.cursor() as cursor:
            cursor.execute(query, values or None)
            found: tuple[Any, ...] | None = cursor.fetchone()
            return found


def provision(admin: Address, passwords: Mapping[str, str]) -> None:
    """Make the roles, and the database ``admin.name`` owned by ``sd_owner``.

    ``passwords`` maps sd_owner, sd_app and sd_system to their passwords; a role that is
    missing there, or empty, keeps what it has (none, on a server reached by socket).

    Raises RoleError when the server is too old or ``admin`` may not create roles.
    """
    with _connected(_entrance(admin)) as server:
        # Two installations may provision one server at once.
        server.run("SELECT pg_advisory_lock(%s)", LOCK)
        _refuse_unfit(server)
        for role in (OWNER, APP, SYSTEM, SEARCH):
            _ensure_role(server, role, passwords.get(role, ""))
        _grant_memberships(server)
        _ensure_database(server, admin.name)
    with _connected(admin) as inside:
        _grant_schema(inside)


def _entrance(address: Address) -> Address:
    """A database that exists on this server: the address's own, else ``postgres``."""
    try:
        with closing(psycopg2.connect(str(address), connect_timeout=10)):
            return address
    except psycopg2.OperationalError as error:
        if "does not exist" not in str(error):
            message = f"PostgreSQL can't be reached: {str(error).strip()}"
            raise RoleError(message) from error
    return address.for_database("postgres")


@contextmanager
def _connected(address: Address) -> Iterator[Admin]:
    try:
        connection = psycopg2.connect(str(address), connect_timeout=10)
    except psycopg2.OperationalError as error:
        message = f"PostgreSQL can't be reached: {str(error).strip()}"
        raise RoleError(message) from error
    with closing(connection):
        connection.autocommit = True  # CREATE DATABASE refuses a transaction
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            user, superuser = cursor.fetchone() or ("", False)
        yield Admin(connection, superuser=superuser, user=user)


def _refuse_unfit(server: Admin) -> None:
    version = server.connection.server_version
    if version < MINIMUM_VERSION:
        message = f"PostgreSQL {version // 10000} is too old; 15 or newer is needed."
        raise RoleError(message)
    row = server.row(
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb)"
        " FROM pg_roles WHERE rolname = current_user"
    )
    if not row or not row[0]:
        message = (
            f"{server.user} may not create roles. Use a superuser, or a role with"
            " CREATEROLE and CREATEDB; or provision the roles once and give"
            " DATABASE_URL, DATABASE_OWNER_URL and DATABASE_SYSTEM_URL."
        )
        raise RoleError(message)


def _ensure_role(server: Admin, role: str, password: str) -> None:
    found = server.row(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication"
        " FROM pg_roles WHERE rolname = %s",
        role,
    )
    name = sql.Identifier(role)
    if found is None:
        server.run(
            sql.SQL(
                "CREATE ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION"
            ).format(name)
        )
    elif found[0] and server.superuser:
        server.run(
            sql.SQL(
                "ALTER ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION"
            ).format(name)
        )
    elif found[0]:
        message = f"{role} exists and is too powerful: take its privileges away first."
        raise RoleError(message)
    login = "NOLOGIN" if role == SEARCH else "LOGIN"
    databases = "CREATEDB" if role == OWNER else "NOCREATEDB"  # tests make their own
    server.run(sql.SQL(f"ALTER ROLE {{}} {login} {databases}").format(name))
    if password and role != SEARCH:
        server.run(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password))
        )


def _grant_memberships(server: Admin) -> None:
    """Let the owner hand its search function to sd_search without being sd_search."""
    modern = server.connection.server_version >= 16_00_00
    quiet = " WITH INHERIT FALSE, SET TRUE" if modern else ""
    pairs = [(SEARCH, OWNER)]
    if not server.superuser:
        pairs.append((OWNER, server.user))  # to make a database that sd_owner owns
    for role, member in pairs:
        server.run(
            sql.SQL("GRANT {} TO {}" + quiet).format(
                sql.Identifier(role), sql.Identifier(member)
            )
        )


def _ensure_database(server: Admin, name: str) -> None:
    database, owner = sql.Identifier(name), sql.Identifier(OWNER)
    found = server.row(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", name
    )
    if found is None:
        server.run(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0"
            ).format(database, owner)
        )
    elif found[0] != OWNER:
        server.run(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))


def _grant_schema(inside: Admin) -> None:
    if not inside.superuser:
        inside.run(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
    row = inside.row("SELECT current_database()")
    database = sql.Identifier(row[0] if row else "")
    # Whoever provisioned must come in the next time, too.
    entrants = (APP, SYSTEM) if inside.superuser else (APP, SYSTEM, inside.user)
    people = sql.SQL(", ").join(map(sql.Identifier, entrants))
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {people}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {people}, {search}",
    ):
        inside.run(
            sql.SQL(statement).format(
                database=database,
                people=people,
                owner=sql.Identifier(OWNER),
                search=sql.Identifier(SEARCH),
            )
        )


def main() -> int:
    """Provision from the environment; say which variable is wrong."""
    try:
        admin = _address("DATABASE_ADMIN_URL")
        people = [
            _address("DATABASE_OWNER_URL", OWNER),
            _address("DATABASE_URL", APP),
            _address("DATABASE_SYSTEM_URL", SYSTEM),
        ]
        target = people[0].name
        provision(
            admin.for_database(target),
            {address.user: address.password for address in people},
        )
    except (RoleError, psycopg2.Error) as error:
        sys.stderr.write(f"database roles: {str(error).strip()}\n")
        return 1
    sys.stdout.write(f"Roles and database {target} are ready.\n")
    return 0


def _address(name: str, role: str | None = None) -> Address:
    try:
        address = Address.parse(os.environ.get(name, ""))
    except ValueError as error:
        message = f"{name}: {error}"
        raise RoleError(message) from error
    if role is not None and address.user != role:
        message = f"{name} must connect as {role}."
        raise RoleError(message)
    return address


if __name__ == "__main__":
    sys.exit(main())
