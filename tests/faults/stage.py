"""Talks to the scene, which runs beside the site for a whole session."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from servicedesk.local.places import ROOT

#: Generous: the machine may be busy with something else.
PATIENCE = 120.0


class Stage:
    """A process of its own that does what it is asked (see :mod:`tests.faults.scene`).

    It ends by itself when nobody can ask it any more.
    """

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "tests.faults.scene"],
                cwd=ROOT,
                env=dict(environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
                start_new_session=True,
            )

    def ask(self, verb: str, *words: Any) -> Any:
        """What the scene answers; fails with its log where it can't."""
        said, heard = self.process.stdin, self.process.stdout
        assert said
        assert heard
        said.write(json.dumps([verb, *words]) + "\n")
        said.flush()
        ready, _, _ = select.select([heard], [], [], PATIENCE)
        line = heard.readline() if ready else ""
        assert line, f"{verb}: no answer\n{self._told()}"
        answer = json.loads(line)
        assert "error" not in answer, f"{verb}: {answer['error']}"
        return answer["answer"]

    def _told(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
