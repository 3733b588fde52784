"""What the customer signs for a work order: plain data that a phone can make as well.

The phone shows it, possibly without a network, and computes the hash of its canonical text
(``static/js/canonical.js``). The same rows in the same order give the same text here, so a
signature holds for exactly what was shown. Names of keys and their forms are a contract with
``static/js/field``: times are UTC to the second, prices text with two decimals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from people.actors import Actor
from tickets.models import ExtraWork, WorkOrder, WorkPart, WorkTime

#: What a work order's sheets and signatures are filed under.
SUBJECT = "work_order"


def may_see_work_order(actor: Actor, pk: int) -> bool:
    """Whether somebody may see what a work order's sheets and signatures say."""
    return WorkOrder.objects.visible_to(actor).filter(pk=pk).exists()


def instant(value: datetime | None) -> str:
    """An instant as the sheet has it: UTC, to the second; empty for none."""
    if value is None:
        return ""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a work order records, each kind in the order in which it came."""

    parts: Iterable[WorkPart] = ()
    times: Iterable[WorkTime] = ()
    extras: Iterable[ExtraWork] = ()
    photos: Iterable[tuple[str, str]] = ()  # stage, SHA-256


def sheet_content(order: WorkOrder) -> dict[str, Any]:
    """Everything that a work order says, as the customer is shown it."""
    times = order.times.standing().select_related("person__user")
    recorded = Recorded(
        parts=order.parts.standing().order_by("pk"),
        times=times.order_by("pk"),
        extras=order.extras.order_by("pk"),
        photos=order.photos.order_by("pk").values_list("stage", "sha256"),
    )
    return content_of(order, recorded)


def content_of(order: WorkOrder, recorded: Recorded) -> dict[str, Any]:
    """The same, of rows that are at hand."""
    ticket = order.ticket
    return {
        "kind": SUBJECT,
        "number": order.number,
        "title": ticket.title,
        "client": ticket.client.name,
        "engineer": order.engineer.user.name if order.engineer else "",
        "purpose": order.purpose,
        "departed_at": instant(order.departed_at),
        "arrived_at": instant(order.arrived_at),
        "finished_at": instant(order.finished_at),
        "found": order.found,
        "done": order.done,
        "advice": order.advice,
        "outcome": str(order.outcome),
        "parts": [_part(row) for row in recorded.parts],
        "hours": [_stretch(row) for row in recorded.times],
        "extras": [_extra(row) for row in recorded.extras],
        "photos": [
            {"stage": str(stage), "sha256": digest} for stage, digest in recorded.photos
        ],
    }


def _part(row: WorkPart) -> dict[str, Any]:
    return {
        "name": row.name,
        "part_number": row.part_number,
        "quantity": row.quantity,
        "serial_in": row.serial_in,
        "serial_out": row.serial_out,
    }


def _stretch(row: WorkTime) -> dict[str, Any]:
    return {
        "person": row.person.user.name,
        "kind": str(row.kind),
        "from": instant(row.started_at),
        "until": instant(row.ended_at),
    }


def _extra(row: ExtraWork) -> dict[str, Any]:
    return {
        "description": row.description,
        "price": f"{row.price:.2f}",
        "currency": row.currency,
        "state": str(row.state),
        "by": row.decided_by,
        "done": row.done_at is not None,
    }
