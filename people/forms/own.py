"""Forms about oneself, absences, tokens, and the tenant's settings."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from people.forms.members import PersonChoiceField, colleagues
from people.models import Membership
from people.roles import Permission
from servicedesk.lib.forms import sensible_day

#: Each language in itself: whoever looks for it must be able to read it.
LANGUAGES = (("zh-hans", "简体中文"), ("en", "English"))


class ProfileForm(forms.Form):
    """One's own name, language and appearance."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    title = forms.CharField(label=_("Job title"), max_length=80, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    theme = forms.ChoiceField(
        label=_("Appearance"), choices=User.Theme.choices, widget=forms.RadioSelect
    )


class AddressForm(forms.Form):
    """Another address to sign in with."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class MomentField(forms.DateTimeField):
    """A day and time in the tenant's zone, entered by the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 60}, format="%Y-%m-%dT%H:%M"
        )
        kwargs.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
        super().__init__(widget=widget, validators=[sensible_day], **kwargs)


class AbsenceForm(forms.Form):
    """From when until when somebody is away."""

    starts_at = MomentField(label=pgettext_lazy("period", "From"))
    ends_at = MomentField(label=pgettext_lazy("period", "Until"))
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("Colleagues can read it."),
    )


class DeputyForm(forms.Form):
    """Who stands in."""

    deputy = PersonChoiceField(
        label=_("Deputy"),
        queryset=None,
        required=False,
        empty_label=_("nobody"),
        help_text=_("Gets what is meant for the person while they are away."),
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["deputy"]
        field.queryset = colleagues().exclude(pk=membership.pk)


class TokenForm(forms.Form):
    """What a program may do, and until when."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What uses it, so that you know later what you end."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        validators=[sensible_day],
        help_text=_("A year at most."),
    )

    def __init__(
        self, *args: Any, grantable: list[str], today: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        words = dict(Permission.choices)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(value, words[value]) for value in grantable]
        day = timezone.localtime(today).date()
        expires = self.fields["expires_on"]
        expires.initial = day + timedelta(days=90)
        expires.widget.attrs |= {
            "min": (day + timedelta(days=1)).isoformat(),
            "max": (day + timedelta(days=365)).isoformat(),
        }

    def expires_at(self) -> datetime:
        """The end of the chosen day, in the tenant's zone."""
        day = self.cleaned_data["expires_on"]
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


class LogoForm(forms.Form):
    """A logo to show."""

    image = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG or JPEG, at most 2 MB; best with a transparent ground."),
        widget=forms.FileInput(
            attrs={
                "accept": "image/png,image/jpeg",
                "data-max-size": 2 * 1024 * 1024,
                "data-preview": "logo",
            }
        ),
    )


class TenantForm(forms.Form):
    """The tenant's settings."""

    name = forms.CharField(label=_("Name of the company"), max_length=100)
    ticket_prefix = forms.RegexField(
        r"^[A-Z]{1,6}$",
        label=_("Ticket prefix"),
        max_length=6,
        help_text=_("One to six capital letters. Existing tickets keep their numbers."),
        error_messages={"invalid": _("One to six capital letters, A to Z.")},
    )
    zone = forms.ChoiceField(label=_("Time zone"))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=LANGUAGES,
        help_text=_("For mails to people who have not chosen one."),
    )
    accent = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=_("Accent colour"),
        max_length=7,
        widget=forms.ColorInput,
        help_text=_("Made darker or lighter where text would be hard to read."),
    )
    require_second_factor = forms.BooleanField(
        label=_("Staff must use a second factor"),
        required=False,
        help_text=_(
            "Whoever has none sets one up before they can go on; their API tokens rest."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["zone"]
        zone.choices = [(name, name) for name in sorted(available_timezones())]

    def clean_accent(self) -> str:
        """Small letters, as it is stored."""
        return str(self.cleaned_data["accent"]).lower()
