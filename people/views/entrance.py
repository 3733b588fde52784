"""Coming in and going out: links from mails, forgotten passwords, the end of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from people import services, throttle
from people.account_forms import (
    AskPasswordForm,
    KnownPersonForm,
    NewPasswordForm,
    NewPersonForm,
)
from people.actors import member_acting
from people.adapters import refuse_if_closed
from people.models import Invitation, OneTimeLink
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import PUBLIC, page
from servicedesk.lib.peer import client_address

View = Callable[..., HttpResponseBase]
WRITING = ("GET", "POST")
PASSWORD = OneTimeLink.Purpose.PASSWORD


def on_tenant(view: View) -> View:
    """Only on a tenant's host: on the bare domain there is nobody to sign in to."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "tenant", None) is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def logout(request: HttpRequest) -> HttpResponseBase:
    """Sign out; what the browser keeps of the site (drafts) goes too.

    Unless somebody's work on site is still there that has not been sent (``unsent``): the
    page has then taken the rest away by itself (``static/js/field/leave.js``).
    """
    response: HttpResponseBase = account.logout(request)
    if request.method == "POST" and request.POST.get("unsent", "0") in {"", "0"}:
        response["Clear-Site-Data"] = '"storage"'
    return response


@page(PUBLIC, methods=WRITING)
@on_tenant
def ask_password(request: TenantRequest) -> HttpResponse:
    """Ask for a link to choose a new password. Answers the same whoever asks for whom."""
    form = AskPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, now = form.cleaned_data["email"], request.now
        tries = throttle.count(request, "reset", email.lower(), now=now)
        if tries.refused_until is None:
            services.ask_new_password(
                now=now, email=email, sent_from=client_address(request)
            )
        return render(request, "account/password_asked.html", {"email": email})
    context = {"form": form}
    return render(request, "account/password_ask.html", context, status=status_of(form))


@page(PUBLIC, methods=WRITING)
@on_tenant
@never_cache
@sensitive_post_parameters()
def new_password(request: TenantRequest, secret: str) -> HttpResponse:
    """Choose a new password by a link. A second factor stays what it was."""
    link = services.find_link(secret=secret, purpose=PASSWORD, now=request.now)
    if link is None:
        return gone(request)
    user = link.membership.user
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        services.use_link(link=link, now=request.now)
        adapter = get_adapter(request)
        adapter.set_password(user, form.cleaned_data["password"])
        adapter.send_notification_mail("account/email/password_reset", user)
        messages.success(request, _("Your password was changed. Sign in with it."))
        return redirect(settings.LOGIN_URL)
    context = {"form": form, "email": user.email}
    return render(request, "account/password_new.html", context, status=status_of(form))


@page(PUBLIC, methods=WRITING)
@on_tenant
@never_cache
def new_address(request: TenantRequest, secret: str) -> HttpResponse:
    """Confirm a new e-mail address by its link: asked first, so no scanner confirms it."""
    purpose = OneTimeLink.Purpose.ADDRESS
    link = services.find_link(secret=secret, purpose=purpose, now=request.now)
    if link is None:
        return gone(request)
    context = {"email": link.detail, "former": link.membership.user.email}
    if request.method == "POST":
        actor = member_acting(link.membership, address=client_address(request))
        services.confirm_new_address(actor=actor, now=request.now, link=link)
        messages.success(request, _("From now on you sign in with this address."))
        return redirect("home")
    return render(request, "account/address_confirm.html", context)


@page(PUBLIC, methods=WRITING)
@on_tenant
@never_cache
@sensitive_post_parameters()
def accept(request: TenantRequest, secret: str) -> HttpResponse:
    """Come in by an invitation: by one's password, or as somebody new."""
    invitation = services.find_invitation(secret=secret, now=request.now)
    if invitation is None:
        return gone(request)
    if getattr(request, "actor", None) is not None:
        return render(request, "account/accept_other.html", {"invitation": invitation})
    if invitation.membership.user.has_usable_password():
        return _accept_known(request, invitation)
    return _accept_new(request, invitation)


def _accept_known(request: TenantRequest, invitation: Invitation) -> HttpResponse:
    user = invitation.membership.user
    form = KnownPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tries = throttle.count(request, "password", user.email, now=request.now)
        try:
            refuse_if_closed(request, tries)
            if user.check_password(form.cleaned_data["password"]) and user.is_active:
                throttle.forgive(request, tries)
                return _enter(request, invitation)
            form.add_error("password", _("This is not your password."))
        except ValidationError as error:
            form.add_error(None, error)
    return _ask(request, invitation, form)


def _accept_new(request: TenantRequest, invitation: Invitation) -> HttpResponse:
    user = invitation.membership.user
    initial = {"name": invitation.name, "language": get_language()}
    form = NewPersonForm(request.POST or None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        response = run(form, lambda: _enter(request, invitation, form.cleaned_data))
        if response is not None:
            return response
    return _ask(request, invitation, form)


def _enter(
    request: TenantRequest,
    invitation: Invitation,
    person: dict[str, str] | None = None,
) -> HttpResponse:
    """Accept, and sign in the usual way: a second factor is asked for as ever."""
    membership = services.accept_invitation(
        now=request.now,
        invitation=invitation,
        address=client_address(request),
        person=person,
    )
    user = membership.user
    messages.success(request, _("Welcome, %(name)s.") % {"name": user.name})
    login = Login(user=user, email=user.email, redirect_url="/")
    response: HttpResponse = perform_password_login(
        request, {"email": user.email}, login
    )
    return response


def _ask(request: TenantRequest, invitation: Invitation, form: Any) -> HttpResponse:
    context = {"form": form, "email": invitation.membership.user.email}
    context["known"] = isinstance(form, KnownPersonForm)
    return render(request, "account/accept.html", context, status=status_of(form))


def gone(request: HttpRequest) -> HttpResponse:
    """One answer for every link that does not work, whatever is wrong with it."""
    return render(request, "account/link_gone.html", status=404)
