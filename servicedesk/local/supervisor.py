"""Keeps a handful of programs running until it is told to stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType

from servicedesk.local.console import say
from servicedesk.local.places import LocalError
from servicedesk.local.process import Child, Command, stop_all

BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
STEADY_SECONDS = 60.0
POLL_SECONDS = 0.2


class Stopped(BaseException):
    """A signal asked for the end while something was being started."""


class Signals:
    """Turns SIGINT, SIGTERM and SIGHUP into one orderly end."""

    def __init__(self) -> None:
        self.asked = False
        self._raising = False

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Handle the signals within the block; put back what was there before."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._note) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Within the block a signal raises Stopped at once."""
        self._raising = True
        try:
            if self.asked:
                raise Stopped
            yield
        finally:
            self._raising = False

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        first = not self.asked
        self.asked = True
        if self._raising and first:
            raise Stopped


@dataclass
class Program:
    """One supervised program: how to run it now, and how its last lives ended."""

    name: str
    prepare: Callable[[], Command]
    child: Child | None = None
    failures: int = 0
    restart_at: float | None = None


class Supervisor:
    """Starts programs, starts again what dies (ever more slowly), stops them in order.

    Programs are stopped in layers: first those registered last.
    """

    def __init__(self, signals: Signals) -> None:
        self.signals = signals
        self.layers: list[list[Program]] = []

    def adopt(self, name: str, prepare: Callable[[], Command], child: Child) -> None:
        """Watch a program that runs already, in a layer of its own."""
        self.layers.append([Program(name, prepare, child)])

    def start(self, commands: list[Command]) -> None:
        """Start programs that belong together, as one layer."""
        layer: list[Program] = []
        self.layers.append(layer)
        for command in commands:
            program = Program(command.name, partial(_same, command))
            layer.append(program)
            program.child = Child(command)

    def child(self, name: str) -> Child:
        """The running child of a program."""
        for program in self._programs():
            if program.name == name and program.child is not None:
                return program.child
        raise KeyError(name)

    def watch(self) -> None:
        """Return when a signal asks for the end; until then keep everything running."""
        while not self.signals.asked:
            for program in self._programs():
                self.tend(program, now=time.monotonic())
            time.sleep(POLL_SECONDS)

    def tend(self, program: Program, *, now: float) -> bool:
        """Look after one program once; return whether there was something to do."""
        if program.child is not None:
            if program.child.alive():
                return False
            self._note_death(program, now=now)
            return True
        if program.restart_at is None or now < program.restart_at:
            return False
        self._start_again(program, now=now)
        return True

    def stop(self) -> None:
        """Stop every program, the last layer first. Signals are noted, not obeyed."""
        for layer in reversed(self.layers):
            children = [program.child for program in layer if program.child]
            stop_all(children)
            for program in layer:
                program.child = program.restart_at = None

    def _programs(self) -> Iterator[Program]:
        for layer in self.layers:
            yield from layer

    def _note_death(self, program: Program, *, now: float) -> None:
        child = program.child
        if child is None:
            return
        if now - child.started > STEADY_SECONDS:
            program.failures = 0
        code = child.popen.returncode
        child.kill()  # what it started must not outlive it
        log = f"; its log is {child.command.log}" if child.command.log else ""
        self._plan(program, f"{program.name} {_ending(code)}", log, now=now)

    def _start_again(self, program: Program, *, now: float) -> None:
        program.restart_at = None
        try:
            program.child = Child(program.prepare())
        except (OSError, LocalError) as error:
            self._plan(program, f"{program.name} can't start ({error})", "", now=now)
        else:
            say(f"{program.name} runs again.")

    def _plan(self, program: Program, what: str, log: str, *, now: float) -> None:
        wait = BACK_OFF[min(program.failures, len(BACK_OFF) - 1)]
        program.child = None
        program.failures += 1
        program.restart_at = now + wait
        say(f"{what}; starting it again in {wait:.0f} s{log}")


def _same(command: Command) -> Command:
    return command


def _ending(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
