"""One ticket of the first tenant, told by the hour, and what came of it.

Times are UTC on Monday 2 March 2026; the standard is the reference one unless a test makes
another. Everything goes through the public services; :func:`wake` is what a fired deadline
does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sla
from clients.models import Project
from notifications.models import Message
from people.models import Absence, Membership
from sla.services import import_standard
from tests.world import FOUNDED, House
from tickets import services
from tickets.engine import working_on
from tickets.models import Escalation, EscalationStep, Ticket, TicketClock, TicketEvent

DAY = datetime(2026, 3, 2, tzinfo=UTC)
GENERAL, SERIOUS, URGENT = 1, 2, 3


def at(hour: int, minute: int = 0, second: float = 0, *, day: int = 0) -> datetime:
    return DAY + timedelta(days=day, hours=hour, minutes=minute, seconds=second)


def file(house: House, now: datetime, severity: int = GENERAL, **more: Any) -> Ticket:
    """A request of the client's for the project of the field service."""
    given: dict[str, Any] = {
        "client": house.client_org,
        "project": house.project,
        "title": "摄像头无图像",
        "severity": severity,
        "requester": house.people["client"],
    }
    return services.file_ticket(actor=house.actor("client"), now=now, **(given | more))


def do(
    house: House,
    ticket: Ticket,
    verb: str,
    now: datetime,
    by: str = "agent",
    **how: Any,
) -> Ticket:
    """One verb by somebody, and the ticket as it then is."""
    if verb in WORDS:
        how.setdefault(WORDS[verb], "As agreed.")
    if verb == "agree_contingency":
        how = {"kind": "spare", "agreed_with": "Ms Ma"} | how
    getattr(services, verb)(actor=house.actor(by), now=now, ticket=ticket, **how)
    ticket.refresh_from_db()
    return ticket


WORDS = {
    "answer": "body",
    "propose_solution": "body",
    "resolve": "body",
    "call_back": "body",
    "reply": "body",
    "agree_contingency": "body",
    "start_wait": "note",
    "reopen": "reason",
    "refuse": "reason",
    "cancel": "reason",
    "cancel_appointment": "reason",
    "correct": "reason",
    "raise_severity": "reason",
    "lower_severity": "reason",
}


def wake(ticket: Ticket, now: datetime) -> Ticket:
    """What a deadline of the ticket does when it fires."""
    with working_on([ticket.pk], now=now):
        pass
    ticket.refresh_from_db()
    return ticket


def correct(
    house: House, ticket: Ticket, kind: str, to: datetime, *, now: datetime, **how: Any
) -> Ticket:
    """Say when the newest event of a kind really happened."""
    event = ticket.events.filter(kind=kind).order_by("-seq").first()
    return do(house, ticket, "correct", now, event=event, at=to, **how)


# -- what came of it -------------------------------------------------------------------------


def clock(ticket: Ticket, metric: str) -> TicketClock:
    """The clock of a metric that counts."""
    return TicketClock.objects.get(ticket=ticket, metric=metric, counts=True)


def escalation(ticket: Ticket, metric: str = "first_response") -> Escalation:
    """The escalation of a metric; the newest of several."""
    rows = Escalation.objects.filter(ticket=ticket, metric=metric)
    return rows.select_related("clock").latest("pk")


def told(house: House, *kinds: str, since: int = 0) -> list[tuple[str, str]]:
    """(who, kind) of every message, in the order in which they were written."""
    names = {person.pk: name for name, person in house.people.items()}
    rows = Message.objects.filter(pk__gt=since).order_by("pk")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return [(names[one.recipient_id], one.kind) for one in rows]


def newest(house: House, kind: str, who: str) -> Message:
    """The newest message of a kind to somebody."""
    return Message.objects.filter(kind=kind, recipient=house.people[who]).latest("pk")


def last_message() -> int:
    """A mark: what is written from here on has a greater id."""
    found = Message.objects.order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


def steps(ticket: Ticket) -> list[tuple[str, str, datetime]]:
    """(metric, step, due) of everything that fired, in order."""
    rows = EscalationStep.objects.filter(ticket=ticket).select_related("clock")
    found = [(row.clock.metric, row.step, row.due_at) for row in rows]
    return sorted(found, key=lambda row: (row[2], row[0], row[1]))


def kinds(ticket: Ticket) -> list[str]:
    """The kinds of what is written in the ticket's record, in order."""
    events = TicketEvent.objects.filter(ticket=ticket).order_by("seq")
    return list(events.values_list("kind", flat=True))


# -- people and promises ---------------------------------------------------------------------


def away(house: House, *names: str, start: datetime = DAY, hours: float = 24) -> None:
    """Say that some people are not there."""
    for name in names:
        Absence.objects.create(
            membership=house.people[name],
            starts_at=start,
            ends_at=start + timedelta(hours=hours),
        )


def deputies(house: House, **pairs: str) -> None:
    """Who stands in for whom: ``deputies(house, manager="engineer")``."""
    for name, deputy in pairs.items():
        Membership.objects.filter(pk=house.people[name].pk).update(
            deputy=house.people[deputy]
        )


def promise(house: House, text: str | None = None, /, **swaps: str) -> Project:
    """A project of the same client under a standard of its own.

    ``text`` is the file (default: the reference standard); each of ``swaps`` maps a name to
    ``"old => new"``, a change of the text that must find its place.
    """
    text = text or preset("reference")
    text = text.replace("key: reference", "key: changed")
    for swap in swaps.values():
        old, _, new = swap.partition(" => ")
        assert old in text, old
        text = text.replace(old, new)
    version = import_standard(
        actor=house.actor("admin"), now=FOUNDED, text=text, in_force_from=FOUNDED
    )
    return Project.objects.create(
        client=house.client_org,
        name="Another promise",
        department=house.department,
        engineer=house.people["engineer"],
        standard=version.standard,
    )


def preset(name: str) -> str:
    """The text of a preset."""
    return (Path(sla.__file__).parent / "presets" / f"{name}.yaml").read_text()
