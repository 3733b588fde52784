"""Files on a ticket: what they really are is sniffed, where they lie tells nothing.

Stored below MEDIA_ROOT, outside any served path, under a random name; given out only by a
view that has checked the permission, as a download.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, Final, Protocol

import filetype
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image

from people.actors import Actor
from servicedesk.lib import vault
from servicedesk.lib.errors import ServiceError
from tickets.models import Attachment, Ticket, TicketEvent

FILES_MOST: Final = 20
PIXELS_MOST: Final = 60_000_000
IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
#: The same for Pillow: no other of its parsers ever sees a file.
PICTURES: Final = ("PNG", "JPEG", "GIF", "WEBP")
#: What may be attached: the sniffed type, and the endings that go with it.
ALLOWED: Final[dict[str, frozenset[str]]] = {
    "image/png": frozenset({"png"}),
    "image/jpeg": frozenset({"jpg", "jpeg"}),
    "image/gif": frozenset({"gif"}),
    "image/webp": frozenset({"webp"}),
    "application/pdf": frozenset({"pdf"}),
    "application/zip": frozenset({"zip"}),
    "video/mp4": frozenset({"mp4", "m4v"}),
    "video/quicktime": frozenset({"mov"}),
    "audio/mpeg": frozenset({"mp3"}),
    "audio/mp4": frozenset({"m4a"}),
    "audio/m4a": frozenset({"m4a"}),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": frozenset(
        {"docx"}
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": frozenset(
        {"xlsx"}
    ),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": frozenset(
        {"pptx"}
    ),
    "text/plain": frozenset({"txt", "log", "csv", "cfg", "conf", "ini", "md"}),
}
#: Control, direction and private characters, halves of pairs, ends of lines.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
_BAD_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]")


class Upload(Protocol):
    """What a browser or a program sends: a name and readable bytes."""

    name: str | None
    size: int | None

    def read(self, num_bytes: int = ..., /) -> bytes: ...

    def seek(self, position: int, /) -> object: ...


def clean_name(name: str) -> str:
    """A name fit to be shown and downloaded: no path, no control or direction characters.

    Cleaning twice changes nothing.
    """
    text = "".join(c for c in name if unicodedata.category(c) not in _HIDDEN)
    # Composed after what stood between is gone; composing can't bring anything hidden back.
    text = _BAD_NAME.sub("_", unicodedata.normalize("NFKC", text))
    stem, dot, ending = text.strip(" .").rpartition(".")
    if not dot:
        return ending[:120].strip(" .") or "file"
    return f"{stem[:110].strip(' .') or 'file'}.{ending[:8].strip(' ') or 'file'}"


def sniff(head: bytes, name: str) -> str:
    """The media type by content. Raises ServiceError for what is not taken here."""
    guessed = filetype.guess(head)
    media_type = guessed.mime if guessed is not None else ""
    if not media_type and _is_text(head):
        media_type = "text/plain"
    ending = clean_name(name).rpartition(".")[2].lower()
    if ending not in ALLOWED.get(media_type, frozenset()):
        raise ServiceError(
            "type_refused",
            _(
                "“%(name)s” is of a kind that is not taken here. Send a picture, a PDF, a text, "
                "an Office document, a video or a ZIP file."
            )
            % {"name": clean_name(name)},
            field="files",
        )
    return media_type


def _is_text(head: bytes) -> bool:
    if b"\x00" in head or re.search(
        rb"<\s*(!doctype|html|script|svg|\?xml)", head[:2048], re.IGNORECASE
    ):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            head[: len(head) - 4].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def attach(
    *,
    ticket: Ticket,
    event: TicketEvent | None,
    files: Sequence[Upload],
    actor: Actor,
    now: datetime,
    internal: bool = False,
) -> list[Attachment]:
    """Check and keep files. Raises ServiceError naming the file at fault; then none is kept.

    Those of an internal event are internal, and those that are said to be.
    """
    if len(files) > FILES_MOST:
        raise ServiceError(
            "too_many_files",
            _("Send at most %(most)s files at once.") % {"most": FILES_MOST},
            field="files",
        )
    kept = [_checked(upload) for upload in files]
    internal = internal or (event is not None and event.internal)
    return [
        _store(
            upload,
            Attachment(
                ticket=ticket,
                event=event,
                internal=internal,
                name=clean_name(upload.name or ""),
                media_type=media_type,
                width=size[0] if size else None,
                height=size[1] if size else None,
                added_by_id=actor.membership_id,
                added_at=now,
            ),
        )
        for upload, media_type, size in kept
    ]


def _checked(upload: Upload) -> tuple[Upload, str, tuple[int, int] | None]:
    name = clean_name(upload.name or "")
    most = settings.ATTACHMENT_MAX_BYTES
    if (upload.size or 0) > most:
        raise ServiceError(
            "too_large",
            _("“%(name)s” is larger than %(most)s MB.")
            % {"name": name, "most": most // (1024 * 1024)},
            field="files",
        )
    if not upload.size:
        raise ServiceError(
            "empty", _("“%(name)s” is empty.") % {"name": name}, field="files"
        )
    upload.seek(0)
    head = upload.read(8192)
    media_type = sniff(head, upload.name or "")
    upload.seek(0)
    size = _image_size(upload, name) if media_type in IMAGES else None
    upload.seek(0)
    return upload, media_type, size


def _image_size(upload: Upload, name: str) -> tuple[int, int]:
    """Width and height from the header alone; a bomb is never unpacked."""
    try:
        with Image.open(io.BytesIO(upload.read()), formats=PICTURES) as image:
            width, height = image.size
    except Exception:
        raise ServiceError(
            "not_an_image",
            _("“%(name)s” is no readable picture.") % {"name": name},
            field="files",
        ) from None
    if width * height > PIXELS_MOST:
        raise ServiceError(
            "too_many_pixels",
            _("“%(name)s” is too large a picture.") % {"name": name},
            field="files",
        )
    return width, height


def _store(upload: Upload, attachment: Attachment) -> Attachment:
    """Write under a random name first; the row is what makes it exist."""
    kept = vault.keep(upload, tenant_id=int(attachment.tenant_id or 0))
    attachment.stored, attachment.size, attachment.sha256 = (
        kept.stored,
        kept.size,
        kept.sha256,
    )
    attachment.save()
    return attachment


def open_file(attachment: Attachment) -> BinaryIO:
    """The bytes of an attachment whose permission has been checked."""
    return vault.open_kept(attachment.stored)
