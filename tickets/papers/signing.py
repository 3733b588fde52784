"""The signing sheet: what a customer signs on paper, word for word what they sign on glass.

It says what its sheet says (``tickets.sheets.sheet_content``) and nothing else, so that a
signature under it holds for exactly that text. Its QR code brings the scan back to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.assets import Asset, photo
from documents.registry import Composed
from documents.rules import read
from people.actors import Actor, system_actor
from people.roles import Permission
from servicedesk.lib.ui.times import exact
from tenants.models import Tenant
from tickets.explain import length
from tickets.models import Attachment, ExtraWork, WorkOrder, WorkTime
from tickets.papers.sections import facts
from tickets.services.work import shown_sheet

ZERO = timedelta(0)
#: What a person needs of a photo's hash to tell it from another.
HASH_SHOWN = 16


def may_request_sheet(actor: Actor, pk: int) -> bool:
    """Whether somebody may print the sheet: of work that waits for the signature."""
    waiting = WorkOrder.objects.visible_to(actor).filter(
        pk=pk, state=WorkOrder.State.FINISHED
    )
    able = actor.may(Permission.DOCUMENT_REQUEST) and actor.may(Permission.TICKET_WORK)
    return able and waiting.exists()


def compose_sheet(
    *, tenant: Tenant, subject_id: int, language: str, now: datetime
) -> Composed:
    """The work order as it is to be signed now. Raises LookupError where it is gone."""
    del language
    orders = WorkOrder.objects.select_related("ticket__client", "engineer__user")
    order = orders.filter(pk=subject_id).first()
    if order is None:
        raise LookupError(f"There is no work order {subject_id}.")
    sheet = shown_sheet(order, actor=system_actor(tenant.pk), now=now)
    content = read(sheet.content)
    photos, assets = _photos(order, content["photos"])
    return Composed(
        template="tickets/papers/signing_sheet.html",
        context={
            "number": content["number"],
            "lead": content["title"],
            "order": _described(content) | {"photos": photos},
            "sha256": sheet.sha256,
            "sheet_version": str(sheet.version),
        },
        assets=assets,
        sheet_id=sheet.pk,
    )


def _described(content: Mapping[str, Any]) -> dict[str, Any]:
    """The text of a sheet in words, as ``_work.html`` shows it."""
    hours = content["hours"]
    return {
        "facts": facts(
            (_("Client organisation"), content["client"]),
            (_("Engineer"), content["engineer"]),
            (_("What is to be done"), content["purpose"]),
            (_("Departed"), _moment(content["departed_at"])),
            (pgettext("work", "Arrived or begun"), _moment(content["arrived_at"])),
            (_("Finished"), _moment(content["finished_at"])),
            (_("Outcome"), _label(WorkOrder.Outcome, content["outcome"])),
        ),
        "words": facts(
            (_("What was found"), content["found"].strip()),
            (_("Work done"), content["done"].strip()),
            (_("Advice"), content["advice"].strip()),
        ),
        "parts": [
            [
                row["name"],
                row["part_number"],
                str(row["quantity"]),
                row["serial_in"],
                row["serial_out"],
            ]
            for row in content["parts"]
        ],
        "hours": [_stretch(row) for row in hours],
        "total": length(sum((_length(row) for row in hours), ZERO)),
        "extras": [_extra(row) for row in content["extras"]],
    }


def _stretch(row: Mapping[str, str]) -> list[str]:
    return [
        row["person"],
        _label(WorkTime.Kind, row["kind"]),
        _moment(row["from"]),
        _moment(row["until"])[-5:],
        length(_length(row)),
    ]


def _extra(row: Mapping[str, Any]) -> list[str]:
    state = _label(ExtraWork.State, row["state"])
    if row["by"]:
        state = f"{state} · {row['by']}"
    return [row["description"], f"{row['price']} {row['currency']}", state]


def _length(row: Mapping[str, str]) -> timedelta:
    return datetime.fromisoformat(row["until"]) - datetime.fromisoformat(row["from"])


def _moment(text: str) -> str:
    """An instant of the sheet in the active zone; empty for none."""
    return exact(datetime.fromisoformat(text)) if text else ""


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value else ""


def _photos(
    order: WorkOrder, said: Sequence[Mapping[str, str]]
) -> tuple[list[dict[str, str]], dict[str, Asset]]:
    """The photos that the sheet names by their hash, in its order."""
    kept = {file.sha256: file for file in order.photos.order_by("pk")}
    shown, assets = [], {}
    for place, one in enumerate(said, 1):
        digest = one["sha256"]
        name = f"photo-{place}"
        assets[name] = photo(kept[digest].stored, sha256=digest)
        shown.append(
            {
                "asset": name,
                "name": _("Photo %(n)s") % {"n": place},
                "stage": _label(Attachment.Stage, one["stage"]),
                "note": f"SHA-256 {digest[:HASH_SHOWN]}…",
            }
        )
    return shown, assets
