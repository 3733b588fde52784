"""The second factor: named after the tenant, encrypted, tried only so often, used once."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateForm
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddPasskeyForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm as AllauthEditPasskeyForm
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from people import throttle
from people.adapters import note_failure, refuse_if_closed
from people.links import host_of
from people.roles import STAFF_ROLES

#: The last step of a one-time password that was used, in ``Authenticator.data``.
LAST_STEP = "last_step"


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names of the second factor, and its keys encrypted at rest."""

    def get_totp_issuer(self) -> str:
        return str(context.request.tenant.name)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to one host: the tenant's."""
        tenant = context.request.tenant
        return {"id": host_of(tenant), "name": tenant.name}

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one, where the tenant requires one of its staff."""
        request = context.request
        membership = getattr(request, "membership", None)
        if membership is None or membership.role not in STAFF_ROLES:
            return True
        if not request.tenant.require_second_factor:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id)
        others = others.exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def _fernet() -> MultiFernet:
    """Authenticated encryption by the secret key; its fallbacks can still read."""
    secrets = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    keys = [
        hashlib.sha256(b"people.factors" + one.encode()).digest() for one in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


class _CodeForm(forms.Form):
    """A code of six digits, or a recovery code: counted tries, each code once.

    The limit and the replay check are rows, not entries of a cache that may be emptied.
    """

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["code"]
        field.label = pgettext("sign-in", "Code")
        field.max_length = 20
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}
        field.widget.attrs |= {"autofocus": True, "maxlength": 20}

    def clean_code(self) -> str:
        """Raises ValidationError for a wrong or used code, or a place that is closed."""
        request = context.request
        tries = throttle.count(request, "factor", self.user.email, now=request.now)
        refuse_if_closed(request, tries)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
            use_up(self.user, code)
        except ValidationError:
            note_failure(request, self.user.email, "sign_in.factor_failed")
            raise
        throttle.forgive(request, tries)
        return code


class AuthenticateForm(_CodeForm, AllauthAuthenticateForm):  # type: ignore[misc]
    """The second step of a sign-in."""


class ReauthenticateForm(_CodeForm, AllauthReauthenticateForm):  # type: ignore[misc]
    """Proof, before a sensitive change, that it is still the same person."""


class ActivateTOTPForm(_CodeForm, AllauthActivateForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""


def use_up(user: Any, code: str) -> None:
    """Refuse a one-time password of a step that was used already, or an earlier one."""
    app = (
        Authenticator.objects.select_for_update()
        .filter(user=user, type=Authenticator.Type.TOTP)
        .first()
    )
    if app is None:
        return
    step = _step_of(app, code)
    if step is None:  # a recovery code; it marks itself
        return
    if step <= app.data.get(LAST_STEP, 0):
        raise ValidationError(
            _("This code was used already. Wait for the next one."), code="used_code"
        )
    app.data[LAST_STEP] = step
    app.save(update_fields=["data"])


def _step_of(app: Authenticator, code: str) -> int | None:
    secret = MfaAdapter().decrypt(app.data["secret"])
    plain = "".join(code.split())
    for step in yield_hotp_counters_from_time():
        if format_hotp_value(hotp_value(secret, step)) == plain:
            return int(step)
    return None


class AddPasskeyForm(AllauthAddPasskeyForm):  # type: ignore[misc]
    """A new passkey or security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name: Any = self.fields["name"]
        name.label, name.max_length = _("Name of the key"), 60
        name.widget.attrs["maxlength"] = 60
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in with it alone, without a password")
        passwordless.help_text = _(
            "Asks for a fingerprint, a face or the device's PIN."
        )
        passwordless.initial = True


class EditPasskeyForm(AllauthEditPasskeyForm):  # type: ignore[misc]
    """Another name for a passkey."""

    name = forms.CharField(label=gettext_lazy("Name of the key"), max_length=60)
