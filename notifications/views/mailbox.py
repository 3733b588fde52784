"""The demo's mailbox: e-mails that a real installation would have sent."""

from __future__ import annotations

import nh3
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString

from notifications.models import MailboxMail
from people.roles import Permission
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from servicedesk.lib.paging import Sort, paginate

BACKEND = "notifications.mailbox.MailboxBackend"
PAGE_SIZE = 50
#: What an e-mail's HTML may keep on our page: words and links, no style, no picture.
TAGS = {"p", "br", "a", "ul", "ol", "li", "h1", "h2", "h3", "strong", "em", "div"}


@page(Permission.SIGNED_IN)
def mailbox(request: TenantRequest) -> HttpResponse:
    """The tenant's mails for administrators, one's own for everybody else."""
    shown = paginate(
        _mails(request),
        sort=Sort((), descending=True),
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    context = {"page": shown, "everyones": _sees_all(request)}
    return render(request, "notifications/mailbox.html", context)


@page(Permission.SIGNED_IN)
def mail(request: TenantRequest, pk: int) -> HttpResponse:
    """One mail, its HTML cleaned of all that could act."""
    found = get_object_or_404(_mails(request), pk=pk)
    html = nh3.clean(
        found.html,
        tags=TAGS,
        clean_content_tags={"style", "script", "title"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
    )
    context = {"mail": found, "html": SafeString(html)}
    return render(request, "notifications/mail_page.html", context)


def _mails(request: TenantRequest) -> QuerySet[MailboxMail]:
    if settings.ENVIRONMENT == "production" or not _is_kept():
        raise Http404
    mails = MailboxMail.objects.all()
    if _sees_all(request):
        return mails
    # The address stands at the end, in angle brackets where there is a name.
    address = request.membership.user.email
    return mails.filter(recipients__in=[address]) | mails.filter(
        recipients__endswith=f"<{address}>"
    )


def _is_kept() -> bool:
    return settings.EMAIL_BACKEND == BACKEND or settings.ENVIRONMENT == "test"


def _sees_all(request: TenantRequest) -> bool:
    return request.actor.may(Permission.SETTINGS_MANAGE)
