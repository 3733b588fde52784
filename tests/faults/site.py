"""A whole site of real processes that a test may kill, run as ``make demo`` runs them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg2

from servicedesk.local import programs
from servicedesk.local.places import ROOT
from servicedesk.local.process import Child, Command
from servicedesk.local.servers import Servers
from tests.faults.mail import MailServer
from tests.faults.stage import PATIENCE

#: Warning, miss and general manager, of the response and of the resolution.
STEPS = 6
#: What is due and not done: deadlines, mails, letters.
WAITING = """
SELECT (SELECT count(*) FROM deadlines_deadline WHERE fired_at IS NULL AND due_at < now())
     + (SELECT count(*) FROM notifications_delivery WHERE state = 'queued')
     + (SELECT count(*) FROM people_letter WHERE state = 'queued')
"""
#: What a program says in its log when it has begun to work.
BEGUN = {"worker": " ready.", "printer": " ready.", "beat": "beat: Starting"}
MORE = ("--loglevel", "INFO")


class Site:
    """Web, worker, printer and beat (and more of them: worker2, beat2), and what they send."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers = servers
        self.folder = folder
        self.mail = MailServer()
        self.listener = programs.reserve_port()
        self.port: int = self.listener.getsockname()[1]
        self.running: dict[str, Child] = {}
        self.begun: dict[str, int] = {}  # where in its log a program began
        home = servers.home
        self.environ = {
            **{k: os.environ[k] for k in ("PATH", "HOME", "LANG") if k in os.environ},
            **programs.settings_environment(home, environment="test", port=self.port),
            **servers.environment(),
            "MEDIA_ROOT": str(folder / "media"),
            "EMAIL_URL": self.mail.url,
            "LEASE_SECONDS": "3",
            "API_CALLS_PER_MINUTE": "1000000",
            "PYTHONPATH": str(ROOT),
        }

    # -- processes -----------------------------------------------------------------------

    def start(self, name: str) -> None:
        """Start a program; does not wait until it works."""
        log = self.folder / f"{name}.log"
        self.begun[name] = log.stat().st_size if log.exists() else 0
        self.running[name] = Child(replace(self._command(name), name=name, log=log))

    def _command(self, name: str) -> Command:
        kind = _kind(name)
        environ = {
            **self.environ,
            "FAILPOINT_FILE": str(self._trap(kind)),
            "BEAT_SCHEDULE_FILE": str(self.folder / f"{name}-schedule"),
        }
        commands = programs.programs(self.servers.home, environ, self.listener)
        command = next(one for one in commands if one.name == kind)
        options: tuple[str, ...] = MORE if kind in BEGUN else ()
        if kind == "worker":
            options += ("--concurrency", "2", "--hostname", f"{name}@%h")
        return replace(command, argv=command.argv + options)

    def kill(self, *names: str) -> None:
        """kill -9 of programs with all their children."""
        for name in names:
            self.running.pop(name).kill()

    def stop(self) -> None:
        """Leave nothing behind."""
        self.kill(*self.running)
        self.mail.shutdown()
        self.mail.server_close()
        self.listener.close()

    def migrate(self) -> None:
        """Make the tables, as the owner."""
        command = ["-W", "ignore", "manage.py", "migrate", "--database=owner", "-v0"]
        subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environ,
            check=True,
            timeout=PATIENCE,
        )

    def works(self, name: str) -> bool:
        """Whether a program that was started has begun to work."""
        assert self.running[name].alive(), f"{name} is dead\n{self.logs()}"
        kind = _kind(name)
        if kind == "web":
            return self.answers()
        with (self.folder / f"{name}.log").open(errors="replace") as log:
            log.seek(self.begun[name])
            return BEGUN[kind] in log.read()

    def answers(self) -> bool:
        """Whether the web server answers."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with closing(line), suppress(OSError, HTTPException):
            line.request("GET", "/healthz", headers={"Host": f"localhost:{self.port}"})
            return line.getresponse().status == 200
        return False

    # -- failpoints ----------------------------------------------------------------------

    def _trap(self, kind: str) -> Path:
        return self.folder / f"failpoint-{kind}"

    def arm(self, point: str, name: str, victims: Collection[str] = ()) -> None:
        """Let the next process of a kind that passes a point die there; or ``victims``."""
        groups = ",".join(f"-{self.running[one].pid}" for one in victims)
        trap = self._trap(_kind(name))
        ready = trap.with_suffix(".ready")
        ready.write_text(f"{point}@{groups}")
        ready.replace(trap)

    def was_hit(self, name: str) -> bool:
        """Whether somebody died at the point that was armed."""
        return not self._trap(_kind(name)).exists()

    def disarm(self) -> None:
        """No point kills any more."""
        for old in self.folder.glob("failpoint-*"):
            old.unlink(missing_ok=True)

    # -- looking -------------------------------------------------------------------------

    def one(self, query: str, *values: Any) -> Any:
        """One value, read as the superuser: the walls are not what is tested here."""
        address = str(self.servers.postgres.address("servicedesk"))
        with (
            closing(psycopg2.connect(address)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query, values or None)
            return cursor.fetchone()[0]

    def logs(self) -> str:
        """The ends of all logs."""
        return "\n".join(
            f"== {path.name}\n{path.read_text(errors='replace')[-2500:]}"
            for path in sorted(self.folder.glob("*.log"))
        )


def _kind(name: str) -> str:
    return name.rstrip("0123456789")


def wait_for(
    true: Callable[[], object], *, what: Callable[[], object], seconds: float = PATIENCE
) -> None:
    """Return as soon as something holds; fail with what was waited for."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what()}"
        time.sleep(0.05)
