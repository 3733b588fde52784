"""The pages of sign-in that exist: allauth's, chosen one by one, each with its permission.

Whatever allauth would offer besides (signing up, several addresses …) has no address here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.views.generic import RedirectView

from people.roles import Permission
from people.views import entrance
from servicedesk.lib.pages import PUBLIC

View = Callable[..., HttpResponseBase]


def declared(view: View, permission: str) -> View:
    """A library's view that carries our permission, so that the middleware checks it."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    guarded.permission = permission  # type: ignore[attr-defined]
    return guarded


def public(view: View) -> View:
    """For whoever is not signed in yet; the tenant's host only."""
    return declared(entrance.on_tenant(view), PUBLIC)


def own(view: View) -> View:
    """For whoever is signed in, about themselves."""
    return declared(view, Permission.SIGNED_IN)


_set_password = RedirectView.as_view(pattern_name="account_reset_password")

urlpatterns = [
    path("login/", public(account.login), name="account_login"),
    path("logout/", public(entrance.logout), name="account_logout"),
    path("reauthenticate/", own(account.reauthenticate), name="account_reauthenticate"),
    path(
        "password/change/", own(account.password_change), name="account_change_password"
    ),
    path("password/set/", own(_set_password), name="account_set_password"),
    path("password/reset/", entrance.ask_password, name="account_reset_password"),
    path("2fa/", own(factors.index), name="mfa_index"),
    path("2fa/authenticate/", public(factors.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", own(factors.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        own(codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        own(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        own(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/webauthn/", own(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", own(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/login/",
        public(passkeys.login_webauthn),
        name="mfa_login_webauthn",
    ),
    path(
        "2fa/webauthn/reauthenticate/",
        own(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        own(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/edit/",
        own(passkeys.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
]
