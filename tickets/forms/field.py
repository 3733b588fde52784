"""What a phone sends, in its shape: an envelope, and the values of each verb."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.forms import sensible_day
from tickets.attachments import Upload
from tickets.models import Attachment, WorkOrder, WorkTime
from tickets.rules.field import Watch
from tickets.services.field import DOES, Item

WORDS: Final = 10_000
BIGGEST: Final = 2**63 - 1
#: A phone's clock is not further off than this.
AHEAD_MOST: Final = timedelta(days=20 * 366)


class Unreadable(Exception):
    """What was sent has no such shape; ``errors`` are words by field."""

    def __init__(self, errors: Mapping[str, Any]) -> None:
        super().__init__("unreadable")
        self.errors = {name: [str(e) for e in many] for name, many in errors.items()}


class Instant(forms.CharField):
    """An instant with its zone, such as 2026-11-25T09:30:00.250Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, empty_value=None, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        """The instant in UTC."""
        text = super().clean(value)
        if text is None:
            return None
        try:
            found = parse_datetime(text)
            if found is None or found.tzinfo is None:
                raise ValueError(text)
            found = found.astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError(_("Write it as 2026-11-22 14:05.")) from None
        sensible_day(found)
        return found


class Flag(forms.Field):
    """True or false, and nothing that is like it."""

    def clean(self, value: Any) -> bool:
        """As it is."""
        if not isinstance(value, bool):
            raise ValidationError(_("Choose one of the list."))
        return value


class Base(forms.Field):
    """What a phone had seen of each word when somebody began to write."""

    def clean(self, value: Any) -> dict[str, str]:
        """Text by name."""
        if not isinstance(value, dict) or not all(
            isinstance(text, str) for text in value.values()
        ):
            raise ValidationError(_("Choose one of the list."))
        return {str(name): text.strip() for name, text in value.items()}


class Envelope(forms.Form):
    """What every act carries."""

    uid = forms.UUIDField()
    member = forms.IntegerField(min_value=1, max_value=BIGGEST)
    order = forms.IntegerField(min_value=1, max_value=BIGGEST)
    verb = forms.ChoiceField(choices=[(verb, verb) for verb in DOES])
    at = Instant()
    sent_at = Instant()
    ahead_ms = forms.IntegerField(
        min_value=-AHEAD_MOST // timedelta(milliseconds=1),
        max_value=AHEAD_MOST // timedelta(milliseconds=1),
    )
    entered_at = Instant(required=False)
    reason = forms.CharField(required=False, max_length=300)


class Nothing(forms.Form):
    """No values."""


class Reason(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=1_000)


class Check(forms.Form):
    """A tick on the checklist."""

    item = forms.IntegerField(min_value=0, max_value=999)
    done = Flag()


class Depart(forms.Form):
    """On the way."""

    unprepared_reason = forms.CharField(required=False, max_length=300)


class Arrive(forms.Form):
    """On site."""

    place = forms.CharField(required=False, max_length=200)


class Words(forms.Form):
    """What was found, done and advised; what is not sent stays."""

    found = forms.CharField(required=False, max_length=WORDS, empty_value=None)
    done = forms.CharField(required=False, max_length=WORDS, empty_value=None)
    advice = forms.CharField(required=False, max_length=4_000, empty_value=None)
    base = Base()

    def clean(self) -> dict[str, Any]:
        """An empty text that was sent empties the field."""
        values = self.cleaned_data
        for name in ("found", "done", "advice"):
            if values.get(name) is None and self.data.get(name) == "":
                values[name] = ""
        return values


class Part(forms.Form):
    """A part that was used."""

    name = forms.CharField(max_length=160)
    quantity = forms.IntegerField(min_value=1, max_value=9_999)
    part_number = forms.CharField(required=False, max_length=80)
    serial_in = forms.CharField(required=False, max_length=100)
    serial_out = forms.CharField(required=False, max_length=100)


class Stretch(forms.Form):
    """Work or travel, by the server's clock."""

    kind = forms.ChoiceField(choices=WorkTime.Kind.choices)
    start = Instant()
    end = Instant()


class Photo(forms.Form):
    """A photo; ``taken_at`` is the camera's time, by the phone's clock."""

    stage = forms.ChoiceField(choices=Attachment.Stage.choices)
    taken_at = Instant(required=False)


class Extra(forms.Form):
    """Something more was found."""

    description = forms.CharField(max_length=500)
    price = forms.RegexField(r"^\d{1,8}(\.\d{1,2})?$")


class OfExtra(forms.Form):
    """Which piece of extra work: its number, or the uid of the act that asked for it."""

    extra = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST)
    asked_by = forms.UUIDField(required=False)


class Decide(OfExtra):
    """The customer's word on it."""

    authorised = Flag()
    decided_by = forms.CharField(max_length=100)


class Finish(forms.Form):
    """What came of it."""

    outcome = forms.ChoiceField(choices=WorkOrder.Outcome.choices)
    done = forms.CharField(max_length=WORDS)
    base = Base()


class Sign(forms.Form):
    """The customer's name, for exactly the text with this hash."""

    sha256 = forms.RegexField(r"^[0-9a-f]{64}$")
    name = forms.CharField(max_length=100)


class Refuse(forms.Form):
    """Who does not sign, and why."""

    name = forms.CharField(max_length=100)
    reason = forms.CharField(max_length=1_000)


class Rate(forms.Form):
    """One to five, and a word."""

    rating = forms.IntegerField(min_value=1, max_value=5)
    words = forms.CharField(required=False, max_length=1_000)


VALUES: Final[Mapping[str, type[forms.Form]]] = {
    "accept": Nothing,
    "decline": Reason,
    "check": Check,
    "depart": Depart,
    "arrive": Arrive,
    "begin": Nothing,
    "record": Words,
    "part": Part,
    "time": Stretch,
    "photo": Photo,
    "extra": Extra,
    "decide": Decide,
    "extra_done": OfExtra,
    "finish": Finish,
    "sign": Sign,
    "refuse": Refuse,
    "resume": Nothing,
    "rate": Rate,
}


def read_item(text: str, file: UploadedFile[Any] | None) -> tuple[int, Item]:
    """The number of the work order, and the act. Raises Unreadable."""
    sent = _plain(text)
    envelope = Envelope(sent)
    if not envelope.is_valid():
        raise Unreadable(envelope.errors)
    head = envelope.cleaned_data
    values = sent.get("values", {})
    form = VALUES[head["verb"]](values if isinstance(values, dict) else {})
    if not form.is_valid():
        raise Unreadable(form.errors)
    item = Item(
        uid=head["uid"],
        member=head["member"],
        verb=head["verb"],
        watch=Watch(
            at=head["at"],
            sent_at=head["sent_at"],
            ahead=timedelta(milliseconds=head["ahead_ms"]),
        ),
        fingerprint=_fingerprint(head, values, file),
        values=form.cleaned_data,
        file=cast("Upload | None", file),
        entered_at=head["entered_at"],
        reason=head["reason"],
    )
    return head["order"], item


def _plain(text: str) -> dict[str, Any]:
    """The JSON of an act: an object of text that can be stored."""
    try:
        sent = json.loads(text)
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise Unreadable({"item": [_("This can't be read.")]})
    return sent


def _fingerprint(
    head: Mapping[str, Any], values: Any, file: UploadedFile[Any] | None
) -> str:
    """What an act says, whatever the instant at which it is sent."""
    digest = hashlib.sha256()
    names = ("member", "order", "verb", "at", "ahead_ms", "entered_at", "reason")
    said = [str(head[name]) for name in names]
    digest.update(json.dumps([said, values], sort_keys=True).encode())
    if file is not None:
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()
