"""Runs the program of ``child.py`` beside a worker, one a process, and speaks with it.

WeasyPrint is never imported here: it needs Pango from the system, and the site must start
without.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Protocol

from documents.press.child import read_frame, write_frame

PROGRAM: Final = Path(__file__).with_name("child.py")
FONTS: Final = Path(__file__).resolve().parent.parent / "fonts"
#: What one paper may take. (WeasyPrint's own advice: a limit of time and memory from outside.)
SECONDS: Final = 20
BYTES: Final = 512 * 1024 * 1024
PAGES: Final = 200
#: How long the program may take to start, and to answer beyond a job's own limit.
PATIENCE: Final = 30
PACKAGES: Final = "libpangoft2-1.0-0 libharfbuzz-subset0"

FONT_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


class NoPress(Exception):
    """Nothing can be printed on this machine; the message says what to install."""


class SpoiledJob(Exception):
    """One job can't be printed. ``code``: too_slow, too_large, too_many_pages, broken."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Job:
    """A paper to print: HTML, style sheets, and its assets (media type and bytes) by id.

    The HTML names an asset as ``asset:<id>``. The same job gives the same bytes.
    """

    html: str
    css: Sequence[str]
    identifier: str
    assets: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    variant: str | None = "pdf/a-2a"  # for the archive, and for readers aloud
    seconds: int = SECONDS
    bytes: int = BYTES
    pages_most: int = PAGES


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF, how many pages it has, and what it took: seconds of a processor, bytes."""

    pdf: bytes
    pages: int
    seconds: float = 0.0
    peak: int = 0


class Prints(Protocol):
    """Whatever makes a PDF of a job."""

    def print(self, job: Job, /) -> Printed: ...


class Press:
    """One running press. Starts when first used, and again when it has died."""

    def __init__(self, wrapper: Sequence[str] = ()) -> None:
        self._wrapper = tuple(wrapper)
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = 0
        self._folder: str | None = None

    def print(self, job: Job) -> Printed:
        """Print a job. Raises NoPress, or SpoiledJob for this one job."""
        process = self._running()
        header = {
            "html": job.html,
            "css": list(job.css),
            "assets": {name: kind for name, (kind, _data) in job.assets.items()},
            "identifier": job.identifier,
            "variant": job.variant,
            "seconds": job.seconds,
            "bytes": job.bytes,
            "pages_most": job.pages_most,
        }
        blobs = [data for _kind, data in job.assets.values()]
        try:
            write_frame(_pipe(process.stdin), header, blobs)
            answer, made = self._answer(process, patience=job.seconds + PATIENCE)
        except (OSError, EOFError, ValueError) as error:
            self.close()
            raise SpoiledJob("broken", str(error)) from error
        if not answer["ok"]:
            raise SpoiledJob(answer["code"], str(answer.get("detail", "")))
        return Printed(made[0], answer["pages"], answer["seconds"], answer["peak"])

    def close(self) -> None:
        """End the program."""
        process, self._process = self._process, None
        if process is not None and self._pid == os.getpid():
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    _pipe(pipe).close()
        folder, self._folder = self._folder, None
        if folder is not None and self._pid == os.getpid():
            shutil.rmtree(folder, ignore_errors=True)

    def _running(self) -> subprocess.Popen[bytes]:
        alive = self._process is not None and self._process.poll() is None
        if not alive or self._pid != os.getpid() or self._process is None:
            self.close()
            self._process = self._start()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        if not any(FONTS.glob("*.ttf")):
            message = f"There are no fonts in {FONTS}; run: make assets"
            raise NoPress(message)
        self._pid = os.getpid()
        self._folder = tempfile.mkdtemp(prefix="press-")
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*self._wrapper, sys.executable, "-I", "-W", "ignore", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(self._folder),
            cwd="/",
            start_new_session=True,
        )
        try:
            answer, _blobs = self._answer(process, patience=PATIENCE)
        except (OSError, EOFError, ValueError) as error:
            answer = {"ok": False, "detail": str(error)}
        if not answer["ok"]:
            process.kill()
            process.wait()
            _pipe(process.stdin).close()
            _pipe(process.stdout).close()
            raise NoPress(_explain(str(answer.get("detail", ""))))
        return process

    def _answer(
        self, process: subprocess.Popen[bytes], *, patience: float
    ) -> tuple[dict[str, Any], list[bytes]]:
        output = _pipe(process.stdout)
        began = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            if not selector.select(patience - (time.monotonic() - began)):
                raise EOFError("The press does not answer.")
        frame = read_frame(output)
        if frame is None:
            raise EOFError("The press has died.")
        return frame


def _pipe(pipe: IO[bytes] | None) -> Any:
    if pipe is None:
        raise OSError("The press has no pipe.")
    return pipe


def _environment(folder: str) -> dict[str, str]:
    """Nothing of ours: no address of a database, no key. Fonts are our own, whatever is here."""
    config = Path(folder) / "fonts.conf"
    config.write_text(FONT_CONFIG.format(fonts=FONTS, cache=folder))
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "FONTCONFIG_FILE": str(config),
    }


def _explain(detail: str) -> str:
    return (
        "PDFs can't be made on this machine: WeasyPrint finds no Pango. Debian and Ubuntu: "
        f"apt-get install {PACKAGES}. ({detail.splitlines()[0] if detail else 'no answer'})"
    )


_shared = Press()
atexit.register(_shared.close)


def press() -> Press:
    """The press of this process."""
    return _shared


def why_no_press() -> str:
    """Why nothing can be printed here; empty when it can. Looks without printing."""
    if not any(FONTS.glob("*.ttf")):
        return f"There are no fonts in {FONTS}; run: make assets"
    from ctypes.util import find_library  # noqa: PLC0415 - asks the system's linker

    missing = [name for name in ("pango-1.0", "pangoft2-1.0") if not find_library(name)]
    return _explain(f"{', '.join(missing)} is missing") if missing else ""
