"""``make test``: everything that the tests need, then the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from ctypes.util import find_library
from pathlib import Path

from servicedesk.local import assets, run, translations
from servicedesk.local.console import complain, say, step
from servicedesk.local.places import Home, LocalError

#: The headless shell is Chromium without a window's furniture: half the work for each page.
HEADLESS_SHELL = "chromium-headless-shell"
BROWSERS = (
    HEADLESS_SHELL,
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
#: What looks at the program that prints papers while it is attacked.
STRACE = "strace"
PANGO = ("libpangoft2-1.0-0", "libharfbuzz-subset0")
#: One more than a small machine has processors: browsers and killed processes are waited for.
DEFAULT_WORKERS = "3"


def test(home: Home, arguments: Sequence[str], *, long: bool) -> int:
    """Run the whole suite, or the given tests; return pytest's exit code."""
    say("Preparing the tests")
    try:
        browser = prepare_browser_work()
    except (LocalError, assets.AssetError) as error:
        complain(f"\n{error}")
        return 1
    os.environ["CHROMIUM"] = browser
    if long:
        os.environ["TEST_LONG"] = "1"
    workers = os.environ.get("WORKERS", DEFAULT_WORKERS)
    pytest = [sys.executable, "-m", "pytest", "-n", workers, "--dist", "loadgroup"]
    return run.run(home, [*pytest, *arguments], run.Purpose(environment="test"))


def prepare_browser_work() -> str:
    """Bring files for pages up to date; return the path of a Chromium.

    Raises LocalError or AssetError with what to do.
    """
    with step("Front-end files") as note:
        note.text = "fetched" if assets.build() else "up to date"
    with step("Translations") as note:
        note.text = "compiled" if translations.compile_all() else "up to date"
    with step("Chromium") as note:
        browser = find_browser() or install_browser()
        note.text = browser
    with step("Pango") as note:
        note.text = "installed" if prepare_pango() else "there"
    with step("strace") as note:
        note.text = prepare_strace()
    return browser


def prepare_strace() -> str:
    """See to what the press is watched with; return what became of it.

    Raises LocalError with what to do. There is none but on Linux: what needs it fails there.
    """
    if shutil.which(STRACE):
        return "there"
    if sys.platform != "linux":
        return "only on Linux: two tests of the press will fail"
    advice = (
        "The tests of the press need strace. Debian and Ubuntu: apt-get install strace"
    )
    install_debian((STRACE,), advice=advice)
    return "installed"


def prepare_pango() -> bool:
    """See to what papers are printed with; return whether it had to be installed.

    Raises LocalError with what to do.
    """
    if all(find_library(name) for name in ("pango-1.0", "pangoft2-1.0")):
        return False
    install_debian(
        PANGO,
        advice="The papers need Pango. Debian and Ubuntu: apt-get install "
        + " ".join(PANGO),
    )
    return True


def find_browser() -> str | None:
    """The browser that CHROMIUM names, or the first that this machine has."""
    named = os.environ.get("CHROMIUM")
    if named:
        if shutil.which(named):
            return named
        message = f"CHROMIUM names {named}, which can't be run."
        raise LocalError(message)
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    kept = Path.home() / ".cache" / "ms-playwright"
    downloads = sorted(kept.glob("chromium-*/chrome-linux*/chrome"))
    return str(downloads[-1]) if downloads else None


def install_browser() -> str:
    """Install Chromium where that is one command and allowed: root on Debian."""
    advice = (
        f"The browser tests need Chromium. Debian: apt-get install {HEADLESS_SHELL};"
        " elsewhere install Chromium or Google Chrome, or name one: make test"
        " CHROMIUM=/path"
    )
    if "ubuntu" in _os_release():  # its chromium package is a snap in disguise
        raise LocalError(advice)
    install_debian((HEADLESS_SHELL,), advice=advice)
    found = find_browser()
    if found is None:
        raise LocalError(advice)
    return found


def install_debian(packages: Sequence[str], *, advice: str) -> None:
    """Install packages of the system where that is allowed; else say what to do."""
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get")
    if not debian or os.geteuid() != 0:
        raise LocalError(advice)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ("apt-get", "update"),
        ("apt-get", "install", "-y", "--no-install-recommends", *packages),
    ):
        done = subprocess.run(  # noqa: S603
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
            message = f"{' '.join(command)} failed:\n{end}\n{advice}"
            raise LocalError(message)


def _os_release() -> str:
    try:
        return Path("/etc/os-release").read_text().lower()
    except OSError:
        return ""
