"""The site itself: what its programs are told, and how they are run."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing

from servicedesk.local.places import ROOT, Home, LocalError
from servicedesk.local.process import Child, Command, tail

FIRST_PORT = 8000
PORTS_TRIED = 100
READY_SECONDS = 60
ERRORS_ENOUGH = 5
WORKER_PROCESSES = 3
UNUSED_STATIC = ("redoc", "rest_framework", "icons.txt")  # no page asks for these
SECRETS = ("DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")


def reserve_port(first: int = FIRST_PORT) -> socket.socket:
    """Listen on the next free port of this machine, from ``first`` on.

    The listening socket is handed to the web server, so that no other copy can take
    the port in between and a restarted web server keeps it.
    """
    for port in range(first, first + PORTS_TRIED):
        if _answers("::1", port):
            continue  # a browser would find that program first
        try:
            return socket.create_server(("127.0.0.1", port), backlog=128)
        except OSError:
            continue
    message = (
        f"No free port from {first} to {first + PORTS_TRIED - 1}."
        " Name another: make demo PORT=9000"
    )
    raise LocalError(message)


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def settings_environment(home: Home, *, environment: str, port: int) -> dict[str, str]:
    """The settings of a local copy, but for the addresses of its servers."""
    return {
        "DJANGO_SETTINGS_MODULE": "servicedesk.settings",
        "ENVIRONMENT": environment,
        "DEBUG": "0",
        "SECRET_KEY": home.secret("secret-key"),
        "BASE_DOMAIN": f"localhost:{port}",
        "ALLOWED_HOSTS": ".localhost,127.0.0.1,[::1]",
        "MEDIA_ROOT": str(home.media),
        "BEAT_SCHEDULE_FILE": str(home.beat_schedule),
        "PYTHONUNBUFFERED": "1",
    }


def unprivileged(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what only a migration may know."""
    return {name: value for name, value in environ.items() if name not in SECRETS}


def programs(
    home: Home, environ: Mapping[str, str], listener: socket.socket
) -> list[Command]:
    """Web, workers and beat, as the demo runs them."""
    env = unprivileged(environ)
    celery = (
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "celery",
        "-A",
        "servicedesk.celery",
    )
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    queues = "deadlines,messages,default"
    return [
        Command(
            name="web",
            argv=(
                *(sys.executable, "-m", "gunicorn", "servicedesk.wsgi:application"),
                *("--bind", f"fd://{listener.fileno()}", "--workers", "2"),
                *("--threads", "4", "--graceful-timeout", "5", "--timeout", "60"),
                # A worker that died is there again at once: nothing has to be imported.
                *("--preload", "--no-control-socket"),
            ),
            env=env,
            cwd=ROOT,
            log=home.log("web"),
            pass_fds=(listener.fileno(),),
        ),
        Command(
            name="worker",
            argv=(
                *celery,
                *("worker", "--concurrency", str(WORKER_PROCESSES), "--queues", queues),
                *("--loglevel", "WARNING", *quiet),
            ),
            env=env,
            cwd=ROOT,
            log=home.log("worker"),
        ),
        # Papers have a worker of their own: a hundred of them never delay a deadline.
        Command(
            name="printer",
            argv=(
                *(*celery, "worker", "--pool", "solo", "--queues", "documents"),
                *("--loglevel", "WARNING", *quiet),
            ),
            env=env,
            cwd=ROOT,
            log=home.log("printer"),
        ),
        Command(
            name="beat",
            argv=(*celery, "beat", "--loglevel", "WARNING", "--pidfile="),
            env=env,
            cwd=ROOT,
            log=home.log("beat"),
        ),
    ]


def manage(environ: Mapping[str, str], *arguments: str) -> str:
    """Run a management command and return what it printed.

    Raises LocalError with the end of its output when it fails.
    """
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=dict(environ),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).strip().splitlines()
        end = "\n".join(lines[-20:])
        message = f"manage.py {' '.join(arguments)} failed:\n{end}"
        raise LocalError(message)
    return done.stdout


def migrate(environ: Mapping[str, str]) -> None:
    """Bring the tables up to date, as the role that owns them."""
    try:
        manage(environ, "migrate", "--database=owner", "--noinput")
    except LocalError as error:
        message = (
            f"{error}\nThe tables could not be brought up to date. If the data comes from"
            " another state of the code, begin afresh: make reset"
        )
        raise LocalError(message) from error


def collect_static(home: Home, environ: Mapping[str, str]) -> bool:
    """Collect and compress static files if any has changed; return whether it did."""
    mark = home.path / "static-collected"
    wanted = _static_fingerprint()
    manifest = ROOT / "staticfiles" / "staticfiles.json"
    if manifest.exists() and mark.exists() and mark.read_text() == wanted:
        return False
    ignored = (part for name in UNUSED_STATIC for part in ("--ignore", name))
    manage(environ, "collectstatic", "--noinput", "--clear", "-v", "0", *ignored)
    mark.write_text(wanted)
    return True


def _static_fingerprint() -> str:
    digest = hashlib.sha256((ROOT / "requirements" / "runtime.lock").read_bytes())
    for folder in sorted([ROOT / "static", *ROOT.glob("*/static")]):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                status = path.stat()
                digest.update(
                    f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode()
                )
    return digest.hexdigest()


def wait_for_web(port: int, child: Child) -> None:
    """Return when the site answers; raises LocalError when it dies or never does."""
    deadline = time.monotonic() + READY_SECONDS
    last, errors = "it never answered", 0
    while time.monotonic() < deadline and child.alive() and errors < ERRORS_ENOUGH:
        try:
            status = _status_of_home(port)
        except (OSError, http.client.HTTPException) as error:
            last = str(error)
        else:
            if status < http.client.INTERNAL_SERVER_ERROR:
                return
            last, errors = f"it answers with status {status}", errors + 1
        time.sleep(0.2)
    log = child.command.log
    end = tail(log) if log else ""
    message = f"The web server is not well: {last}. Its log ends:\n{end}"
    raise LocalError(message)


def _status_of_home(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status


def trim_logs(home: Home, limit: int = 5_000_000) -> None:
    """Set a log aside that has grown large, one generation."""
    for name in ("postgres", "valkey", "web", "worker", "printer", "beat"):
        log = home.log(name)
        if log.exists() and log.stat().st_size > limit:
            log.replace(log.with_suffix(".log.1"))


def base_environment() -> dict[str, str]:
    """The caller's environment, without settings that belong to another installation."""
    kept = dict(os.environ)
    for name in (
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "DATABASE_SYSTEM_URL",
        "REDIS_URL",
    ):
        kept.pop(name, None)
    return kept
