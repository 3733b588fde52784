"""What is done on site: words, parts, hours, photos, extra work that was authorised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.models import Membership
from people.roles import Permission
from servicedesk.lib.errors import Conflict, ServiceError
from tickets.attachments import IMAGES, Upload, attach
from tickets.kinds import EventKind
from tickets.models import Attachment, ExtraWork, WorkOrder, WorkPart, WorkTime
from tickets.services.base import FUTURE, need, need_text
from tickets.services.calling_off import about
from tickets.services.work.base import own_id, working

#: A longer stretch of one person's work is a slip of the finger.
STRETCH_MOST: Final = timedelta(hours=24)
#: The words of a work order that are written on site.
WORDS = ("found", "done", "advice")


def record_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    version: int | None = None,
    **words: str,
) -> WorkOrder:
    """Write down what was found, what was done, what is advised; what isn't given stays."""
    need(actor, Permission.TICKET_WORK)
    with working(order, verb="record", actor=actor, now=now, version=version) as (
        _case,
        fresh,
    ):
        for name in WORDS:
            if name in words:
                setattr(fresh, name, words[name].strip())
    return order


def add_part(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    name: str,
    quantity: int = 1,
    **details: str,
) -> WorkPart:
    """A part was used; ``details``: part_number, serial_in, serial_out."""
    need(actor, Permission.TICKET_WORK)
    name = need_text(name, field="name")
    if quantity < 1:
        raise ServiceError("too_few", _("At least one."), field="quantity")
    with working(order, verb="record", actor=actor, now=now) as (_case, fresh):
        part = WorkPart.objects.create(
            work_order=fresh,
            name=name,
            quantity=quantity,
            added_by_id=own_id(actor),
            added_at=now,
            **{key: value.strip() for key, value in details.items()},
        )
    return part


def add_time(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    start: datetime,
    end: datetime,
    kind: str = WorkTime.Kind.WORK,
    person: Membership | None = None,
) -> WorkTime:
    """A stretch of somebody's work or travel."""
    need(actor, Permission.TICKET_WORK)
    if end <= start:
        raise ServiceError(
            "ends_before", _("It has to end after it begins."), field="end"
        )
    if end > now + FUTURE:
        raise ServiceError(
            "in_the_future",
            _("This time lies in the future. Enter when it happened."),
            field="end",
        )
    if end - start > STRETCH_MOST:
        raise ServiceError("too_long", _("A day at most in one go."), field="end")
    with working(order, verb="record", actor=actor, now=now) as (_case, fresh):
        row = WorkTime.objects.create(
            work_order=fresh,
            person_id=person.pk if person else own_id(actor),
            kind=kind,
            started_at=start,
            ended_at=end,
            added_at=now,
        )
    return row


def take_back(
    *, actor: Actor, now: datetime, order: WorkOrder, row: WorkPart | WorkTime
) -> None:
    """A part or a stretch was entered by mistake. It stays in the record, taken back."""
    need(actor, Permission.TICKET_WORK)
    with working(order, verb="record", actor=actor, now=now) as (_case, fresh):
        found = (
            type(row).objects.select_for_update().get(pk=row.pk, work_order_id=fresh.pk)
        )
        if found.removed_at is None:
            found.removed_at = now
            found.save()


def add_photos(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    files: Sequence[Upload],
    stage: str = "",
    taken_at: datetime | None = None,
) -> list[Attachment]:
    """Photos before or after; ``taken_at`` is the camera's time. Raises for what is none."""
    need(actor, Permission.TICKET_WORK)
    if taken_at is not None and taken_at > now + FUTURE:
        taken_at = now
    with working(order, verb="record", actor=actor, now=now) as (case, fresh):
        rows = attach(ticket=case.ticket, event=None, files=files, actor=actor, now=now)
        for row in rows:
            if row.media_type not in IMAGES:
                raise ServiceError(
                    "not_an_image",
                    _("“%(name)s” is no readable picture.") % {"name": row.name},
                    field="files",
                )
            row.work_order, row.stage, row.taken_at = fresh, stage, taken_at or now
            row.save(update_fields=["work_order", "stage", "taken_at"])
    return rows


def ask_extra(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    description: str,
    price: Decimal,
    currency: str = "CNY",
) -> ExtraWork:
    """Something more was found: ask the customer, with its price, before doing it [J]."""
    need(actor, Permission.TICKET_WORK)
    description = need_text(description, field="description")
    if price < 0:
        raise ServiceError("negative", _("A price is zero or more."), field="price")
    with working(order, verb="ask_extra", actor=actor, now=now) as (case, fresh):
        extra = ExtraWork.objects.create(
            work_order=fresh,
            description=description,
            price=price,
            currency=currency,
            asked_at=now,
            asked_by_id=own_id(actor),
        )
        case.record(
            EventKind.WORK_EXTRA,
            actor=actor,
            now=now,
            body=description,
            data=_extra(fresh, extra),
        )
    return extra


def decide_extra(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    extra: ExtraWork,
    authorised: bool,
    decided_by: str = "",
) -> ExtraWork:
    """The customer's word on extra work: of a client on their own page, or as told to us.

    ``decided_by`` names who of the customer said so; a client's own name is taken.
    """
    if actor.is_client:
        need(actor, Permission.TICKET_CONFIRM)
        decided_by = actor.name
    else:
        need(actor, Permission.TICKET_WORK)
        decided_by = need_text(decided_by, field="decided_by")
    with working(order, verb="ask_extra", actor=actor, now=now) as (case, fresh):
        found = _locked(extra, fresh)
        if found.state != ExtraWork.State.ASKED:
            raise Conflict("decided", _("The customer has already decided this."))
        found.state = (
            ExtraWork.State.AUTHORISED if authorised else ExtraWork.State.DECLINED
        )
        found.decided_at, found.decided_by = now, decided_by
        found.save()
        case.record(
            EventKind.WORK_EXTRA,
            actor=actor,
            now=now,
            body=found.description,
            data=_extra(fresh, found),
        )
    return found


def do_extra(
    *, actor: Actor, now: datetime, order: WorkOrder, extra: ExtraWork
) -> ExtraWork:
    """Extra work is done. Raises ServiceError where the customer has not authorised it [J]."""
    need(actor, Permission.TICKET_WORK)
    with working(order, verb="record", actor=actor, now=now) as (case, fresh):
        found = _locked(extra, fresh)
        if found.state != ExtraWork.State.AUTHORISED:
            raise ServiceError(
                "not_authorised",
                _(
                    "The customer has to authorise this, with its price, before it is done."
                ),
            )
        found.done_at = now
        found.save()
        data = _extra(fresh, found) | {"state": "done"}
        case.record(
            EventKind.WORK_EXTRA,
            actor=actor,
            now=now,
            body=found.description,
            data=data,
        )
    return found


def _locked(extra: ExtraWork, order: WorkOrder) -> ExtraWork:
    row: ExtraWork = ExtraWork.objects.select_for_update().get(
        pk=extra.pk, work_order_id=order.pk
    )
    return row


def _extra(order: WorkOrder, extra: ExtraWork) -> dict[str, Any]:
    return about(
        order,
        price=str(extra.price),
        currency=extra.currency,
        state=str(extra.state),
        by=extra.decided_by,
    )
