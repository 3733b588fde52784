"""What arrives from a phone: one act, done once, at the time it happened on site.

Whatever was refused changed nothing and can be sent again, mended, under the same uid. What
was done is a row of :class:`tickets.models.FieldItem`; sent again it answers the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import Conflict, ServiceError
from tickets.attachments import Upload
from tickets.models import ExtraWork, FieldItem, Ticket, WorkOrder
from tickets.rules.field import Watch, merge
from tickets.services import work
from tickets.services.base import need
from tickets.services.work.base import own_id

#: Sent later than this after it happened, an act carries a reason (rule 7).
LATER: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Item:
    """One act as a phone sends it.

    ``entered_at`` is the time that a person has put right by hand, ``reason`` why.
    """

    uid: uuid.UUID
    member: int
    verb: str
    watch: Watch
    fingerprint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    file: Upload | None = None
    entered_at: datetime | None = None
    reason: str = ""


class Differs(Conflict):
    """Somebody else wrote something else; ``theirs`` is what stands there, by field."""

    def __init__(self, theirs: Mapping[str, str]) -> None:
        super().__init__(
            "differs",
            _(
                "Somebody else has written something else here. Choose what is to stand."
            ),
        )
        self.theirs = dict(theirs)


@dataclass(frozen=True, slots=True)
class _Doing:
    """An act on its way to the service of its verb."""

    actor: Actor
    now: datetime
    order: WorkOrder
    item: Item
    at: datetime
    reason: str

    @property
    def common(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now, "order": self.order}

    @property
    def timed(self) -> dict[str, Any]:
        return self.common | {"happened_at": self.at, "reason": self.reason}

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.item.values)


@transaction.atomic
def deliver(
    *, actor: Actor, now: datetime, order: WorkOrder, item: Item
) -> tuple[FieldItem, bool]:
    """Do one act; or, where it has been done, say so (True).

    Raises Conflict ``another_person``, ``uid_reused``, ``differs``; ServiceError
    ``clock_changed``; and whatever the service of the verb raises.
    """
    need(actor, Permission.TICKET_WORK)
    member = own_id(actor)
    if item.member != member:
        raise Conflict(
            "another_person",
            _("Somebody else did this on this phone. It is sent when they sign in."),
        )
    _hold(item.uid)
    known = FieldItem.objects.filter(uid=item.uid).first()
    if known is not None:
        mine = (member, order.pk, item.fingerprint)
        if (known.member_id, known.work_order_id, known.fingerprint) != mine:
            raise Conflict(
                "uid_reused", _("Something else arrived under this key before.")
            )
        return known, True
    at = _when(item, now)
    doing = _Doing(
        actor, now, order, item, at, _reason(item, late=now - at > LATER, order=order)
    )
    made = DOES[item.verb](doing)
    row = FieldItem.objects.create(
        uid=item.uid,
        member_id=member,
        work_order=order,
        verb=item.verb,
        fingerprint=item.fingerprint,
        device_at=item.watch.at,
        ahead_ms=item.watch.ahead // timedelta(milliseconds=1),
        happened_at=at,
        by_hand=item.entered_at is not None,
        arrived_at=now,
        made=made or {},
    )
    return row, False


def known(actor: Actor, item: Item) -> FieldItem | None:
    """What was made of an act that the same person has sent before, exactly so."""
    return FieldItem.objects.filter(
        uid=item.uid, member_id=actor.membership_id, fingerprint=item.fingerprint
    ).first()


def _hold(uid: uuid.UUID) -> None:
    """One comer at a time for a uid; the row that says so is only written afterwards."""
    with connection.cursor() as cursor:
        key = (uid.int >> 64) - 2**63
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _when(item: Item, now: datetime) -> datetime:
    if item.entered_at is not None:
        return item.entered_at
    if not item.watch.steady(now):
        raise ServiceError(
            "clock_changed",
            _(
                "The clock of this phone was set after this was done. Enter when it"
                " happened."
            ),
            field="happened_at",
        )
    return item.watch.happened_at


def _reason(item: Item, *, late: bool, order: WorkOrder) -> str:
    """Why the time is entered afterwards, in the company's language: others read it."""
    if item.reason.strip():
        return item.reason.strip()
    if not late:
        return ""
    with translation.override(order.ticket.tenant.language):
        if item.entered_at is not None:
            return _("The time was put right on the phone.")
        return _("Recorded on the phone without a network.")


# -- the verbs -------------------------------------------------------------------------------


def _check(doing: _Doing) -> None:
    work.check_off(**doing.common, **doing.values, happened_at=doing.at)


def _decline(doing: _Doing) -> None:
    work.decline_work(**doing.common, **doing.values)


def _timed(verb: Callable[..., object]) -> Callable[[_Doing], None]:
    def do(doing: _Doing) -> None:
        verb(**doing.timed, **doing.values)

    return do


def _plain(verb: Callable[..., object]) -> Callable[[_Doing], None]:
    def do(doing: _Doing) -> None:
        verb(**doing.common, **doing.values)

    return do


def _record(doing: _Doing) -> None:
    """Words, each field against what the phone had seen of it."""
    words = doing.values
    base = words.pop("base")
    mine = {name: words[name].strip() for name in words if words[name] is not None}
    take = _merged(doing.order, base, mine)
    if take:
        work.record_work(**doing.common, **dict[str, Any](take))


def _merged(
    order: WorkOrder, base: Mapping[str, str], mine: Mapping[str, str]
) -> dict[str, str]:
    # Everything changes under the ticket's lock, which comes first in every service.
    Ticket.objects.select_for_update().get(pk=order.ticket_id)
    fresh = WorkOrder.objects.get(pk=order.pk)
    theirs = {name: getattr(fresh, name) for name in mine}
    merged = merge(base, mine, theirs)
    if merged.clash:
        raise Differs(merged.clash)
    return merged.take


def _finish(doing: _Doing) -> None:
    values = doing.values
    base = values.pop("base")
    take = _merged(doing.order, base, {"done": values["done"].strip()})
    # Words that the phone has not changed don't take the place of what others wrote since.
    work.finish_work(**doing.timed, **values | {"done": take.get("done", "")})


def _photo(doing: _Doing) -> dict[str, Any]:
    if doing.item.file is None:
        raise ServiceError("file_missing", _("The photo is missing."), field="file")
    ahead = doing.item.watch.ahead
    taken = doing.values.get("taken_at")
    rows = work.add_photos(
        **doing.common,
        files=[doing.item.file],
        stage=doing.values["stage"],
        taken_at=min(taken + ahead, doing.now) if taken else doing.at,
    )
    return {"photo": rows[0].pk, "sha256": rows[0].sha256}


def _ask(doing: _Doing) -> dict[str, Any]:
    values = doing.values | {"price": Decimal(doing.values["price"])}
    return {"extra": work.ask_extra(**doing.common, **values).pk}


def _extra(doing: _Doing) -> ExtraWork:
    """The extra work that is meant: by its own number, or by the act that asked for it."""
    values = doing.values
    pk = values["extra"]
    if values["asked_by"] is not None:
        asked = FieldItem.objects.filter(uid=values["asked_by"]).first()
        pk = asked.made.get("extra") if asked else None
    found: ExtraWork | None = ExtraWork.objects.filter(
        pk=pk, work_order_id=doing.order.pk
    ).first()
    if found is None:
        raise ServiceError("unknown", _("Choose one of the list."), field="extra")
    return found


def _decide(doing: _Doing) -> None:
    work.decide_extra(
        **doing.common,
        extra=_extra(doing),
        authorised=doing.values["authorised"],
        decided_by=doing.values["decided_by"],
    )


def _done_extra(doing: _Doing) -> None:
    work.do_extra(**doing.common, extra=_extra(doing))


def _hand(doing: _Doing) -> work.Hand:
    finished = doing.order.finished_at
    if finished is not None and doing.at < finished.replace(microsecond=0):
        raise ServiceError(
            "before_finish",
            _("This time lies before the work was finished."),
            field="happened_at",
        )
    return work.Hand(
        name=doing.values["name"],
        signed_at=min(doing.at, doing.now),
        uid=doing.item.uid,
    )


def _sign(doing: _Doing) -> None:
    if doing.item.file is None:
        raise ServiceError("blank", _("Nothing is drawn yet."), field="file")
    image = doing.item.file.read(settings.ATTACHMENT_MAX_BYTES + 1)
    work.sign_work(
        **doing.common,
        sha256=doing.values["sha256"],
        image=image,
        hand=_hand(doing),
    )


def _refuse(doing: _Doing) -> None:
    work.refuse_work(**doing.common, reason=doing.values["reason"], hand=_hand(doing))


DOES: Final[Mapping[str, Callable[[_Doing], dict[str, Any] | None]]] = {
    "accept": _timed(work.accept_work),
    "decline": _decline,
    "check": _check,
    "depart": _timed(work.depart_for_work),
    "arrive": _timed(work.arrive_for_work),
    "begin": _timed(work.begin_work),
    "record": _record,
    "part": _plain(work.add_part),
    "time": _plain(work.add_time),
    "photo": _photo,
    "extra": _ask,
    "decide": _decide,
    "extra_done": _done_extra,
    "finish": _finish,
    "sign": _sign,
    "refuse": _refuse,
    "resume": _plain(work.resume_work),
    "rate": _plain(work.rate_work),
}
