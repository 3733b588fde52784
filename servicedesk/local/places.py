"""Where one copy of the service desk keeps its local servers, data and secrets."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOCKET_PATH_LIMIT = 100  # sun_path holds 104 bytes on macOS, 108 on Linux
SOCKET_NAME = ".s.PGSQL.5432"


class LocalError(Exception):
    """Something on this machine stands in the way; the message says how to mend it."""


class AlreadyRunning(LocalError):
    """Another supervisor holds this folder."""


class Home:
    """One data folder, ``.servicedesk/`` by default."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = (path or ROOT / ".servicedesk").absolute()

    @property
    def postgres(self) -> Path:
        """The data directory of the embedded PostgreSQL."""
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        """The data directory of the embedded Valkey."""
        return self.path / "valkey"

    @property
    def media(self) -> Path:
        """Uploaded files."""
        return self.path / "media"

    @property
    def beat_schedule(self) -> Path:
        """What Celery beat remembers."""
        return self.path / "beat-schedule"

    def log(self, name: str) -> Path:
        """The log of one child."""
        return self.path / "log" / f"{name}.log"

    def sockets(self) -> Path:
        """A private folder for sockets, whose path is short enough for one."""
        run = self.path / "run"
        if len(str(run / "postgres" / SOCKET_NAME).encode()) <= SOCKET_PATH_LIMIT:
            run.mkdir(parents=True, exist_ok=True)
            return run
        digest = hashlib.sha256(str(self.path).encode()).hexdigest()[:12]
        # Not the user's TMPDIR, which may be as long as what is being avoided.
        base = Path("/tmp")  # noqa: S108
        return _private(base / f"sd-{os.getuid()}-{digest}")

    def clear_sockets(self) -> None:
        """Leave nothing of ours in the public temporary folder."""
        sockets = self.sockets()
        if not sockets.is_relative_to(self.path):
            shutil.rmtree(sockets, ignore_errors=True)

    def secret(self, name: str) -> str:
        """A random text that is made once and kept here, readable by its owner only."""
        path = self.path / "secrets" / name
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
            Path(temporary).replace(path)
        return path.read_text().strip()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this folder; raises AlreadyRunning when another process does.

        The lock is the kernel's and dies with its holder, so it can't be left behind.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                pid = file.read().strip() or "unknown"
                message = (
                    f"Already running in {self.path} (process {pid})."
                    f" Stop it first: Ctrl-C where it runs, or kill {pid}."
                )
                raise AlreadyRunning(message) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield
            file.truncate(0)


def _private(path: Path) -> Path:
    """Make a folder in a place that others may write to, and refuse one made by them."""
    path.mkdir(mode=0o711, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        message = f"{path} belongs to someone else; remove it and start again."
        raise LocalError(message)
    path.chmod(0o711)
    return path
