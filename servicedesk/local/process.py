"""Child processes that cannot outlive whoever started them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Identity:
    """The user that a child runs as; root's own when every field is None."""

    uid: int | None = None
    gid: int | None = None


OURSELVES = Identity()


@dataclass(frozen=True)
class Command:
    """A program to run, and how to end it.

    ``stop_signal`` asks it to finish (sent to the program alone, which ends its own
    workers); ``death_signal`` is what the kernel sends when the starter dies.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    identity: Identity = OURSELVES
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGTERM
    stop_seconds: float = 10.0
    log: Path | None = None
    speaks: bool = False  # writes to our own output instead of a log
    pass_fds: tuple[int, ...] = ()


class Child:
    """One running program in a session of its own.

    The terminal's Ctrl-C reaches only the starter, which stops its children in order;
    on Linux a starter that is killed takes them along (PR_SET_PDEATHSIG). Start it from
    the main thread: the kernel watches the thread, not the process.
    """

    def __init__(self, command: Command) -> None:
        self.command = command
        self.started = time.monotonic()
        self._over = False
        output: IO[bytes] | int | None = None if command.speaks else subprocess.DEVNULL
        log: IO[bytes] | None = None
        if command.log is not None:
            command.log.parent.mkdir(parents=True, exist_ok=True)
            output = log = command.log.open("ab")
        try:
            self.popen = subprocess.Popen(  # noqa: S603
                command.argv,
                env=dict(command.env) or None,
                cwd=command.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=None if command.speaks else subprocess.STDOUT,
                start_new_session=True,
                user=command.identity.uid,
                group=command.identity.gid,
                extra_groups=None if command.identity.uid is None else [],
                pass_fds=command.pass_fds,
                preexec_fn=die_with_parent(command.death_signal),  # noqa: PLW1509
            )
        finally:
            if log is not None:
                log.close()

    @property
    def pid(self) -> int:
        """The process id, which is also its group's."""
        return self.popen.pid

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.popen.poll() is None

    def ask_to_stop(self) -> None:
        """Send the stop signal; does not wait."""
        if self.alive():
            self.popen.send_signal(self.command.stop_signal)

    def stop(self, seconds: float | None = None) -> None:
        """Ask it to stop, wait, then kill it and whatever it started."""
        if self._over:
            return
        self.ask_to_stop()
        try:
            self.popen.wait(self.command.stop_seconds if seconds is None else seconds)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def kill(self) -> None:
        """Kill the whole group at once; later calls do nothing, as its id may live again."""
        if self._over:
            return
        self._over = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()


def die_with_parent(death_signal: int) -> Callable[[], None] | None:
    """Return a function for the child to call before exec, or None where there is none."""
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was told
            os._exit(1)

    return prepare


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for a message that says what failed."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.strip().splitlines()[-lines:])


def stop_all(children: Sequence[Child]) -> None:
    """Stop children together: ask all, then wait for each within its own time."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop()
