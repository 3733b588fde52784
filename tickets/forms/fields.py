"""Fields that several ticket forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.forms import sensible_day
from servicedesk.lib.ui.forms import FilesField
from tickets.attachments import ALLOWED, IMAGES

MAX_FILES = 10
#: What a browser should offer, and refuse before it travels; the service sniffs what it is.
ACCEPTED = ",".join(
    (*sorted(IMAGES), *sorted(f".{end}" for ends in ALLOWED.values() for end in ends))
)


class Prose(forms.CharField):
    """Words of a person: kept as typed, trimmed at the ends, limited in length."""

    def __init__(
        self, *, rows: int = 4, max_length: int = 10_000, **kwargs: Any
    ) -> None:
        attrs = {"rows": rows} | kwargs.pop("attrs", {})
        kwargs.setdefault("widget", forms.Textarea(attrs=attrs))
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages["required"] = _("Write a few words here.")


class Moment(forms.DateTimeField):
    """An instant to the minute, in the tenant's zone, by the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        )
        kwargs.setdefault("widget", widget)
        messages = {
            "required": _("Choose a date and a time."),
            "invalid": _("Write it as 2026-11-22 14:05."),
        }
        kwargs["error_messages"] = messages | kwargs.get("error_messages", {})
        super().__init__(
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
            validators=[sensible_day],
            **kwargs,
        )


def files_field(**kwargs: Any) -> FilesField:
    """Where files are dropped, pasted or chosen; what they are is sniffed by the service."""
    kwargs.setdefault("label", _("Files"))
    return FilesField(
        required=False,
        max_size=settings.ATTACHMENT_MAX_BYTES,
        max_files=MAX_FILES,
        accept=ACCEPTED,
        **kwargs,
    )


def keep_files(form: forms.BaseForm) -> None:
    """Let htmx keep the chosen files when a form comes back with a mistake in it."""
    if form.is_bound and "files" in form.fields:
        form.fields["files"].widget.attrs["hx-preserve"] = "true"


def when_fields() -> dict[str, forms.Field]:
    """When it happened, and why that is entered later: rule 7, behind "more"."""
    return {
        "happened_at": Moment(
            required=False,
            label=_("When did it happen?"),
            help_text=_("Empty means now. The clocks go by this time."),
        ),
        "time_reason": forms.CharField(
            required=False,
            max_length=300,
            label=_("Why is it entered only now?"),
        ),
    }


class PeopleField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A colleague who works on tickets; says who is away."""

    def label_from_instance(self, obj: Any) -> str:
        """Name, department, and whether the person is away."""
        parts = [str(obj.user.name), str(obj.department or "")]
        if getattr(obj, "is_away", False):
            parts.append(str(_("away")))
        return " · ".join(part for part in parts if part)


class EquipmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A device: category, model, serial number, and where it stands."""

    def label_from_instance(self, obj: Any) -> str:
        """As people know it on the spot."""
        place = obj.location or (obj.site.name if obj.site_id else "")
        parts = [f"{obj.category} {obj.model}".strip(), obj.serial_number, place]
        return " · ".join(part for part in parts if part)
