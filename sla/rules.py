"""What a service standard says, as plain values. No Django, no clock, no I/O.

A :class:`Standard` is one version of a tenant's service standard: tiers with targets and
escalation steps, the calendars its limits are counted in, and the few periods that apply to
every ticket received under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum

from servicedesk.lib.bilingual import Text


class Severity(IntEnum):
    """How bad it is, in the customer's words: 一般, 严重, 紧急 [A]."""

    GENERAL = 1
    SERIOUS = 2
    URGENT = 3


class Metric(StrEnum):
    """What is promised."""

    FIRST_RESPONSE = "first_response"
    DISPATCH = "dispatch"
    ARRIVAL = "arrival"
    SOLUTION_PROPOSED = "solution_proposed"
    RESOLUTION = "resolution"
    PART_REPLACED = "part_replaced"
    PART_SHIPPED = "part_shipped"
    CALL_BACK = "call_back"


#: Metrics whose miss raises the severity; the others only tell.
RAISING_METRICS = frozenset(
    {Metric.FIRST_RESPONSE, Metric.DISPATCH, Metric.ARRIVAL, Metric.RESOLUTION}
)
#: Valid in a standard, but no clock starts for them yet.
PART_METRICS = frozenset({Metric.PART_REPLACED, Metric.PART_SHIPPED})


class Start(StrEnum):
    """Where a limit is measured from: an event, or an earlier metric of the same ticket."""

    RECEIVED = "received"
    VISIT_REQUESTED = "visit_requested"
    APPOINTMENT = "appointment"
    PART_REQUESTED = "part_requested"
    FIRST_RESPONSE = "first_response"
    DISPATCH = "dispatch"
    ARRIVAL = "arrival"
    SOLUTION_PROPOSED = "solution_proposed"
    RESOLUTION = "resolution"


class Condition(StrEnum):
    """When a target applies. An undecided visit counts as remote (rule 8)."""

    ALWAYS = "always"
    ON_SITE = "on_site"
    REMOTE = "remote"


class WaitReason(StrEnum):
    """What a ticket waits for."""

    CUSTOMER = "customer"
    APPOINTMENT = "appointment"
    PARTS = "parts"
    THIRD_PARTY = "third_party"


class Recipient(StrEnum):
    """Who an escalation step tells."""

    ASSIGNEE = "assignee"
    DEPARTMENT_MANAGER = "department_manager"
    GENERAL_MANAGER = "general_manager"


@dataclass(frozen=True, slots=True)
class Interval:
    """A half-open stretch of time [start, end)."""

    start: datetime
    end: datetime


#: Opening and closing time on the wall; a close that is not after it is on the next day.
Window = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working time in a zone of its own.

    ``week`` has seven entries, Monday first, each a tuple of (open, close) wall-clock times.
    A window whose close is not after its open ends on the next day: 22:00-06:00 is a night
    shift, a close of 00:00 means midnight at the end of that day, and 00:00-00:00 is the whole
    day. A window belongs to the date on which it opens. ``exceptions`` replace the week's
    windows on a date: empty for a public holiday, the working windows for a make-up day.
    After ``known_until`` weekdays are assumed and a due time is provisional.
    ``holidays`` names the region whose public holidays were copied into ``exceptions``, and
    ``make_up_hours`` are the windows of its make-up working days; both serve the next revision.
    ``always`` is the 24×7 calendar; the rest is then unused.
    """

    key: str
    zone: str = "UTC"
    always: bool = False
    week: tuple[tuple[Window, ...], ...] = ((),) * 7
    exceptions: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    known_until: date | None = None
    holidays: str | None = None
    make_up_hours: tuple[Window, ...] = ()
    name: Text | None = None

    def __hash__(self) -> int:
        # The mapping of exceptions has no hash of its own; its size is enough to spread.
        return hash(
            (self.key, self.zone, self.week, self.known_until, len(self.exceptions))
        )


ALWAYS = Calendar(key="always", always=True)


@dataclass(frozen=True, slots=True)
class Target:
    """One promise of a tier: reach ``metric`` within ``limit`` of ``measured_from``.

    ``calendar`` is a key of :attr:`Standard.calendars`. The warning is due after
    ``warn_at`` (a share) of the limit, or ``warn_before`` ahead of the due time where that is
    given (30 minutes before an appointment, rule 9).
    """

    key: str
    metric: Metric
    limit: timedelta
    measured_from: Start
    calendar: str = "always"
    condition: Condition = Condition.ALWAYS
    warn_at: float = 0.75
    warn_before: timedelta | None = None


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """One rung of the ladder after a miss [A.C].

    ``after`` is counted from the miss. ``every`` makes it repeat until the metric is done;
    ``unless_acknowledged`` skips it once a manager has acknowledged with a plan.
    """

    key: str
    after: timedelta
    tell: Recipient
    raise_severity: bool = False
    every: timedelta | None = None
    unless_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    """A level of service for one or more severities."""

    key: str
    severities: frozenset[Severity]
    name: Text
    description: Text
    example: Text
    targets: tuple[Target, ...]
    may_pause: frozenset[WaitReason] = frozenset()
    warn: Recipient = Recipient.ASSIGNEE
    escalation: tuple[EscalationStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Standard:
    """One version of a service standard."""

    key: str
    name: Text
    source: str
    tiers: tuple[Tier, ...]
    calendars: Mapping[str, Calendar]
    backdate_limit: timedelta = timedelta(hours=24)
    auto_confirm_after: timedelta = timedelta(hours=72)
    reopen_within: timedelta = timedelta(days=30)

    def tier_for(self, severity: Severity) -> Tier:
        """The tier that covers a severity (every version covers all three)."""
        for tier in self.tiers:
            if severity in tier.severities:
                return tier
        raise LookupError(f"{self.key} has no tier for {severity.name.lower()}")

    def tier(self, key: str) -> Tier:
        """The tier with a key. Raises LookupError where there is none."""
        for tier in self.tiers:
            if tier.key == key:
                return tier
        raise LookupError(f"{self.key} has no tier {key}")
