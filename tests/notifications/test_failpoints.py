"""Named points: they kill for real, once, and never outside tests."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from django.conf import settings
settings.configure(ENVIRONMENT=sys.argv[1])
from servicedesk.lib.failpoints import hit
for name in sys.argv[2:]:
    hit(name)
print("alive")
"""


def run(*points, environment="test", **environ):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, environment, *points],
        env={"PATH": "/usr/bin"} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize(
    ("armed", "points", "killed"),
    [
        ("a", ("a",), True),
        ("a", ("b",), False),
        ("a:2", ("a", "b"), False),
        ("a:2", ("a", "a"), True),
        ("a:2@4194305", ("a",), False),
        ("", ("a",), False),
    ],
)
def test_a_point_kills_when_its_turn_comes(armed, points, killed):
    assert (run(*points, FAILPOINT=armed) == -signal.SIGKILL) is killed


def test_others_die_at_a_point_in_place_of_who_passes_it():
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as victim:
        group = subprocess.Popen(["sleep", "600"], start_new_session=True)
        with group:
            gone = 4194305  # beyond what Linux gives
            assert run("a", FAILPOINT=f"a@{gone},{victim.pid},-{group.pid}") == 0
            assert victim.wait(60) == group.wait(60) == -signal.SIGKILL


def test_outside_tests_a_point_does_nothing():
    assert run("a", environment="production", FAILPOINT="a") == 0
    assert run("a", environment="demo", FAILPOINT="a") == 0


def test_a_file_kills_one_process_and_spares_the_next(tmp_path):
    file = tmp_path / "failpoint"
    file.write_text("a\n")
    assert run("b", FAILPOINT_FILE=str(file)) == 0
    assert run("a", FAILPOINT_FILE=str(file)) == -signal.SIGKILL
    assert run("a", FAILPOINT_FILE=str(file)) == 0
