"""Bulk work, the hand-over at the end of a shift, canned replies, saved views."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.roles import Permission
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from servicedesk.lib.text import one_line
from tickets import services
from tickets.forms.tools import BulkForm, CannedReplyForm, HandOverForm, SavedViewForm
from tickets.models import CannedReply, SavedView
from tickets.queries.queue import for_list, rows_of
from tickets.services import tools
from tickets.views.base import told, visible

#: So much work one person can hand over at once.
HANDED_MOST = 200


@page(Permission.TICKET_ASSIGN, methods=("GET", "POST"))
def bulk(request: TenantRequest) -> HttpResponse:
    """Give the ticked tickets to somebody: first who, then done."""
    data = request.POST if "assignee" in request.POST else None
    form = BulkForm(data, tickets=visible(request), now=request.now)
    if data is not None and form.is_valid():
        count = run(
            form,
            lambda: services.assign_many(
                actor=request.actor,
                now=request.now,
                tickets=list(form.cleaned_data["number"]),
                assignee=form.cleaned_data["assignee"],
            ),
        )
        if form.is_valid():
            return _assigned(request, count or 0)
    ticked = request.POST.getlist("number") or request.GET.getlist("number")
    numbers = [one_line(number) for number in ticked[:HANDED_MOST]]
    tickets = list(for_list(visible(request)).filter(number__in=numbers))
    context = {"form": form, "tickets": tickets, "back": _back(request)}
    name = "_bulk" if request.htmx else "bulk"
    return render(request, f"tickets/{name}.html", context, status=status_of(form))


def _assigned(request: TenantRequest, count: int) -> HttpResponse:
    text = ngettext(
        "%(count)d ticket assigned.", "%(count)d tickets assigned.", count
    ) % {"count": count}
    if request.htmx:
        events: dict[str, Any] = {"act:done": {}, "queue:changed": {}}
        return told(HttpResponse(status=204), text, events)
    messages.success(request, text)
    return redirect(_back(request))


def _back(request: TenantRequest) -> str:
    target = request.POST.get("back") or request.GET.get("back") or ""
    if url_has_allowed_host_and_scheme(
        target, {request.get_host()}, request.is_secure()
    ):
        return target
    return reverse("tickets:queue")


@page(Permission.TICKET_ASSIGN, methods=("GET", "POST"))
def hand_over(request: TenantRequest) -> HttpResponse:
    """Open work from one colleague to the next at the end of a shift."""
    form = HandOverForm(
        request.POST or None,
        tickets=visible(request).working(),  # type: ignore[attr-defined]
        now=request.now,
        initial={"from_membership": _whose(request)},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        count = run(
            form,
            lambda: services.hand_over(
                actor=request.actor,
                now=request.now,
                from_membership=values["from_membership"],
                to_membership=values["to_membership"],
                note=values["note"],
                tickets=list(values["number"]),
            ),
        )
        if form.is_valid():
            return _handed_over(request, count or 0)
    context = {"form": form} | _work_of(request, request.POST.get("from_membership"))
    return render(request, "tickets/hand_over.html", context, status=status_of(form))


def _handed_over(request: TenantRequest, count: int) -> HttpResponse:
    text = ngettext(
        "%(count)d ticket handed over.", "%(count)d tickets handed over.", count
    )
    messages.success(request, text % {"count": count})
    return redirect("tickets:queue")


@page(Permission.TICKET_ASSIGN)
def hand_over_list(request: TenantRequest) -> HttpResponse:
    """What somebody has open, to be ticked."""
    whose = request.GET.get("from_membership") or ""
    return render(request, "tickets/_hand_over_list.html", _work_of(request, whose))


def _whose(request: TenantRequest) -> Any:
    return request.GET.get("from_membership") or request.membership.pk


def _work_of(request: TenantRequest, whose: str | None) -> dict[str, Any]:
    person = str(_whose(request) if whose is None else whose)
    if not (person.isascii() and person.isdigit() and len(person) < 19):
        return {"rows": [], "ticked": []}
    tickets = for_list(visible(request).working().by_time_left())  # type: ignore[attr-defined]
    found = list(tickets.filter(assignee_id=int(person))[:HANDED_MOST])
    ticked = request.POST.getlist("number") if request.POST else None
    return {
        "rows": rows_of(found, request.now),
        "ticked": [ticket.number for ticket in found] if ticked is None else ticked,
    }


@page(Permission.TICKET_WORK)
def canned_replies(request: TenantRequest) -> HttpResponse:
    """Replies that are written often: all of them, to be kept in order."""
    replies = _replies(request, everything=True)
    return render(request, "tickets/canned_replies.html", {"replies": replies})


@page(Permission.TICKET_WORK)
def pick_reply(request: TenantRequest) -> HttpResponse:
    """The replies to pick one from, while writing; those of one's department first."""
    words = one_line(request.GET.get("words", ""))[:80]
    replies = _replies(request)
    if words:
        replies = replies.filter(Q(title__icontains=words) | Q(body__icontains=words))
    own = sorted(
        replies[:100],
        key=lambda reply: reply.department_id not in request.actor.departments,
    )
    context = {"replies": own, "target": request.GET.get("target", "")[:40]}
    return render(request, "tickets/_pick_reply.html", context)


def _replies(
    request: TenantRequest, *, everything: bool = False
) -> QuerySet[CannedReply]:
    del request
    replies = CannedReply.objects.select_related("department").order_by("title", "pk")
    return replies if everything else replies.filter(is_active=True)


@page(Permission.TICKET_WORK, methods=("GET", "POST"))
def canned_reply(request: TenantRequest, pk: int | None = None) -> HttpResponse:
    """Write a reply for everyday use, or change one."""
    reply = get_object_or_404(CannedReply, pk=pk) if pk else None
    form = CannedReplyForm(request.POST or None, reply=reply)
    if request.method == "POST" and form.is_valid():
        saved = run(
            form,
            lambda: tools.save_canned_reply(
                actor=request.actor, now=request.now, reply=reply, **form.cleaned_data
            ),
        )
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("tickets:canned_replies")
    context = {"form": form, "reply": reply}
    return render(request, "tickets/canned_reply.html", context, status=status_of(form))


@page(Permission.TICKET_WORK, methods=("POST",))
def canned_reply_switch(request: TenantRequest, pk: int) -> HttpResponse:
    """Take a reply out of use, or back into it."""
    reply = get_object_or_404(CannedReply, pk=pk)
    active = request.POST.get("active") == "1"
    tools.set_canned_reply_active(
        actor=request.actor, now=request.now, reply=reply, active=active
    )
    messages.success(request, _("In use again.") if active else _("Taken out of use."))
    return redirect("tickets:canned_replies")


@page(Permission.TICKET_INTERNAL, methods=("GET", "POST"))
def views(request: TenantRequest) -> HttpResponse:
    """Saved views: keep the filter that is set, and see which there are."""
    query = (request.POST if request.method == "POST" else request.GET).get("query", "")
    form = SavedViewForm(request.POST or None, initial={"query": query[:500]})
    if request.method == "POST" and form.is_valid():
        view = run(
            form,
            lambda: tools.save_view(
                actor=request.actor, now=request.now, **form.cleaned_data
            ),
        )
        if view is not None:
            messages.success(
                request, _("The view “%(name)s” is kept.") % {"name": view.name}
            )
            return redirect(f"{reverse('tickets:queue')}?{view.query}&view={view.pk}")
    context = {"form": form, "views": _own_views(request), "query": query[:500]}
    return render(request, "tickets/views.html", context, status=status_of(form))


def _own_views(request: TenantRequest) -> QuerySet[SavedView]:
    own = Q(membership_id=request.actor.membership_id)
    seen = own | Q(is_shared=True)
    return (
        SavedView.objects.filter(seen)
        .select_related("membership__user")
        .order_by("name")
    )


@page(Permission.TICKET_INTERNAL, methods=("POST",))
def view_delete(request: TenantRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    own = _own_views(request)
    if not request.actor.may(Permission.SETTINGS_MANAGE):
        own = own.filter(membership=request.membership)
    view = get_object_or_404(own, pk=pk)
    tools.delete_view(actor=request.actor, now=request.now, view=view)
    messages.success(request, _("The view is deleted."))
    return redirect("tickets:views")
