"""One fault test: what stood before, what was killed, and what must hold afterwards."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

import psutil
import psycopg2

from tests.faults.site import STEPS, WAITING, Site, wait_for
from tests.faults.stage import Stage

#: Within so many seconds of everything being up again, all is caught up [the promise].
CAUGHT_UP = 30.0
#: What there must be nothing of in a report (see :mod:`tests.faults.scene`).
NOTHING = (
    "missing",
    "twice",
    "unforeseen",
    "unrecorded",
    "overdue",
    "unlike",
    "untold",
    "unasked",
    "unposted",
    "unsent",
)


class Fault:
    """The site for one test. Programs go on running from test to test unless one failed."""

    def __init__(self, site: Site, stage: Stage, things: dict[str, Any]) -> None:
        self.site, self.stage, self.things = site, stage, things
        self.marks = stage.ask("marks")
        self.up_at = ""
        #: What was accepted and not marked when all workers were dead: it may come again.
        self.undecided: Counter[str] = Counter()
        self.orphans: list[int] = []
        site.mail.forget()

    # -- up and down ---------------------------------------------------------------------

    def run(self, *names: str) -> None:
        """Let exactly these programs run, and return when all of them work."""
        site = self.site
        site.kill(*(set(site.running) - set(names)))
        for name in names:
            if name not in site.running:
                site.start(name)
        self.wait_for(lambda: all(site.works(name) for name in names))
        self.up()

    def up(self) -> None:
        """Everything is up from now on: what is late is late from here."""
        self.up_at = self.site.one("SELECT clock_timestamp()").isoformat()

    def kill(self, *names: str) -> None:
        """kill -9 of whole programs, at this moment."""
        self.site.kill(*names)
        if not any(name.startswith("worker") for name in self.site.running):
            self.look_at_the_mail()

    def kill_at(self, point: str, name: str, victims: Collection[str] = ()) -> None:
        """kill -9 of the process that passes a point next, or of whole ``victims`` then."""
        self.site.arm(point, name, victims)
        self.wait_for(lambda: self.site.was_hit(name))
        for victim in victims:
            self.site.running[victim].popen.wait()
        self.kill(*victims)

    def behead(self, name: str) -> None:
        """kill -9 of a program alone: its children have to see for themselves."""
        child = self.site.running.pop(name)
        child.popen.kill()
        child.popen.wait()
        self.orphans.append(child.pid)

    def kill_one_of(self, name: str) -> None:
        """kill -9 of one of a program's children."""
        children = psutil.Process(self.site.running[name].pid).children()
        with suppress(psutil.NoSuchProcess):
            children[-1].kill()

    def look_at_the_mail(self) -> None:
        """With all workers dead: what was accepted, and not marked, may come again."""
        accepted = set(self.site.mail.ids())
        self.undecided.update(accepted - set(self.stage.ask("marked", self.marks)))

    # -- what is there -------------------------------------------------------------------

    def file(self, count: int) -> list[int]:
        """File tickets beside the site, acknowledged by their commit."""
        made: list[int] = self.stage.ask("file", count)
        return made

    def steps(self) -> int:
        """How many steps of this test's tickets have fired."""
        query = "SELECT count(*) FROM tickets_escalationstep WHERE ticket_id > %s"
        return int(self.site.one(query, self.marks["Ticket"]))

    def wait_for_more_steps(self, count: int) -> None:
        """Return when so many more steps have fired."""
        enough = self.steps() + count
        self.wait_for(lambda: self.steps() >= enough)

    def overdue(self) -> int:
        """How many deadlines should have fired a second ago, and have not."""
        query = """
        SELECT count(*) FROM deadlines_deadline
        WHERE fired_at IS NULL AND due_at < now() - interval '1 second'
        """
        return int(self.site.one(query))

    def wait_for(self, true: Callable[[], object]) -> None:
        """Return as soon as something holds; fail with what the programs say."""
        wait_for(true, what=self.site.logs)

    def settle(self) -> dict[str, Any]:
        """Wait until every step has fired and all mail is sent; what there is then."""
        tickets = "SELECT count(*) FROM tickets_ticket WHERE id > %s"

        def quiet() -> bool:
            dead = [
                name for name, child in self.site.running.items() if not child.alive()
            ]
            assert not dead, f"{dead} ended\n{self.site.logs()}"
            try:
                count = self.site.one(tickets, self.marks["Ticket"])
                return self.steps() >= STEPS * count and not self.site.one(WAITING)
            except psycopg2.Error:
                return False  # the database is what was killed

        wait_for(quiet, what=lambda: (self.report(), self.site.logs()))
        return self.report()

    def report(self) -> dict[str, Any]:
        """Everything that may have been lost or done twice."""
        found: dict[str, Any] = self.stage.ask("report", self.marks, self.up_at)
        return found

    def no_orphan_is_left(self) -> None:
        """Whoever lost its master has gone by itself."""
        self.wait_for(lambda: not any(_lives(group) for group in self.orphans))

    # -- the end -------------------------------------------------------------------------

    def holds(self, *, undecided: int = 0) -> dict[str, Any]:
        """Assert all that must hold after a fault; returns the report.

        ``undecided`` more mails than were seen may have come twice: of processes that were
        killed one by one between "accepted by the mail server" and "marked".
        """
        report = self.settle()
        check(report)
        check_mail(
            self.site.mail.ids(),
            report["uids"],
            undecided=self.undecided,
            more=undecided,
        )
        self.no_orphan_is_left()
        return report

    def close(self, *, failed: bool) -> None:
        """Leave the site fit for the next test."""
        self.site.disarm()
        for group in self.orphans:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        if failed:
            self.site.kill(*self.site.running)
        for name in {"postgres", "valkey"} - self._living():
            self.site.servers.start(name)

    def _living(self) -> set[str]:
        servers = self.site.servers.children
        return {name for name, child in servers.items() if child.alive()}


def check(report: Mapping[str, Any]) -> None:
    """Every step that was due has fired exactly once, in time, and who must know was told."""
    assert report["tickets"] > 0
    wrong = {name: report[name] for name in NOTHING if report[name]}
    assert not wrong, wrong
    assert report["fired"] == STEPS * report["tickets"]
    assert report["latest_step"] <= CAUGHT_UP
    assert report["latest_mail"] <= CAUGHT_UP


def check_mail(
    accepted: Mapping[str, int],
    uids: Collection[str],
    *,
    undecided: Mapping[str, int],
    more: int = 0,
) -> None:
    """No mail is lost, none has another Message-ID, and twice only what was undecided."""
    assert set(accepted) == set(uids)
    unexplained = {
        uid: n for uid, n in accepted.items() if n > 1 + undecided.get(uid, 0)
    }
    assert sum(unexplained.values()) - len(unexplained) <= more, unexplained


def _lives(group: int) -> bool:
    """Whether a process group still has somebody in it; one that only waits to be buried
    is nobody."""
    for process in psutil.process_iter(["status"]):
        with suppress(ProcessLookupError):
            if os.getpgid(process.pid) == group:
                return process.info["status"] != psutil.STATUS_ZOMBIE
    return False
