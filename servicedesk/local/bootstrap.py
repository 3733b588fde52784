"""Make the Python environment, then hand over to it.

Runs as a plain script under whatever ``python3`` the machine has, with the standard
library alone: ``python3 servicedesk/local/bootstrap.py demo|dev ARGUMENTS…`` makes .venv,
installs the locked packages of that group and becomes ``.venv/bin/python ARGUMENTS…``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

MINIMUM = (3, 11)
CANDIDATES = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
WIDTH = 34


class BootstrapError(Exception):
    """The environment can't be made; the message says what failed and how to mend it."""


def main(arguments: list[str]) -> None:
    """Bring .venv up to date and become its Python; does not return."""
    group, rest = arguments[0], arguments[1:]
    _use_new_enough_python()
    with (REQUIREMENTS / "uv.lock").open() as lock:
        # `make test` and `make lint` may be started together in a fresh copy.
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            _ensure_venv()
            _ensure_packages(group)
        except BootstrapError as error:
            sys.exit(f"\n{error}")
        except KeyboardInterrupt:
            sys.exit(130)
    if rest:
        sys.stdout.flush()
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), *rest])  # noqa: S606


def _use_new_enough_python() -> None:
    if sys.version_info >= MINIMUM or _works(PYTHON):
        return
    for name in CANDIDATES:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606
    sys.exit(
        "Python %d.%d or newer is needed; this is %s (%s).\n"  # noqa: UP031
        "Install one (Debian and Ubuntu: apt-get install python3 python3-venv) or name"
        " it: make PYTHON=/path/to/python3"
        % (*MINIMUM, sys.version.split()[0], sys.executable)
    )


def _ensure_venv() -> None:
    if _works(PYTHON):
        return
    began = _announce("Python environment (.venv)")
    if VENV.exists():
        shutil.rmtree(VENV)  # made by a Python that is gone, or half made
    make = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = _run(make)
    # Debian leaves ensurepip out of its Python; the one package is root's to add.
    package = "python%d.%d-venv" % sys.version_info[:2]  # noqa: UP031
    if done.returncode != 0 and _install_debian(package):
        done = _run(make)
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        message = (
            f"Python can't make an environment here:\n{_last_lines(done)}\n\n"
            "Its venv module with ensurepip is needed; Debian and Ubuntu:"
            f" apt-get install {package}"
        )
        raise BootstrapError(message)
    _finish(began)


def _install_debian(package: str) -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for arguments in (
        ["update"],
        ["install", "-y", "--no-install-recommends", package],
    ):
        if _run(["apt-get", *arguments], env=environment).returncode != 0:
            return False
    return True


def _ensure_packages(group: str) -> None:
    lock = REQUIREMENTS / f"{group}.lock"
    # What `make demo` needs is part of what `make test` needs (tests/test_locks.py).
    wider = [REQUIREMENTS / "dev.lock"] if group == "demo" else []
    if any(_installed(candidate) for candidate in (lock, *wider)):
        return
    began = _announce("Packages (%s.lock)" % group)  # noqa: UP031
    _ensure_uv()
    attempts: list[list[str | Path]] = [
        [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--quiet"],
        [PYTHON, "-m", "pip", "install", "--quiet", "--no-input"],
    ]
    done = None
    for attempt in attempts:
        done = _run([*attempt, "--require-hashes", "-r", lock], env=_uv_environment())
        if done.returncode == 0:
            _stamp(lock).write_text(_digest(lock))
            _finish(began)
            return
    message = (
        f"{_last_lines(done)}\n"
        "The packages could not be installed. They come once from the Python package"
        " index (or a mirror named in pip's configuration): check the network, and"
        " whether the machine has wheels for its processor, then start again."
    )
    raise BootstrapError(message)


def _ensure_uv() -> None:
    """Install uv, which is ten times as quick as pip; without it pip does the work."""
    if _run([PYTHON, "-m", "uv", "--version"]).returncode == 0:
        return
    if _run([PYTHON, "-m", "pip", "--version"]).returncode != 0:
        _run([PYTHON, "-m", "ensurepip"])
    install: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet"]
    _run([*install, "--require-hashes", "-r", REQUIREMENTS / "uv.lock"])


def _uv_environment() -> dict[str, str]:
    """Tell uv of pip's mirror and certificates, which it does not read by itself."""
    environment = dict(os.environ)
    configured = _run([PYTHON, "-m", "pip", "config", "list"]).stdout
    for line in configured.splitlines():
        name, _, value = line.partition("=")
        value = value.strip("'\" ")
        if name in {"global.index-url", "user.index-url", ":env:.index-url"}:
            environment.setdefault("UV_DEFAULT_INDEX", value)
        if name in {"global.cert", "user.cert", ":env:.cert"}:
            environment.setdefault("SSL_CERT_FILE", value)
    # The machine's own Python only: nothing is downloaded in its place.
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    return environment


def _stamp(lock: Path) -> Path:
    return VENV / f".installed-{lock.stem}"


def _installed(lock: Path) -> bool:
    stamp = _stamp(lock)
    return stamp.is_file() and stamp.read_text() == _digest(lock)


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _works(python: Path) -> bool:
    code = f"import sys; sys.exit(sys.version_info < {MINIMUM!r})"
    return python.exists() and _run([python, "-c", code]).returncode == 0


def _run(
    command: Sequence[str | Path], env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )


def _last_lines(done: subprocess.CompletedProcess[str] | None) -> str:
    if done is None:
        return ""
    return "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])


def _announce(title: str) -> float:
    sys.stdout.write(f"  {title} ".ljust(WIDTH, ".") + " ")
    sys.stdout.flush()
    return time.monotonic()


def _finish(began: float) -> None:
    sys.stdout.write(f"done ({time.monotonic() - began:.1f} s)\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
