"""The local servers' own tests: real processes, and no use for the shared database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from servicedesk.local.places import ROOT
from servicedesk.local.servers import Servers, running

PATIENCE = 30.0
SETTINGS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SYSTEM_URL", "REDIS_URL")


@pytest.fixture(scope="session", autouse=True)
def _committed_world() -> None:
    """Nothing here reads the shared world."""


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Nothing here uses the cache."""


def wait_until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return as soon as something holds; fail when it never does."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def processes_of(home: Path) -> list[str]:
    """The command lines of all living processes that mention a folder."""
    lines = [
        " ".join(process.info["cmdline"] or [])
        for process in psutil.process_iter(["cmdline"])
    ]
    return [line for line in lines if str(home) in line]


def family_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """A process and everything that it has started."""
    head = psutil.Process(process.pid)
    return [head, *head.children(recursive=True)]


def all_gone(family: list[psutil.Process]) -> bool:
    """Whether none of these still runs (a zombie does not)."""
    return not any(
        member.is_running() and member.status() != psutil.STATUS_ZOMBIE
        for member in family
    )


@dataclass
class Terminal:
    """Somebody's terminal, in which ``python -m servicedesk.local`` runs."""

    home: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environ = {k: v for k, v in os.environ.items() if k not in SETTINGS}
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "servicedesk.local"),
                *("--home", str(self.home), *arguments),
            ],
            cwd=ROOT,
            env=environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def start_servers(self) -> subprocess.Popen[str]:
        """Start the servers and return when they run."""
        process = self.start("up")
        assert process.stdout is not None
        for line in process.stdout:
            if "The servers run" in line:
                return process
        raise AssertionError("the servers did not start")

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            if process.stdout is not None:
                process.stdout.close()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal whose data folder is this test's own, short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="desk") as folder:
        Path(folder).chmod(0o755)
        opened = Terminal(Path(folder) / "data")
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of our own, with the roles provisioned."""
    with running(tmp_path_factory.mktemp("cluster"), fast=True) as servers:
        yield servers
