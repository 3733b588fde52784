"""The promise of one ticket, derived at this very moment from its facts, and explained.

What is stored is for lists and for the sweep; the ticket's own page shows the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.functions import Left
from django.utils.translation import gettext as _

from people.actors import Actor
from servicedesk.lib.ui.clock import ClockView, Excluded
from servicedesk.lib.ui.times import exact
from sla.rules import ALWAYS, Standard
from sla.services import standards_of
from tickets.explain import reason, sentence
from tickets.kinds import FACT_KINDS
from tickets.models import Ticket, TicketEvent
from tickets.queries.words import METRIC_ORDER, metric_name
from tickets.rules.derive import derive
from tickets.rules.explain import Explanation, explain, time_left
from tickets.rules.facts import OPEN_STATES, Clock, ClockState, Fact, FactKind
from tickets.rules.level import was_raised_by_escalation

#: What of the record touches which promise, for the trail of corrections.
TOUCHES: dict[str, frozenset[str]] = {
    FactKind.ANSWERED: frozenset({"first_response"}),
    FactKind.DEPARTED: frozenset({"dispatch"}),
    FactKind.ARRIVED: frozenset({"dispatch", "arrival", "resolution"}),
    FactKind.SOLUTION_PROPOSED: frozenset({"solution_proposed"}),
    FactKind.CALLED_BACK: frozenset({"call_back"}),
    FactKind.RESOLVED: frozenset({"resolution"}),
    FactKind.SEVERITY_RAISED: frozenset(),  # it only follows what was corrected
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A time that was corrected: which event, from when to when, by whom, why."""

    fact: int
    kind: str
    was: datetime
    at: datetime
    by: str
    reason: str

    def line(self) -> str:
        """For the trail on the clock."""
        text = _("%(was)s became %(at)s") % {
            "was": exact(self.was),
            "at": exact(self.at),
        }
        return " · ".join(part for part in (text, self.by, self.reason) if part)


@dataclass(frozen=True, slots=True)
class Promised:
    """One clock of a ticket, with all that there is to say about it."""

    clock: Clock
    explanation: Explanation
    sentence: str
    view: ClockView

    @property
    def metric(self) -> str:
        """What is promised."""
        return self.clock.target.metric.value


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise of a ticket as a whole."""

    clocks: list[Promised]
    standard: Standard
    #: Event times that were corrected since, by sequence number.
    moved: dict[int, datetime]
    #: Whether somebody has been on site; then no appointment needs to be agreed any more.
    has_arrived: bool = False
    #: Whether a raise by an escalation stands; then only a manager may lower (rule 3).
    was_raised: bool = False

    @property
    def shown(self) -> list[Promised]:
        """The clocks that count, in the order of the work."""
        return [promised for promised in self.clocks if promised.clock.counts]

    @property
    def open_metrics(self) -> frozenset[str]:
        """What has not been done yet."""
        return frozenset(
            p.metric for p in self.clocks if p.clock.open and p.clock.counts
        )

    def of(self, metric: str) -> Promised | None:
        """The clock that counts of one metric."""
        return next((p for p in self.shown if p.metric == metric), None)

    def may_wait(self, wait: str) -> bool:
        """Whether a wait stops the clock that runs towards the solution (rule 2)."""
        promised = self.of("resolution")
        tier = promised.clock.tier if promised else ""
        return any(
            wait in {str(reason) for reason in one.may_pause}
            for one in self.standard.tiers
            if one.key == tier
        )


def waits_that_pause(ticket: Ticket) -> frozenset[str]:
    """The waits for which the tier of a ticket stops its clocks (rule 2)."""
    standard = standards_of([ticket.standard_version_id])[ticket.standard_version_id]
    tiers = (tier for tier in standard.tiers if tier.key == ticket.tier)
    return frozenset(str(wait) for tier in tiers for wait in tier.may_pause)


def read_promise(
    ticket: Ticket, actor: Actor, now: datetime, *, facts: Sequence[Fact] | None = None
) -> Promise:
    """The clocks of a ticket, in the order of the work; one query, rarely two.

    None for a ticket that has just been filed and whose ``facts`` the caller has: nothing has
    been corrected yet.
    """
    corrections: list[Correction] = []
    if facts is None:
        facts, corrections = _read(ticket)
    versions = {
        fact.data["standard"]
        for fact in facts
        if fact.kind in {FactKind.RECEIVED, FactKind.PROJECT_CHANGED}
        if "standard" in fact.data
    }
    revisions = {
        fact.data["revision"]
        for fact in facts
        if fact.kind is FactKind.CALENDAR_REVISED
    }
    standards = standards_of(
        versions | {ticket.standard_version_id}, revisions=revisions
    )
    clocks = sorted(derive(facts, standards=standards, now=now), key=_place)
    return Promise(
        clocks=[
            _promised(
                clock,
                standards[clock.standard],
                actor,
                corrections=corrections,
                now=now,
            )
            for clock in clocks
        ],
        standard=standards[ticket.standard_version_id],
        moved={correction.fact: correction.at for correction in corrections},
        has_arrived=any(fact.kind is FactKind.ARRIVED for fact in facts),
        was_raised=was_raised_by_escalation(facts),
    )


def _read(ticket: Ticket) -> tuple[list[Fact], list[Correction]]:
    rows = (
        TicketEvent.objects.filter(ticket_id=ticket.pk, kind__in=FACT_KINDS)
        .order_by("seq")
        .values_list(
            "seq",
            "kind",
            "happened_at",
            "recorded_at",
            "data",
            "actor_name",
            Left("body", 300),
        )
    )
    facts, corrections = [], []
    for seq, kind, at, recorded_at, data, by, body in rows:
        facts.append(Fact(seq, FactKind(kind), at, recorded_at, data))
        if kind == FactKind.CORRECTED:
            corrections.append(_correction(data, by, body))
    return facts, corrections


def _correction(data: dict[str, Any], by: str, body: str) -> Correction:
    at = datetime.fromisoformat(data["at"])
    was = datetime.fromisoformat(data.get("was") or data["at"])
    return Correction(int(data["fact"]), data.get("kind", ""), was, at, by, body)


def _place(clock: Clock) -> tuple[int, bool, str]:
    return (METRIC_ORDER.get(clock.target.metric, 99), not clock.counts, clock.key)


def _promised(
    clock: Clock,
    standard: Standard,
    actor: Actor,
    *,
    corrections: Iterable[Correction],
    now: datetime,
) -> Promised:
    metric = clock.target.metric.value
    explanation = explain(clock, standard=standard, now=now)
    text = sentence(explanation, ZoneInfo(actor.zone), to_client=actor.is_client)
    trail = [
        correction.line()
        for correction in corrections
        if metric in TOUCHES.get(correction.kind, METRIC_ORDER.keys())
    ]
    view = _view(clock, standard, explanation, actor=actor, now=now)
    view = replace(view, explanation=text, trail=trail)
    return Promised(clock, explanation, text, view)


def _view(
    clock: Clock,
    standard: Standard,
    explanation: Explanation,
    *,
    actor: Actor,
    now: datetime,
) -> ClockView:
    calendar = standard.calendars.get(clock.calendar, ALWAYS)
    left = time_left(clock, calendar=calendar, now=now)
    limit = clock.target.limit
    used = limit - left if left is not None and clock.state in OPEN_STATES else None
    to_client = actor.is_client
    return ClockView(
        label=metric_name(clock.target.metric),
        state=clock.state.value,
        due_at=clock.due_at,
        started_at=clock.started_at,
        warn_at=clock.warn_at,
        finished_at=clock.finished_at or clock.ended_at,
        limit=limit or None,
        used=used,
        as_of=now,
        note=reason(explanation.why, to_client=to_client)
        if clock.state is ClockState.PAUSED
        else "",
        excluded=[
            Excluded(part.start, part.end, reason(part.reason, to_client=to_client))
            for part in explanation.excluded
        ],
        provisional=clock.provisional,
    )
