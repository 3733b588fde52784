"""Servers for something else: the tests, a benchmark, a developer's shell."""

from __future__ import annotations

import os
import shlex
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from servicedesk.local import programs
from servicedesk.local.console import complain, explain, say, step
from servicedesk.local.places import ROOT, Home, LocalError
from servicedesk.local.process import Child, Command
from servicedesk.local.servers import Servers
from servicedesk.local.supervisor import Signals, Stopped, Supervisor

MAX_CONNECTIONS = 200


@dataclass(frozen=True)
class Purpose:
    """What the servers are for."""

    environment: str = "test"
    durable: bool = False
    migrate: bool = False


def run(home: Home, argv: Sequence[str], purpose: Purpose) -> int:
    """Run a command with servers beside it; return its exit code."""
    signals = Signals()
    with signals.installed():
        try:
            with _prepared(home, signals, purpose) as (environ, _):
                say()
                return _run_command(argv, environ, signals)
        except Stopped:
            return 130
        except (LocalError, OSError) as error:
            complain(f"\n{explain(error)}")
            return 1


def up(home: Home, purpose: Purpose, *, print_environment: bool) -> int:
    """Keep the servers running until a signal."""
    signals = Signals()
    with signals.installed():
        try:
            with _prepared(home, signals, purpose) as (environ, supervisor):
                if print_environment:
                    say()
                    for name, value in sorted(environ.items()):
                        say(f"export {name}={shlex.quote(value)}")
                say("\nThe servers run; Ctrl-C stops them.")
                supervisor.watch()
        except Stopped:
            pass
        except (LocalError, OSError) as error:
            complain(f"\n{explain(error)}")
            return 1
    return 0


@contextmanager
def _prepared(
    home: Home, signals: Signals, purpose: Purpose
) -> Iterator[tuple[dict[str, str], Supervisor]]:
    """Start the servers that aren't given; yields the settings that lead to them."""
    servers = Servers(
        home, os.environ, fast=not purpose.durable, max_connections=MAX_CONNECTIONS
    )
    supervisor = Supervisor(signals)
    with home.locked():
        try:
            with signals.interrupting():
                environ = _start(servers, supervisor, purpose)
            yield environ, supervisor
        finally:
            supervisor.stop()
            servers.stop()


def _start(
    servers: Servers, supervisor: Supervisor, purpose: Purpose
) -> dict[str, str]:
    programs.trim_logs(servers.home)
    with step("PostgreSQL and Redis") as note:
        for name in servers.embedded:
            child = servers.start(name)
            supervisor.adopt(name, getattr(servers, name).prepare, child)
        servers.provision()
        note.text = "embedded" if len(servers.embedded) == 2 else "as given"
    environ = programs.settings_environment(
        servers.home, environment=purpose.environment, port=programs.FIRST_PORT
    )
    environ |= servers.environment()
    if purpose.migrate:
        with step("Tables"):
            whole = programs.base_environment() | environ
            programs.migrate(whole)
    return environ


def _run_command(argv: Sequence[str], environ: dict[str, str], signals: Signals) -> int:
    child = Child(
        Command(
            name=argv[0],
            argv=tuple(argv),
            env=programs.base_environment() | environ,
            cwd=ROOT,
            speaks=True,
            stop_signal=signal.SIGINT,  # pytest then says how far it came
            stop_seconds=20,
        )
    )
    try:
        with signals.interrupting():
            return child.popen.wait()
    finally:
        child.stop()
