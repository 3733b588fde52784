"""The customer has signed on paper: the scan is filed with what they signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from documents.models import Document, Sheet, Signature
from documents.rules import canonical, sha256
from documents.services.scanning import not_ours, scanned_paper
from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import Conflict, ServiceError
from tickets.attachments import Upload
from tickets.kinds import PaperName
from tickets.models import WorkOrder
from tickets.services.base import need
from tickets.services.work.finishing import Hand, sign_work
from tickets.sheets import sheet_content

ONE: Final = 1


def file_scan(
    *,
    actor: Actor,
    now: datetime,
    files: Sequence[Upload],
    name: str,
    signed_at: datetime,
    number: str = "",
    sheet: int | None = None,
    order: WorkOrder | None = None,
    version: int | None = None,
) -> WorkOrder:
    """File the scan of a signed sheet: it counts as the customer's signature, on paper.

    The QR code on it says which sheet it is, and so which work order; where it can't be read,
    ``number`` and ``sheet`` (its version) do. With an ``order`` it must be a sheet of that one.
    Raises as :func:`documents.services.scanning.scanned_paper` and :func:`sign_work` do;
    ServiceError ``one_file``, ``other_sheet``, ``before_sheet``; Conflict ``sheet_outdated``
    where the work order says something else since the sheet was printed.
    """
    need(actor, Permission.TICKET_WORK)
    if len(files) != ONE:
        raise ServiceError("one_file", _("Choose one file."), field="files")
    data = files[0].read(settings.ATTACHMENT_MAX_BYTES + 1)
    paper = scanned_paper(data, kind=PaperName.SHEET, number=number, version=sheet)
    found = _order_of(paper, actor, expected=order)
    shown: Sheet = paper.sheet
    _check_time(shown, signed_at)
    with transaction.atomic():
        if sha256(canonical(sheet_content(found))) != shown.sha256:
            raise Conflict(
                "sheet_outdated",
                _(
                    "The work order has changed since this sheet was printed (version"
                    " %(version)s). Print it again and have the new one signed."
                )
                % {"version": paper.version},
            )
        return sign_work(
            actor=actor,
            now=now,
            order=found,
            sha256=shown.sha256,
            image=data,
            hand=Hand(name=name, signed_at=signed_at),
            how=Signature.How.PAPER,
            version=version,
        )


def _order_of(
    paper: Document, actor: Actor, *, expected: WorkOrder | None
) -> WorkOrder:
    """The work order of a sheet, which is the expected one."""
    rows = WorkOrder.objects.visible_to(actor).select_related(
        "ticket__client", "engineer__user"
    )
    found: WorkOrder | None = rows.filter(pk=paper.subject_id).first()
    if found is None:
        raise not_ours()
    if expected is not None and expected.pk != found.pk:
        raise ServiceError(
            "other_sheet",
            _("This is the sheet of another work order: %(number)s.")
            % {"number": found.number},
            field="files",
        )
    return found


def _check_time(sheet: Sheet, signed_at: datetime) -> None:
    """Nobody signs a sheet before it was made; people tell the time to the minute."""
    if signed_at < sheet.made_at.replace(second=0, microsecond=0):
        raise ServiceError(
            "before_sheet",
            _("This time lies before the sheet was made."),
            field="signed_at",
        )
