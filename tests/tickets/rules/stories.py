"""What the tests of the promise share: standards as the documents say, and tickets told.

Times are local, on Monday 2 March 2026 in Shanghai; ``+1 10:00`` is the day after. A
:class:`Told` writes down one fact after the other, as a ticket's record would.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from servicedesk.lib.bilingual import Text
from sla.rules import (
    ALWAYS,
    Calendar,
    Condition,
    EscalationStep,
    Metric,
    Recipient,
    Severity,
    Standard,
    Start,
    Target,
    Tier,
    WaitReason,
)
from tickets.rules.derive import derive
from tickets.rules.facts import Clock, Fact, FactKind

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 2)


def at(text: str) -> datetime:
    """An instant from ``09:00``, ``09:00:00.000001`` or ``+1 10:00``."""
    days, _, clock = text.rpartition(" ")
    day = DAY + timedelta(days=int(days or 0))
    local = datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONE)
    return local.astimezone(UTC)


def local(instant: datetime | None) -> str | None:
    """The other way round: how the tests write an instant."""
    if instant is None:
        return None
    wall = instant.astimezone(ZONE)
    days = (wall.date() - DAY).days
    clock = wall.strftime("%H:%M")
    if wall.second or wall.microsecond:
        clock = wall.time().isoformat()
    return f"{days:+d} {clock}" if days else clock


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def target(
    key: str,
    metric: Metric,
    limit: timedelta,
    measured_from: Start = Start.RECEIVED,
    condition: Condition = Condition.ALWAYS,
    **more: Any,
) -> Target:
    return Target(
        key=key,
        metric=metric,
        limit=limit,
        measured_from=measured_from,
        condition=condition,
        **more,
    )


def tier(
    key: str, severities: str, *targets: Target, may_pause: str = "", **more: Any
) -> Tier:
    """A tier from ``"12"`` (general and serious) and ``"customer appointment"``."""
    return Tier(
        key=key,
        severities=frozenset(Severity(int(each)) for each in severities),
        name=Text(zh=key, en=key),
        description=Text(zh="", en=""),
        example=Text(zh="", en=""),
        targets=targets,
        may_pause=frozenset(WaitReason(each) for each in may_pause.split()),
        **more,
    )


def standard(*tiers: Tier, calendars: Mapping[str, Calendar] | None = None) -> Standard:
    return Standard(
        key="test",
        name=Text(zh="", en=""),
        source="",
        tiers=tiers,
        calendars={"always": ALWAYS, **(calendars or {})},
    )


ON_SITE, REMOTE = Condition.ON_SITE, Condition.REMOTE
LADDER = (
    EscalationStep(
        "manager", timedelta(0), Recipient.DEPARTMENT_MANAGER, raise_severity=True
    ),
    EscalationStep("general_manager", minutes(30), Recipient.GENERAL_MANAGER),
    EscalationStep(
        "reminder",
        minutes(30),
        Recipient.GENERAL_MANAGER,
        every=hours(1),
    ),
)

#: The reference standard [A], all clocks 24×7.
GENERAL = tier(
    "general",
    "1",
    target("response", Metric.FIRST_RESPONSE, hours(2)),
    target(
        "arrival",
        Metric.ARRIVAL,
        timedelta(0),
        Start.APPOINTMENT,
        ON_SITE,
        warn_before=minutes(30),
    ),
    target("resolution", Metric.RESOLUTION, hours(8)),
    may_pause="customer appointment",
    escalation=LADDER,
)
SERIOUS = tier(
    "serious",
    "2",
    target("response", Metric.FIRST_RESPONSE, hours(1)),
    target("dispatch", Metric.DISPATCH, hours(1), condition=ON_SITE),
    target("arrival", Metric.ARRIVAL, hours(2), condition=ON_SITE),
    target("resolution", Metric.RESOLUTION, hours(4)),
    may_pause="customer",
    escalation=LADDER,
)
URGENT = tier(
    "urgent",
    "3",
    target("response", Metric.FIRST_RESPONSE, minutes(10)),
    target("arrival", Metric.ARRIVAL, hours(2), condition=ON_SITE),
    target("on_site", Metric.RESOLUTION, hours(2), Start.ARRIVAL, ON_SITE),
    target("remote", Metric.RESOLUTION, hours(2), condition=REMOTE),
    escalation=LADDER,
)
A = standard(GENERAL, SERIOUS, URGENT)

#: One tier for all three severities [E].
E = standard(
    tier(
        "all",
        "123",
        target("response", Metric.FIRST_RESPONSE, minutes(5)),
        target("proposal", Metric.SOLUTION_PROPOSED, hours(1)),
        target("arrival", Metric.ARRIVAL, hours(12), condition=ON_SITE),
        target("remote", Metric.RESOLUTION, hours(1), condition=REMOTE),
        may_pause="customer appointment",
        escalation=LADDER,
    )
)

#: One tier; arrival from the visit's request [F]; with a call-back after guidance [H].
F = standard(
    tier(
        "all",
        "123",
        target("arrival", Metric.ARRIVAL, hours(8), Start.VISIT_REQUESTED, ON_SITE),
        target("resolution", Metric.RESOLUTION, hours(24)),
        target("call_back", Metric.CALL_BACK, hours(2), Start.FIRST_RESPONSE),
        may_pause="customer",
        escalation=LADDER,
    )
)

_HOURS = ((time(9), time(12)), (time(13, 30), time(18)))
OFFICE_CALENDAR = Calendar(
    key="office",
    zone="Asia/Shanghai",
    week=(_HOURS,) * 5 + ((),) * 2,
    exceptions={date(2026, 3, 5): ()},  # a holiday, on the Thursday
    known_until=date(2026, 3, 8),
)
#: Office hours, for general and serious; urgent is promised day and night.
OFFICE = standard(
    tier(
        "usual",
        "12",
        target("response", Metric.FIRST_RESPONSE, hours(2), calendar="office"),
        target("resolution", Metric.RESOLUTION, hours(8), calendar="office"),
        may_pause="customer parts",
    ),
    tier(
        "urgent",
        "3",
        target("response", Metric.FIRST_RESPONSE, minutes(30)),
        target("resolution", Metric.RESOLUTION, hours(8)),
        may_pause="parts third_party",
    ),
    calendars={"office": OFFICE_CALENDAR},
)

STANDARDS: Mapping[int, Standard] = {1: A, 2: E, 3: F, 4: OFFICE}


class Told:
    """A ticket's record in the making. Facts are numbered as they are written."""

    def __init__(
        self,
        when: str = "09:00",
        severity: int | None = 1,
        *,
        standard: int = 1,
        kind: str = "fault",
    ) -> None:
        self.facts: list[Fact] = []
        data = {"severity": severity, "standard": standard, "kind": kind}
        self.add(FactKind.RECEIVED, when, **data)

    def add(self, fact: FactKind | str, when: str, /, **data: Any) -> Told:
        """Writes a fact down at the time it happened."""
        instant = at(when)
        self.facts.append(
            Fact(len(self.facts) + 1, FactKind(fact), instant, instant, data)
        )
        return self

    @property
    def last(self) -> int:
        """The number of the newest fact."""
        return self.facts[-1].seq

    def answered(self, when: str) -> Told:
        return self.add("answered", when)

    def visit(self, when: str, *, needed: bool = True) -> Told:
        return self.add("visit_decided", when, needed=needed)

    def agreed(self, when: str, appointment: str) -> Told:
        moment = at(appointment).isoformat()
        return self.add("appointment_agreed", when, at=moment, asked_by="client")

    def called_off(self, when: str) -> Told:
        return self.add("appointment_cancelled", when)

    def departed(self, when: str) -> Told:
        return self.add("departed", when)

    def arrived(self, when: str) -> Told:
        return self.add("arrived", when)

    def waits(self, when: str, reason: str = "customer") -> Told:
        return self.add("wait_started", when, reason=reason)

    def goes_on(self, when: str, **data: Any) -> Told:
        return self.add("wait_ended", when, **data)

    def resolved(self, when: str) -> Told:
        return self.add("resolved", when)

    def closed(self, when: str) -> Told:
        return self.add("closed", when)

    def reopened(self, when: str) -> Told:
        return self.add("reopened", when)

    def cancelled(self, when: str) -> Told:
        return self.add("cancelled", when)

    def raised(self, when: str, to: int, *, automatic: bool = False) -> Told:
        return self.add("severity_raised", when, to=to, automatic=automatic)

    def lowered(self, when: str, to: int) -> Told:
        return self.add("severity_lowered", when, to=to)

    def project(self, when: str, standard: int) -> Told:
        return self.add("project_changed", when, standard=standard)

    def corrected(self, fact: int, when: str) -> Told:
        return self.add("corrected", "+9 00:00", fact=fact, at=at(when).isoformat())

    def voided(self, fact: int) -> Told:
        return self.add("voided", "+9 00:00", fact=fact)

    def absorbs(self, when: str, other: Told) -> Told:
        facts = [
            {
                "seq": fact.seq,
                "kind": str(fact.kind),
                "at": fact.at.isoformat(),
                "data": dict(fact.data),
            }
            for fact in other.facts
        ]
        return self.add("absorbed", when, ticket=99, facts=facts)

    def clocks(
        self, now: str | datetime, standards: Mapping[int, Standard] = STANDARDS
    ) -> tuple[Clock, ...]:
        """Every clock at a moment."""
        moment = at(now) if isinstance(now, str) else now
        return derive(self.facts, standards=standards, now=moment)

    def promise(self, now: str | datetime) -> dict[str, Clock]:
        """The clock that counts of each metric."""
        return {c.target.metric.value: c for c in self.clocks(now) if c.counts}

    def says(self, now: str | datetime) -> dict[str, str]:
        """The promise in short: ``{"resolution": "running due 17:00"}``."""
        return {metric: in_short(clock) for metric, clock in self.promise(now).items()}


def in_short(clock: Clock) -> str:
    """A clock in a few words: state, due, and when it was done or ended."""
    words = [clock.state.value]
    if clock.due_at is not None:
        words.append(f"due {local(clock.due_at)}")
    if clock.missed_at is not None and clock.missed_at != clock.due_at:
        words.append(f"missed {local(clock.missed_at)}")
    if clock.finished_at is not None:
        words.append(f"done {local(clock.finished_at)}")
    if clock.ended_at is not None:
        words.append(f"ended {local(clock.ended_at)} {clock.ended_by}")
    return " ".join(words)
