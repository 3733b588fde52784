"""A day of work as a phone keeps it: jobs with everything that is needed on site.

The names of the keys are a contract with ``static/js/field``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from clients.models import Equipment
from people.actors import Actor
from servicedesk.lib.ui.words import severity_key
from tickets.models import (
    Attachment,
    ExtraWork,
    FieldItem,
    TicketClock,
    WorkOrder,
    WorkPart,
    WorkTime,
)
from tickets.queries.clocks import clocks_of, is_open, note
from tickets.queries.words import metric_name
from tickets.rules.work import NEXT, OVER, WORK_VERBS
from tickets.sheets import Recorded, content_of, instant

#: What a phone keeps at most.
JOBS_MOST: Final = 60
DEVICES_MOST: Final = 500
#: For how long a job that is over is still shown.
SHOWN_AFTER: Final = timedelta(hours=24)


@dataclass(slots=True)
class _Rows:
    """What some work orders record, by work order."""

    parts: dict[int, list[WorkPart]] = field(default_factory=lambda: defaultdict(list))
    times: dict[int, list[WorkTime]] = field(default_factory=lambda: defaultdict(list))
    extras: dict[int, list[ExtraWork]] = field(
        default_factory=lambda: defaultdict(list)
    )
    photos: dict[int, list[Attachment]] = field(
        default_factory=lambda: defaultdict(list)
    )
    uids: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


def jobs_of(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The jobs of whoever carries work orders out: open ones, and those just over."""
    mine = orders_visible_to(actor).filter(engineer_id=actor.membership_id)
    fresh = Q(ended_at__gt=now - SHOWN_AFTER) | ~Q(state__in=OVER)
    rows = mine.filter(fresh).order_by(F("planned_start_at").asc(nulls_last=True), "pk")
    return _as_jobs(list(rows[:JOBS_MOST]))


def job_of(actor: Actor, pk: int) -> dict[str, Any] | None:
    """One job as it stands, whoever has it; None where the actor does not see it."""
    jobs = _as_jobs(list(orders_visible_to(actor).filter(pk=pk)))
    return jobs[0] if jobs else None


def orders_visible_to(actor: Actor) -> QuerySet[WorkOrder]:
    """Work orders with what a job says of them."""
    rows: QuerySet[WorkOrder] = WorkOrder.objects.visible_to(actor)
    return rows.select_related(
        "ticket__client",
        "ticket__site",
        "ticket__contact",
        "ticket__equipment",
        "ticket__tenant",
        "engineer__user",
    )


def rules() -> dict[str, Any]:
    """Which verb is possible in which state and where it leads, as the phone applies it."""
    return {
        "verbs": {
            name: {
                "from": sorted(verb.frm),
                "to": verb.to,
                "kind": verb.kind,
            }
            for name, verb in WORK_VERBS.items()
        },
        "next": {state: list(pair) for state, pair in NEXT.items()},
    }


def devices_of(jobs: Sequence[dict[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """The devices of the clients of these jobs: what a scanned label may be."""
    clients = {job["client_pk"] for job in jobs}
    rows = Equipment.objects.visible_to(actor).filter(client_id__in=clients)
    rows = rows.exclude(serial_number="").select_related("project", "site")
    return [
        {
            "pk": row.pk,
            "client": row.client_id,
            "category": row.category,
            "model": row.model,
            "serial": row.serial_number,
            "location": row.location,
            "project": row.project.name if row.project else "",
            "site": row.site.name if row.site else "",
        }
        for row in rows.order_by("pk")[:DEVICES_MOST]
    ]


def _as_jobs(orders: list[WorkOrder]) -> list[dict[str, Any]]:
    """Jobs in a fixed number of queries."""
    rows = _rows_of([order.pk for order in orders])
    clocks = clocks_of(order.ticket for order in orders)
    return [_job(order, rows, clocks.get(order.ticket_id, [])) for order in orders]


def _rows_of(orders: Sequence[int]) -> _Rows:
    found = _Rows()
    wanted = {"work_order_id__in": orders}
    for part in WorkPart.objects.filter(**wanted, removed_at=None).order_by("pk"):
        found.parts[part.work_order_id].append(part)
    times = WorkTime.objects.filter(**wanted, removed_at=None)
    for time in times.select_related("person__user").order_by("pk"):
        found.times[time.work_order_id].append(time)
    for extra in ExtraWork.objects.filter(**wanted).order_by("pk"):
        found.extras[extra.work_order_id].append(extra)
    for photo in Attachment.objects.filter(**wanted).order_by("pk"):
        found.photos[photo.work_order_id or 0].append(photo)
    items = FieldItem.objects.filter(**wanted).order_by("pk")
    for pk, uid in items.values_list("work_order_id", "uid"):
        found.uids[pk].append(str(uid))
    return found


def _job(
    order: WorkOrder, rows: _Rows, clocks: Iterable[TicketClock]
) -> dict[str, Any]:
    ticket = order.ticket
    photos = rows.photos[order.pk]
    recorded = Recorded(
        parts=rows.parts[order.pk],
        times=rows.times[order.pk],
        extras=rows.extras[order.pk],
        photos=[(photo.stage, photo.sha256) for photo in photos],
    )
    page = [ticket.number, order.ordinal]
    return {
        "pk": order.pk,
        "number": order.number,
        "url": reverse("tickets:work_order", args=page),
        "state": str(order.state),
        "kind": str(order.kind),
        "engineer": order.engineer_id,
        "severity": severity_key(ticket.severity),
        "symptom": ticket.symptom,
        "client_pk": ticket.client_id,
        "planned": [instant(order.planned_start_at), instant(order.planned_end_at)],
        "appointment": instant(ticket.appointment_at),
        "accepted_at": instant(order.accepted_at),
        "signed_at": instant(order.signed_at),
        "checklist": order.checklist,
        "rating": order.rating,
        "sheet": content_of(order, recorded),
        "extras": [extra.pk for extra in recorded.extras],
        "photos": [reverse("tickets:preview", args=[photo.pk]) for photo in photos],
        "clocks": [_clock(clock) for clock in clocks],
        "uids": rows.uids[order.pk],
    } | _where(order)


def _where(order: WorkOrder) -> dict[str, Any]:
    """Place, person and device of a job."""
    ticket = order.ticket
    site, contact, device = ticket.site, ticket.contact, ticket.equipment
    return {
        "site": site.name if site else "",
        "address": (site.address if site else "") or ticket.client.address,
        "site_note": site.note if site else "",
        "contact": contact.name if contact else "",
        "phone": (contact.phone if contact else "") or ticket.client.phone,
        "device": {
            "pk": device.pk,
            "category": device.category,
            "model": device.model,
            "serial": device.serial_number,
            "location": device.location,
        }
        if device
        else None,
    }


def _clock(clock: TicketClock) -> dict[str, Any]:
    """A clock as the phone counts it; ``starts`` is what a pending one waits for."""
    return {
        "label": str(metric_name(clock.metric)),
        "metric": clock.metric,
        "state": clock.state,
        "open": is_open(clock),
        "note": str(note(clock)),
        "start": instant(clock.started_at),
        "due": instant(clock.due_at),
        "warn": instant(clock.warn_at),
        "finished": instant(clock.finished_at),
        "limit": int(clock.limit.total_seconds()),
        "starts": clock.start_event,
    }
