"""Signing a sheet, on glass or on paper, and refusing to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import filetype
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import record
from documents.models import Sheet, Signature
from documents.rules import Place
from documents.services.sheets import hold, newest_sheet
from people.actors import Actor
from servicedesk.lib.errors import Conflict, ServiceError
from servicedesk.lib.pictures import BadPicture, as_png, open_picture
from servicedesk.lib.text import one_line
from servicedesk.lib.vault import Kept, keep

#: How far ahead of the server's clock a phone may be.
FUTURE: Final = timedelta(minutes=2)
DRAWING_BOX: Final = (1_200, 600)
DRAWING_PIXELS_MOST: Final = 16_000_000
#: What a scanned paper may be: the sniffed type and Pillow's name of it.
SCANS: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "application/pdf": ""}


@transaction.atomic
def sign(
    *,
    sheet: Sheet,
    sha256: str,
    role: str,
    name: str,
    image: bytes,
    signed_at: datetime,
    actor: Actor,
    now: datetime,
    how: str = Signature.How.DRAWN,
    place: Place | None = None,
    uid: uuid.UUID | None = None,
) -> Signature:
    """Record a signature on exactly what was shown.

    ``sha256`` is of the text that the signer saw. ``image`` is the PNG of the drawing or, with
    ``how`` paper, the scan: a PNG, a JPEG or a PDF. With a ``uid``, sending it again gives
    the same signature.

    Raises Conflict ``changed`` when the newest sheet says something else; ServiceError
    ``name_missing``, ``in_the_future``, ``no_such_place``, ``not_a_picture``, ``blank``,
    ``too_large``.
    """
    answer = _Answer(
        sheet=sheet, role=role, name=name, signed_at=signed_at, place=place, uid=uid
    )
    if (known := answer.known(sha256)) is not None:
        return known
    answer.check(sha256, now=now)
    if how == Signature.How.PAPER:
        data, media_type = _scan(image)
    else:
        how, data, media_type = Signature.How.DRAWN, _drawing(image), "image/png"
    kept = keep(data, tenant_id=actor.tenant_id)
    signature = answer.save(
        how=how, kept=kept, media_type=media_type, actor=actor, now=now
    )
    record(
        actor=actor,
        now=now,
        verb="signature.added",
        target=signature,
        data=answer.told(),
    )
    return signature


@transaction.atomic
def refuse_to_sign(
    *,
    sheet: Sheet,
    sha256: str,
    role: str,
    name: str,
    reason: str,
    signed_at: datetime,
    actor: Actor,
    now: datetime,
    place: Place | None = None,
    uid: uuid.UUID | None = None,
) -> Signature:
    """Record that somebody would not sign what they were shown, and why.

    Raises as :func:`sign` does; ``text_missing`` without a reason; Conflict
    ``already_signed`` when that side has signed this very text.
    """
    answer = _Answer(
        sheet=sheet, role=role, name=name, signed_at=signed_at, place=place, uid=uid
    )
    if (known := answer.known(sha256)) is not None:
        return known
    answer.check(sha256, now=now)
    words = reason.strip()
    if not words:
        raise ServiceError(
            "text_missing", _("Say why it is not signed."), field="reason"
        )
    before = Signature.objects.about(sheet.subject_kind, sheet.subject_id).of(role)
    last = before.filter(sheet__sha256=sha256).last()
    if last is not None and last.how != Signature.How.REFUSED:
        raise Conflict("already_signed", _("This is signed already."))
    signature = answer.save(
        how=Signature.How.REFUSED, reason=words[:1_000], actor=actor, now=now
    )
    record(
        actor=actor,
        now=now,
        verb="signature.refused",
        target=signature,
        data=answer.told() | {"reason": words},
    )
    return signature


@dataclass(slots=True)
class _Answer:
    """What both answers have in common: who answers, when, where, on which text."""

    sheet: Sheet
    role: str
    name: str
    signed_at: datetime
    place: Place | None
    uid: uuid.UUID | None

    def known(self, sha256: str) -> Signature | None:
        """The signature that was recorded under this uid before; one comer at a time."""
        hold(self.sheet.subject_kind, self.sheet.subject_id)
        if self.uid is None:
            return None
        found = Signature.objects.filter(uid=self.uid).select_related("sheet").first()
        if found is None:
            return None
        about = (found.sheet.subject_kind, found.sheet.subject_id, found.sheet.sha256)
        if about != (self.sheet.subject_kind, self.sheet.subject_id, sha256):
            raise Conflict(
                "uid_reused", _("Another signature was recorded under this key.")
            )
        return found

    def check(self, sha256: str, *, now: datetime) -> None:
        """Raise unless it may be recorded; from here on ``sheet`` is the newest one."""
        newest = newest_sheet(self.sheet.subject_kind, self.sheet.subject_id)
        if newest is None or newest.sha256 != sha256:
            raise Conflict(
                "changed",
                _(
                    "What is to be signed has changed meanwhile. Show it again, then sign."
                ),
            )
        self.sheet = newest
        self.name = one_line(self.name)[:100]
        if not self.name:
            raise ServiceError("name_missing", _("Enter who signs."), field="name")
        if self.signed_at > now + FUTURE:
            raise ServiceError(
                "in_the_future",
                _("This time lies in the future. Enter when it happened."),
                field="signed_at",
            )
        if self.place is not None and not self.place.possible:
            raise ServiceError(
                "no_such_place", _("There is no such place."), field="place"
            )

    def save(
        self,
        *,
        how: str,
        actor: Actor,
        now: datetime,
        kept: Kept | None = None,
        media_type: str = "",
        reason: str = "",
    ) -> Signature:
        place = self.place
        return Signature.objects.create(
            sheet=self.sheet,
            role=Signature.Role(self.role),
            how=how,
            name=self.name,
            reason=reason,
            stored=kept.stored if kept else "",
            media_type=media_type,
            size=kept.size if kept else 0,
            sha256=kept.sha256 if kept else "",
            latitude=place.latitude if place else None,
            longitude=place.longitude if place else None,
            accuracy=place.accuracy if place else None,
            signed_at=min(self.signed_at, now),
            recorded_at=now,
            recorded_by_id=actor.membership_id,
            recorded_name=actor.name[:100],
            via=actor.via,
            uid=self.uid,
        )

    def told(self) -> dict[str, Any]:
        """What the journal says of it."""
        return {
            "name": self.name,
            "subject": f"{self.sheet.subject_kind} {self.sheet.subject_id}",
            "version": self.sheet.version,
            "sha256": self.sheet.sha256,
        }


def _drawing(data: bytes) -> bytes:
    """A signature drawn with a finger, encoded anew; nothing else of the file is kept."""
    _check_size(data)
    try:
        open_picture(data, formats=["PNG"], pixels_most=DRAWING_PIXELS_MOST)
        return as_png(data, formats=["PNG"], box=DRAWING_BOX)
    except BadPicture as error:
        if error.code == "blank":
            raise ServiceError(
                "blank", _("Nothing is drawn yet."), field="image"
            ) from error
        raise _bad_picture() from error


def _scan(data: bytes) -> tuple[bytes, str]:
    """A scan as it came, once it is known to be what it says."""
    return data, sniff_scan(data)


def sniff_scan(data: bytes) -> str:
    """What a scan really is: one of :data:`SCANS`.

    Raises ServiceError ``too_large``, ``not_a_picture``.
    """
    _check_size(data)
    guessed = filetype.guess(data[:8192])
    media_type = guessed.mime if guessed is not None else ""
    if media_type not in SCANS:
        raise _bad_picture()
    if SCANS[media_type]:
        try:
            open_picture(data, formats=[SCANS[media_type]])
        except BadPicture as error:
            raise _bad_picture() from error
    return media_type


def _check_size(data: bytes) -> None:
    most = settings.ATTACHMENT_MAX_BYTES
    if len(data) > most:
        raise ServiceError(
            "too_large",
            _("The picture is larger than %(most)s MB.")
            % {"most": most // (1024 * 1024)},
            field="image",
        )


def _bad_picture() -> ServiceError:
    return ServiceError(
        "not_a_picture", _("This is no readable picture."), field="image"
    )
