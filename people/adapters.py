"""How allauth behaves here: on one tenant's host, by invitation, without a mail server."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from activity.services import record
from people import throttle
from people.actors import member_acting, nobody
from people.authentication import membership_of, normal_address
from people.models import Membership
from people.services.letters import send_notice
from people.services.sessions import end_sessions
from servicedesk.lib.peer import client_address
from tenants.scope import tenant_scope

#: allauth's mails about a change of sign-in, as kinds of our notices.
NOTICES = {
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_changed",
    "account/email/password_reset": "password_changed",
    "mfa/email/totp_activated": "factor_added",
    "mfa/email/totp_deactivated": "factor_removed",
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
    "mfa/email/recovery_codes_generated": "recovery_codes",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come by invitation; sign-in is to one tenant; mails go by our letters."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy(
            "The e-mail address or the password is wrong."
        )
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only pages of this very host: another tenant's is as foreign as any."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, {request.get_host()}, require_https=request.is_secure()
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 - not a bind address

    # -- passwords -------------------------------------------------------------------

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person, if the password is right; every try is counted first."""
        email = normal_address(credentials.get("email", ""))
        tries = throttle.count(request, "password", email, now=request.now)  # type: ignore[attr-defined]
        refuse_if_closed(request, tries)
        user = self._authenticate(request, credentials)
        if user is None:
            closed = "sign_in.closed" if tries.just_closed else "sign_in.failed"
            note_failure(request, email, closed)
            return None
        throttle.forgive(request, tries)
        return user

    def _authenticate(
        self, request: HttpRequest, credentials: dict[str, Any]
    ) -> User | None:
        found = authenticate(request, **credentials)
        return found if isinstance(found, User) else None

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether somebody signed in still knows the password; counted like a sign-in."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every other session, and every link under way."""
        super().set_password(user, password)
        own = self.request.session.session_key if self._is_own(user) else None
        end_sessions(user_id=user.pk, tenant_id=None, spare=own)

    def _is_own(self, user: User) -> bool:
        return bool(getattr(self.request.user, "pk", None) == user.pk)

    # -- sign-in ---------------------------------------------------------------------

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        """Whatever way somebody came: only members of this host's tenant go on."""
        if self._membership(request, user) is None:
            return self._turned_away(request)
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        """Start the session: a new key, and the tenant it belongs to."""
        membership = self._membership(request, user)
        if membership is None:  # ended between the two steps of a sign-in
            raise ImmediateHttpResponse(self._turned_away(request))
        super().login(request, user)
        _count_as_proof(request)
        tenant = request.tenant  # type: ignore[attr-defined]
        request.session["tenant_id"] = tenant.pk
        request.session["user_agent"] = request.META.get("HTTP_USER_AGENT", "")[:200]
        request.session["address"] = client_address(request) or ""
        actor = member_acting(membership, address=client_address(request))
        record(actor=actor, now=request.now, verb="session.started", target=membership)  # type: ignore[attr-defined]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        response = super().post_login(request, user, **kwargs)
        throttle.remember_device(response, user.email)
        return response

    def _membership(self, request: HttpRequest, user: User) -> Membership | None:
        if getattr(request, "tenant", None) is None or not user.is_active:
            return None
        return membership_of(request, user)

    def _turned_away(self, request: HttpRequest) -> HttpResponse:
        clear_login(request)
        messages.error(request, self.error_messages["email_password_mismatch"])
        return redirect("account_login")

    # -- sign-out --------------------------------------------------------------------

    def logout(self, request: HttpRequest) -> None:
        """End the session, and say so in the journal."""
        actor = getattr(request, "actor", None)
        if actor is not None:
            record(actor=actor, now=request.now, verb="session.ended")  # type: ignore[attr-defined]
        super().logout(request)

    # -- mail ------------------------------------------------------------------------

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """allauth's own mails are not sent: ours are letters (see ``send_notice``)."""

    def send_notification_mail(  # noqa: PLR0917 - allauth's signature
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody that their sign-in was changed, in their language.

        allauth calls this when the request's transaction, and with it the tenant's scope,
        may have ended already; so it opens one of its own.
        """
        kind = NOTICES.get(template_prefix)
        tenant = getattr(self.request, "tenant", None)
        if kind is None or tenant is None:
            return
        now, address = self.request.now, client_address(self.request)
        with tenant_scope(tenant.pk):
            membership = Membership.objects.filter(user=user).first()
            if membership is None:
                return
            send_notice(membership=membership, now=now, what=kind, address=address)
            actor = member_acting(membership, address=address)
            record(actor=actor, now=now, verb=f"sign_in.{kind}", target=membership)


def _count_as_proof(request: HttpRequest) -> None:
    """Who has just signed in has proved themselves: sensitive pages need not ask again."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    if records:
        records[-1]["reauthenticated"] = True
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = records


def refuse_if_closed(request: HttpRequest, tries: throttle.Tries) -> None:
    """Raise the same refusal for known and unknown accounts once a place is closed."""
    until = tries.refused_until
    if until is None:
        return
    minutes = max(1, round((until - request.now).total_seconds() / 60))  # type: ignore[attr-defined]
    wait = ngettext(
        "Try again in %(minutes)s minute.",
        "Try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
    text = _("Too many failed attempts for this address from where you are.")
    raise ValidationError(f"{text} {wait}", code="too_many_attempts")


def note_failure(request: HttpRequest, email: str, verb: str) -> None:
    """Journal failures of members; addresses nobody has are counted, never kept."""
    membership = Membership.objects.filter(user__email=email).first()
    if membership is None:
        return
    actor = nobody(request.tenant.pk, address=client_address(request))  # type: ignore[attr-defined]
    record(actor=actor, now=request.now, verb=verb, target=membership)  # type: ignore[attr-defined]
