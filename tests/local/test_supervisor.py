"""The supervisor's steps, with the time handed in and programs that take none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from servicedesk.local.places import ROOT
from servicedesk.local.process import Child, Command
from servicedesk.local.supervisor import BACK_OFF, Program, Signals, Supervisor
from tests.local.conftest import processes_of, wait_until

SLEEP = ("sleep", "300")


def program(*argv: str) -> Program:
    command = Command(name="thing", argv=argv)
    return Program("thing", lambda: command, Child(command))


def test_a_healthy_program_is_left_alone() -> None:
    thing = program(*SLEEP)
    assert thing.child is not None
    assert Supervisor(Signals()).tend(thing, now=0.0) is False
    thing.child.stop()


def test_a_program_that_keeps_dying_is_started_ever_more_slowly(
    capsys: pytest.CaptureFixture[str],
) -> None:
    supervisor, thing = Supervisor(Signals()), program("false")
    waits = []
    for _ in range(len(BACK_OFF) + 1):
        assert thing.child is not None
        thing.child.popen.wait()
        now = thing.child.started
        assert supervisor.tend(thing, now=now) is True
        assert thing.restart_at is not None
        waits.append(round(thing.restart_at - now, 3))
        assert supervisor.tend(thing, now=thing.restart_at - 0.01) is False
        assert supervisor.tend(thing, now=thing.restart_at) is True
    if thing.child is not None:
        thing.child.stop()
    assert waits == [*BACK_OFF, BACK_OFF[-1]]
    assert (
        "thing ended with code 1; starting it again in 1 s" in capsys.readouterr().out
    )


def test_a_program_that_ran_for_long_starts_again_at_once() -> None:
    supervisor, thing = Supervisor(Signals()), program("true")
    assert thing.child is not None
    thing.child.popen.wait()
    thing.failures = 4
    now = thing.child.started + 3600
    supervisor.tend(thing, now=now)
    assert thing.restart_at == now + BACK_OFF[0]


def test_a_program_that_cannot_start_is_tried_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = Command(name="thing", argv=("/does/not/exist",))
    thing = Program("thing", lambda: command, None, restart_at=0.0)
    Supervisor(Signals()).tend(thing, now=1.0)
    assert thing.restart_at == 1.0 + BACK_OFF[0]
    assert "can't start" in capsys.readouterr().out


def test_stopping_ends_a_program_that_will_not_and_what_it_started(
    tmp_path: Path,
) -> None:
    marker = str(tmp_path / "stubborn")
    script = f"trap '' TERM; sh -c 'sleep 300; : {marker}' & sleep 300; : {marker}"
    child = Child(Command(name="x", argv=("sh", "-c", script), stop_seconds=0.2))
    wait_until(lambda: len(processes_of(tmp_path)) >= 2)
    child.stop()
    assert processes_of(tmp_path) == []


def test_layers_stop_last_first(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def command(name: str) -> Command:
        script = f"trap 'echo {name} >> {log}; exit' TERM; : > {log}.{name};"
        return Command(
            name=name, argv=("sh", "-c", f"{script} while :; do sleep 0.02; done")
        )

    supervisor = Supervisor(Signals())
    for name in ("server", "web"):
        supervisor.start([command(name)])
    wait_until(lambda: len(list(tmp_path.glob("log.*"))) == 2)
    supervisor.stop()
    assert log.read_text().split() == ["web", "server"]


def test_killing_the_starter_takes_its_programs_along(tmp_path: Path) -> None:
    marker = str(tmp_path / "marker")
    script = (
        "import time\n"
        "from servicedesk.local.process import Child, Command\n"
        f"Child(Command(name='x', argv=('sh', '-c', 'sleep 300; : {marker}')))\n"
        "print('up', flush=True)\n"
        "time.sleep(300)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    with starter.stdout as output:
        assert output.readline() == "up\n"
    assert processes_of(tmp_path)
    starter.kill()
    starter.wait()
    wait_until(lambda: processes_of(tmp_path) == [])


def test_a_signal_ends_the_watch() -> None:
    signals = Signals()
    with signals.installed():
        os.kill(os.getpid(), signal.SIGTERM)
        Supervisor(signals).watch()
    assert signals.asked
