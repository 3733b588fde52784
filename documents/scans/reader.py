"""Runs the program of ``child.py`` for one scan and gives what it read."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)
PROGRAM: Final = Path(__file__).with_name("child.py")
#: How long somebody waits for it at most; the program's own limit of a processor is lower.
PATIENCE: Final = 15


class BadScan(ValueError):
    """The file can't be drawn within the program's allowance: it is broken, or a bomb."""


def codes_of(data: bytes, media_type: str) -> list[str]:
    """The texts of the QR codes on a PNG, a JPEG or a PDF, each once. Raises BadScan."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", "-B", "-W", "ignore", str(PROGRAM), media_type],
            input=data,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
            cwd="/",
            # Nothing of ours: no address of a database, no key.
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        )
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        logger.warning("A scan can't be read: %s", error)
        raise BadScan(str(error)) from error
    return [str(text) for text in found]
