"""Work orders on paper: as a section of the service report, and each as a paper of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.assets import Asset, kept
from documents.models import Signature
from documents.registry import Composed
from documents.rules import State
from documents.services import Standing, standings
from servicedesk.lib.ui.times import exact
from tenants.models import Tenant
from tickets.explain import length
from tickets.models import ExtraWork, WorkOrder, WorkTime
from tickets.papers.report import photo_sheet, request
from tickets.papers.sections import Section, facts, moment, plain
from tickets.papers.source import Source, read_source
from tickets.sheets import SUBJECT

ZERO = timedelta(0)
READ = ("parts", "times__person__user", "extras", "photos__added_by__user")


def work_orders(source: Source) -> Section | None:
    """Every visit and remote job: when, what was found and done, with what, and who signed."""
    orders = list(
        _orders()
        .filter(ticket_id=source.ticket.pk)
        .exclude(state=WorkOrder.State.CANCELLED)
        .order_by("ordinal")
    )
    if not orders:
        return None
    for order in orders:
        order.ticket = source.ticket
    data, assets = _described(orders)
    return Section(
        title=pgettext("paper", "Work orders"),
        template="tickets/papers/_work_orders.html",
        data={"orders": data},
        assets=assets,
    )


def compose_work_order(
    *, tenant: Tenant, subject_id: int, language: str, now: datetime
) -> Composed:
    """One work order as it stands. Raises LookupError where it is gone."""
    order = _orders().filter(pk=subject_id).first()
    if order is None:
        raise LookupError(f"There is no work order {subject_id}.")
    source = read_source(tenant, order.ticket_id, language=language, now=now)
    order.ticket = source.ticket
    data, assets = _described([order])
    newest = standings(subject_kind=SUBJECT, subject_ids=[order.pk])[order.pk].sheet
    return Composed(
        template="tickets/papers/work_order.html",
        context={
            "number": order.number,
            "lead": source.ticket.title,
            "request": plain(request(source)),
            "order": data[0],
        },
        assets=assets,
        sheet_id=newest.pk if newest else None,
    )


def _orders() -> Any:
    return WorkOrder.objects.select_related("engineer__user").prefetch_related(*READ)


def _described(
    orders: Sequence[WorkOrder],
) -> tuple[list[dict[str, Any]], dict[str, Asset]]:
    """Work orders as data, with the pictures that they show."""
    signed = standings(subject_kind=SUBJECT, subject_ids=[order.pk for order in orders])
    data: list[dict[str, Any]] = []
    assets: dict[str, Asset] = {}
    for order in orders:
        name = f"w{order.ordinal}"
        photos, pictures = photo_sheet(_by_stage(order), f"{name}-photo")
        signature, drawing = _signature(signed[order.pk], f"{name}-signature")
        assets |= pictures | drawing
        data.append(_described_one(order) | {"photos": photos, "signature": signature})
    return data, assets


def _described_one(order: WorkOrder) -> dict[str, Any]:
    times = [row for row in order.times.all() if row.removed_at is None]
    times.sort(key=lambda row: row.started_at)
    return {
        "number": order.number,
        "title": f"W{order.ordinal} · {order.get_kind_display()}",
        "state": str(order.get_state_display()),
        "facts": _facts(order),
        "words": facts(
            (_("What was found"), order.found.strip()),
            (_("Work done"), order.done.strip()),
            (_("Advice"), order.advice.strip()),
        ),
        "parts": [
            [
                row.name,
                row.part_number,
                str(row.quantity),
                row.serial_in,
                row.serial_out,
            ]
            for row in sorted(order.parts.all(), key=lambda row: row.pk)
            if row.removed_at is None
        ],
        "hours": [_stretch(row) for row in times],
        "total": length(sum((row.ended_at - row.started_at for row in times), ZERO)),
        "extras": [_extra(row) for row in sorted(order.extras.all(), key=_pk)],
        "rating": f"{order.rating} / 5" if order.rating else "",
        "rating_words": order.rating_words,
    }


def _facts(order: WorkOrder) -> list[list[str]]:
    plan = ""
    if order.planned_start_at and order.planned_end_at:
        plan = f"{exact(order.planned_start_at)} – {moment(order.planned_end_at)[-5:]}"
    arrived = _("Arrived") if order.is_visit else _("Begun")
    return facts(
        (_("What is to be done"), order.purpose),
        (_("Engineer"), order.engineer.user.name if order.engineer else ""),
        (_("Planned"), plan),
        (_("Departed"), moment(order.departed_at)),
        (arrived, moment(order.arrived_at)),
        (_("Place of arrival"), order.place),
        (_("Finished"), moment(order.finished_at)),
        (_("Outcome"), order.get_outcome_display() if order.outcome else ""),
    )


def _stretch(row: WorkTime) -> list[str]:
    return [
        row.person.user.name,
        str(row.get_kind_display()),
        exact(row.started_at),
        exact(row.ended_at)[-5:],
        length(row.ended_at - row.started_at),
    ]


def _extra(row: ExtraWork) -> list[str]:
    state = str(row.get_state_display())
    if row.decided_by:
        state = f"{state} · {row.decided_by}"
    return [row.description, f"{row.price:.2f} {row.currency}", state]


def _pk(row: Any) -> int:
    return int(row.pk)


def _by_stage(order: WorkOrder) -> list[Any]:
    """Photos from before first, then those from after, then the rest."""
    places = {"before": 0, "after": 1}
    return sorted(
        order.photos.all(), key=lambda file: (places.get(file.stage, 2), file.pk)
    )


def _signature(
    standing: Standing, name: str
) -> tuple[dict[str, str], dict[str, Asset]]:
    """Where the customer's signature stands, and the drawing."""
    signature = standing.signature
    if signature is None:
        return {"state": "unsigned"}, {}
    data = {
        "state": standing.state.value,
        "name": signature.name,
        "at": exact(signature.signed_at),
        "how": str(signature.get_how_display()),
        "reason": signature.reason,
        "sha256": signature.sheet.sha256,
        "version": str(signature.sheet.version),
        "asset": "",
    }
    if standing.state == State.REFUSED or signature.how != Signature.How.DRAWN:
        return data, {}
    drawing = kept(
        signature.stored, sha256=signature.sha256, media_type=signature.media_type
    )
    return data | {"asset": name}, {name: drawing}
