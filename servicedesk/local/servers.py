"""PostgreSQL and Redis for one copy: those that the environment names, else our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from servicedesk.local import roles
from servicedesk.local.addresses import Address
from servicedesk.local.places import Home, LocalError
from servicedesk.local.postgres import Postgres
from servicedesk.local.process import Child
from servicedesk.local.valkey import Valkey

DATABASE = "servicedesk"
URLS = {
    "DATABASE_OWNER_URL": roles.OWNER,
    "DATABASE_URL": roles.APP,
    "DATABASE_SYSTEM_URL": roles.SYSTEM,
}


class Servers:
    """Starts what is not given, provisions the roles, and knows the addresses.

    ``environ`` is where DATABASE_URL and REDIS_URL are looked up; ``fast`` gives up
    durability (for throw-away data: a fault test wants the opposite).
    """

    def __init__(
        self,
        home: Home,
        environ: Mapping[str, str],
        *,
        fast: bool = False,
        max_connections: int = 100,
    ) -> None:
        self.home = home
        self.given_database = environ.get("DATABASE_URL", "")
        self.given = {name: environ[name] for name in URLS if environ.get(name)}
        self.given_redis = environ.get("REDIS_URL", "")
        self.postgres = Postgres(home, fast=fast, max_connections=max_connections)
        self.valkey = Valkey(home, fast=fast)
        self.children: dict[str, Child] = {}

    @property
    def embedded(self) -> list[str]:
        """The servers that are our own, in the order in which they start."""
        return [
            name
            for name, given in (
                ("postgres", self.given_database),
                ("valkey", self.given_redis),
            )
            if not given
        ]

    def start(self, name: str) -> Child:
        """Start one of our own servers and return when it answers."""
        server = self.postgres if name == "postgres" else self.valkey
        child = Child(server.prepare())
        self.children[name] = child
        server.wait_until_ready(child)
        return child

    def stop(self) -> None:
        """Stop our own servers, the last one started first."""
        for name in reversed(list(self.children)):
            self.children.pop(name).stop()
        self.home.clear_sockets()

    def provision(self) -> None:
        """Make the roles and the database, unless all three addresses were given.

        Raises LocalError when that is not allowed, with what to do about it.
        """
        if self._complete():
            return
        try:
            roles.provision(self._admin(), self._passwords())
        except (roles.RoleError, psycopg2.Error) as error:
            message = f"The database roles could not be made: {error}"
            raise LocalError(message) from error
        self._prove_entrance()

    def environment(self) -> dict[str, str]:
        """The addresses, as settings expect them."""
        found = {"REDIS_URL": self.given_redis or self.valkey.url}
        if self._complete():
            return found | self.given
        admin, passwords = self._admin(), self._passwords()
        for name, role in URLS.items():
            found[name] = str(admin.for_role(role, passwords.get(role, "")))
        return found

    def _complete(self) -> bool:
        if self.given_database and len(self.given) == len(URLS):
            return True
        if len(self.given) > 1 or (self.given and not self.given_database):
            missing = ", ".join(sorted(set(URLS) - set(self.given)))
            message = (
                f"{missing} missing: give all three database addresses, or only"
                " DATABASE_URL of a role that may create roles."
            )
            raise LocalError(message)
        return False

    def _admin(self) -> Address:
        if not self.given_database:
            return self.postgres.address(DATABASE)
        try:
            return Address.parse(self.given_database)
        except ValueError as error:
            message = f"DATABASE_URL: {error}"
            raise LocalError(message) from error

    def _passwords(self) -> dict[str, str]:
        if not self.given_database:
            return {}  # our own server trusts whoever reaches its private socket
        return {role: self.home.secret(role) for role in URLS.values()}

    def _prove_entrance(self) -> None:
        """Connect once as the application: a server may be set to refuse passwords."""
        address = self.environment()["DATABASE_URL"]
        try:
            with closing(psycopg2.connect(address, connect_timeout=10)):
                return
        except psycopg2.OperationalError as error:
            message = (
                f"The server refuses {roles.APP}: {str(error).strip()}\n"
                "Its pg_hba.conf must let the role in with a password: name a host"
                " in DATABASE_URL, instead of a socket with peer authentication."
            )
            raise LocalError(message) from error


@contextmanager
def running(
    home: Path, *, fast: bool = False, max_connections: int = 100
) -> Iterator[Servers]:
    """Own servers with provisioned roles for the length of a block, whatever is given.

    For tests that kill and restart servers: ``servers.children["postgres"].kill()``, then
    ``servers.start("postgres")``.
    """
    servers = Servers(Home(home), {}, fast=fast, max_connections=max_connections)
    with servers.home.locked():
        try:
            for name in servers.embedded:
                servers.start(name)
            servers.provision()
            yield servers
        finally:
            servers.stop()
