"""A whole site of real processes that a test may kill, and a mail server that remembers."""

from __future__ import annotations

import json
import os
import re
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from servicedesk.local.places import ROOT
from servicedesk.local.servers import Servers

PATIENCE = 60.0
#: What is due and not done, in deadlines and in mails.
WAITING = """
SELECT (SELECT count(*) FROM deadlines_deadline WHERE fired_at IS NULL AND due_at < now())
     + (SELECT count(*) FROM notifications_delivery WHERE state = 'queued')
"""


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP; keeps every accepted mail."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails: list[str] = []
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def ids(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        with self.lock:
            found = [
                re.search(r"^message-id:\s*(\S+)", m, re.IGNORECASE | re.MULTILINE)
                for m in self.mails
            ]
        return Counter(match.group(1) for match in found if match)


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb == b"DATA":
                self._data()
            elif verb.startswith((b"EHLO", b"HELO")):
                self._say("250 test")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self) -> None:
        self._say("354 go on")
        lines: list[str] = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.decode(errors="replace").rstrip("\r\n"))
        with self.server.lock:
            self.server.mails.append("\n".join(lines))
        self._say("250 kept")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Site:
    """Servers, worker, beat and web of one test, each a real process."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers = servers
        self.folder = folder
        self.mail = MailServer()
        self.trap = folder / "failpoint"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.environ = {
            **{
                k: v
                for k, v in os.environ.items()
                if k in {"PATH", "HOME", "LANG", "TMPDIR"}
            },
            **servers.environment(),
            "ENVIRONMENT": "test",
            "DEBUG": "0",
            "SECRET_KEY": "fault-tests",
            "BASE_DOMAIN": "localhost:8999",
            "MEDIA_ROOT": str(folder / "media"),
            "EMAIL_URL": self.mail.url,
            "FAILPOINT_FILE": str(self.trap),
            "LEASE_SECONDS": "3",
            "BEAT_SCHEDULE_FILE": str(folder / "beat"),
            "DJANGO_SETTINGS_MODULE": "servicedesk.settings",
            "PYTHONPATH": str(ROOT),
        }

    # -- processes -----------------------------------------------------------------------

    def start(self, name: str) -> None:
        """Start a worker, a beat (or several: worker2, beat2) or the web server."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self._command(name),
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _command(self, name: str) -> list[str]:
        celery = [sys.executable, "-m", "celery", "-A", "servicedesk"]
        if name.startswith("worker"):
            queues = "default,deadlines,messages"
            options = ["-c", "2", "-Q", queues, "-n", f"{name}@%h", "-l", "WARNING"]
            return [*celery, "worker", *options, "--without-gossip", "--without-mingle"]
        schedule = str(self.folder / f"{name}-schedule")
        return [*celery, "beat", "-l", "WARNING", "-s", schedule, "--pidfile="]

    def kill(self, name: str) -> None:
        """kill -9 of a process and all its children."""
        process = self.running.pop(name)
        os.killpg(process.pid, 9)
        process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)
        self.mail.shutdown()
        self.mail.server_close()

    def migrate(self) -> None:
        """Make the tables, as the owner."""
        subprocess.run(
            [
                sys.executable,
                "-W",
                "ignore",
                "manage.py",
                "migrate",
                "--database=owner",
                "-v0",
            ],
            cwd=ROOT,
            env=self.environ,
            check=True,
            timeout=PATIENCE,
        )

    # -- the scene -----------------------------------------------------------------------

    def scene(self, *words: str) -> Any:
        """Run a step of the scene beside the site."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.faults.scene", *words],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def one(self, query: str) -> Any:
        """One value, read as the superuser: the walls are not what is tested here."""
        address = str(self.servers.postgres.address("servicedesk"))
        with (
            closing(psycopg2.connect(address)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query)
            return cursor.fetchone()[0]

    def steps(self) -> int:
        """How many steps have fired."""
        return int(self.one("SELECT count(*) FROM tickets_escalationstep"))

    def settle(self, *, steps: int, seconds: float = 40) -> dict[str, Any]:
        """Wait until so many steps have fired and all mail is sent; what there is then."""

        def quiet() -> bool:
            try:
                return self.steps() >= steps and not self.one(WAITING)
            except psycopg2.Error:
                return False  # the database is what was killed

        wait_for(
            quiet, seconds=seconds, what=lambda: (self.scene("report"), self.logs())
        )
        report: dict[str, Any] = self.scene("report")
        return report

    def arm(self, point: str) -> None:
        """Let the next process that passes a point die there."""
        self.trap.write_text(point)

    def was_hit(self) -> bool:
        return not self.trap.exists()

    def disarm(self) -> None:
        self.trap.unlink(missing_ok=True)
        for old in self.folder.glob("failpoint.hit.*"):
            old.unlink()

    def logs(self) -> str:
        return "\n".join(
            f"== {path.name}\n{path.read_text(errors='replace')[-2000:]}"
            for path in sorted(self.folder.glob("*.log"))
        )


def wait_for(
    true: Callable[[], object], *, seconds: float, what: Callable[[], object]
) -> None:
    """Return as soon as something holds; fail with what was waited for."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what()}"
        time.sleep(0.1)


def check(site: Site, report: dict[str, Any], *, duplicates: bool) -> None:
    """What must hold after every fault."""
    assert report["missing"] == []
    assert report["twice"] == []
    assert report["unforeseen"] == []
    assert report["unrecorded"] == 0
    accepted = site.mail.ids()
    repeated = {uid: n for uid, n in accepted.items() if n > 1}
    assert len(repeated) <= (1 if duplicates else 0)
    assert all(n == 2 for n in repeated.values())
    assert sum(accepted.values()) > 0
