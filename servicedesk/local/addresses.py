"""Addresses of PostgreSQL as the settings spell them: ``postgres://user:pw@host/name``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit


@dataclass(frozen=True)
class Address:
    """Where a database is and who connects; ``host`` may be a socket directory."""

    user: str
    password: str
    host: str
    port: int | None
    name: str
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address; raises ValueError that names what is wrong with it."""
        parts = urlsplit(text)
        if parts.scheme not in {"postgres", "postgresql"}:
            message = "the address must begin with postgres://"
            raise ValueError(message)
        name = unquote(parts.path.lstrip("/"))
        if not name:
            message = "the address must end with /name-of-the-database"
            raise ValueError(message)
        options = dict(parse_qsl(parts.query))
        host = options.pop("host", unquote(parts.hostname or ""))
        port = parts.port or (int(options["port"]) if "port" in options else None)
        options.pop("port", None)
        return cls(
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=host,
            port=port,
            name=name,
            options=tuple(sorted(options.items())),
        )

    def __str__(self) -> str:
        """The address as libpq and the settings read it, password included."""
        login = quote(self.user, safe="")
        if self.password:
            login += f":{quote(self.password, safe='')}"
        options = dict(self.options)
        place = ""
        if self.host.startswith("/"):
            options["host"] = self.host
            if self.port:
                options["port"] = str(self.port)
        else:
            place = f"[{self.host}]" if ":" in self.host else self.host
            place += f":{self.port}" if self.port else ""
        query = urlencode(options, safe="/", quote_via=quote)
        tail = f"?{query}" if query else ""
        return f"postgres://{login}@{place}/{quote(self.name, safe='')}{tail}"

    def for_role(self, user: str, password: str = "") -> Address:
        """The same database, entered as another role."""
        return replace(self, user=user, password=password)

    def for_database(self, name: str) -> Address:
        """The same server and role, another database."""
        return replace(self, name=name)
