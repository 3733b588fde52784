"""The forms of sign-in, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from django import forms
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
    validate_password,
)
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Longer than anybody's, short enough not to keep the server busy.
PASSWORD_MAX = 256


def password_rules() -> str:
    """What a password must be, in a line."""
    least = max(
        one.min_length
        for one in get_default_password_validators()
        if isinstance(one, MinimumLengthValidator)
    )
    return _(
        "At least %(count)d characters; no common password, and nothing from your name "
        "or address."
    ) % {"count": least}


def password_field(label: Any, *, new: bool = False) -> forms.CharField:
    """A field for a password; ``new`` tells password managers and says the rules."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=PASSWORD_MAX,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password" if new else "current-password"}
        ),
        help_text=lazy(password_rules, str)() if new else "",
    )


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    password = password_field(gettext_lazy("Password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("E-mail address"),
            max_length=254,
            widget=forms.EmailInput(
                attrs={"autocomplete": "username webauthn", "autofocus": True}
            ),
        )
        self.order_fields(["login", "password"])


class ReauthenticateForm(AllauthReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    password = password_field(gettext_lazy("Password"))


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """The present password, and a new one."""

    oldpassword = password_field(gettext_lazy("Present password"))
    password1 = password_field(gettext_lazy("New password"), new=True)
    password2 = None

    def clean_password1(self) -> str:
        """Raises ValidationError for a weak password."""
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password


class AskPasswordForm(forms.Form):
    """Whose password was forgotten."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    """A new password by a link."""

    password = password_field(gettext_lazy("New password"), new=True)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Raises ValidationError for a weak password."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class KnownPersonForm(forms.Form):
    """Somebody who has a password comes in by it."""

    password = password_field(gettext_lazy("Your password"))


class NewPersonForm(NewPasswordForm):
    """Somebody new on the platform."""

    field_order = ("name", "password", "language")
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = password_field(gettext_lazy("Choose a password"), new=True)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=(("zh-hans", "简体中文"), ("en", "English")),
        widget=forms.RadioSelect,
    )

    def clean_name(self) -> str:
        """The name on one line."""
        return " ".join(self.cleaned_data["name"].split())
