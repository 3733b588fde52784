"""``make demo``: from nothing to a running site with data to look at."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack

from servicedesk.local import assets, programs, translations
from servicedesk.local.console import complain, explain, say, step
from servicedesk.local.places import Home, LocalError
from servicedesk.local.servers import Servers
from servicedesk.local.supervisor import Signals, Stopped, Supervisor

TITLES = {"postgres": "PostgreSQL", "valkey": "Valkey (speaks Redis)"}


class Demo:
    """The whole demo in one folder: its steps in order, then the supervisor."""

    def __init__(self, home: Home, environ: Mapping[str, str]) -> None:
        self.home = home
        self.given = environ
        self.signals = Signals()
        self.supervisor = Supervisor(self.signals)
        self.servers = Servers(home, environ)

    def run(self) -> int:
        """Start everything, watch it until a signal, stop it; return an exit code."""
        with ExitStack() as stack:
            stack.enter_context(self.signals.installed())
            try:
                stack.enter_context(self.home.locked())
                # Leaving this block stops everything. Signals are only noted by then,
                # so a second Ctrl-C can't cut it short and leave a process behind.
                stack.callback(self._stop)
                with self.signals.interrupting():
                    self._start(stack)
                self.supervisor.watch()
            except Stopped:
                pass
            except (LocalError, assets.AssetError, OSError) as error:
                complain(f"\n{explain(error)}")
                return 1
            say("\nStopping …")
        say("Stopped. The data is kept; make demo starts it again.")
        return 0

    def _stop(self) -> None:
        self.supervisor.stop()
        self.servers.stop()

    def _start(self, stack: ExitStack) -> None:
        programs.trim_logs(self.home)
        with step("Front-end files") as note:
            note.text = "fetched" if assets.build() else "up to date"
        with step("Translations") as note:
            note.text = "compiled" if translations.compile_all() else "up to date"
        self._start_servers()
        listener = stack.enter_context(
            programs.reserve_port(int(self.given.get("PORT") or programs.FIRST_PORT))
        )
        port = listener.getsockname()[1]
        environ = programs.base_environment() | programs.settings_environment(
            self.home, environment="demo", port=port
        )
        environ |= self.servers.environment()
        table = self._prepare(environ)
        self._start_programs(environ, listener)
        say(f"\n{table.rstrip()}\n")
        say(f"The service desk runs at http://localhost:{port}/  (Ctrl-C stops it)")
        say(f"Its logs are in {self.home.path / 'log'}")

    def _start_servers(self) -> None:
        for name in self.servers.embedded:
            with step(TITLES[name]):
                child = self.servers.start(name)
                server = getattr(self.servers, name)
                self.supervisor.adopt(name, server.prepare, child)
        with step("Database roles"):
            self.servers.provision()

    def _prepare(self, environ: Mapping[str, str]) -> str:
        with step("Tables"):
            programs.migrate(environ)
        environ = programs.unprivileged(environ)
        with step("Static files") as note:
            changed = programs.collect_static(self.home, environ)
            note.text = "collected" if changed else "up to date"
        with step("Demo data"):
            return programs.manage(environ, "demo")

    def _start_programs(
        self, environ: Mapping[str, str], listener: socket.socket
    ) -> None:
        with step("Web, workers and beat"):
            self.supervisor.start(programs.programs(self.home, environ, listener))
            port = listener.getsockname()[1]
            programs.wait_for_web(port, self.supervisor.child("web"))
            for name in ("worker", "printer", "beat"):
                child = self.supervisor.child(name)
                if not child.alive():
                    message = f"{name} ended at once; its log: {child.command.log}"
                    raise LocalError(message)


def main(home: Home) -> int:
    """Run the demo in a folder."""
    say("Starting the service desk")
    return Demo(home, os.environ).run()
