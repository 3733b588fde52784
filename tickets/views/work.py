"""Work orders: dispatched from a ticket, one page each, and what their buttons do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from documents.rules import canonical, sha256
from people.roles import Permission
from servicedesk.lib.errors import Conflict, ServiceError
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tickets.forms.work import ChecklistForm, DispatchForm, WorkForm
from tickets.models import Checklist, Ticket, WorkOrder, WorkPart, WorkTime
from tickets.queries.offering import ShownOffer, offer_of
from tickets.queries.offers import may_do as may_do_ticket
from tickets.queries.work import may_do, orders_of, read_work_order
from tickets.services import work
from tickets.sheets import sheet_content
from tickets.views.acts import Button, button
from tickets.views.base import done, find, refused_with
from tickets.views.context import topic_of, version_of
from tickets.views.work_acts import WORK_ACTS, WorkAct


def _find_order(request: TenantRequest, number: str, ordinal: int) -> WorkOrder:
    """A work order by its ticket's number and its own. Absent and forbidden are the same."""
    rows = WorkOrder.objects.visible_to(request.actor).select_related(
        "ticket__client",
        "ticket__site",
        "ticket__contact",
        "ticket__equipment",
        "ticket__department",
        "engineer__user",
    )
    return get_object_or_404(rows, ticket__number=number, ordinal=ordinal)


@page(Permission.TICKET_READ)
def panel(request: TenantRequest, number: str) -> HttpResponse:
    """The work orders of a ticket, as a part of its page."""
    ticket = find(request, number, "client", "contact__membership", "requester")
    topic = topic_of(ticket, is_client=request.actor.is_client)
    offer = offer_of(ticket, request.now, is_client=request.actor.is_client)
    context = {
        "ticket": ticket,
        "topic": topic,
        "version": version_of(request, topic),
        "panel_url": reverse("tickets:work_panel", args=[ticket.number]),
        "orders": orders_of(ticket, request.actor),
        "offer": offer,
        "offer_buttons": _offer_buttons(request, ticket, offer),
        "is_client": request.actor.is_client,
        "may_dispatch": request.actor.may(Permission.WORK_DISPATCH)
        and ticket.is_working,
    }
    return render(request, "tickets/work/_panel.html", context)


def _offer_buttons(
    request: TenantRequest, ticket: Ticket, offer: ShownOffer | None
) -> list[Button]:
    """What can be done with an offered appointment, by whoever looks."""
    is_client = request.actor.is_client
    if offer is None or not ticket.is_working:
        return []
    verbs: tuple[str, ...] = ()
    if offer.is_open:
        verbs = ("accept_offer", "propose_time") if is_client else ("withdraw_offer",)
    elif not is_client and offer.row.state == "countered":
        verbs = ("accept_proposal", "offer_appointment")
    return [button(verb) for verb in verbs if may_do_ticket(verb, request.actor)]


@page(Permission.WORK_DISPATCH, methods=("GET", "POST"))
def dispatch(request: TenantRequest, number: str) -> HttpResponse:
    """A new work order of a ticket."""
    ticket = find(request, number, "client")
    form = DispatchForm(
        request.POST or None,
        ticket=ticket,
        now=request.now,
        initial=_chosen(request),
        auto_id="id_act_%s",
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                order = work.dispatch(
                    actor=request.actor,
                    now=request.now,
                    ticket=ticket,
                    **form.cleaned_data,
                )
        except ServiceError as error:
            refused_with(form, error)
        else:
            return done(request, address_of(order), _("Dispatched."))
    context = {"ticket": ticket, "form": form}
    name = "_dispatch" if request.htmx else "dispatch"
    return render(request, f"tickets/work/{name}.html", context, status=status_of(form))


def _chosen(request: TenantRequest) -> dict[str, str]:
    """Somebody who was suggested and chosen without a script."""
    chosen = request.GET.get("engineer", "")
    return {"engineer": chosen} if chosen else {}


def address_of(order: WorkOrder) -> str:
    """The page of a work order."""
    return reverse("tickets:work_order", args=[order.ticket.number, order.ordinal])


@page(Permission.TICKET_READ)
def work_order(request: TenantRequest, number: str, ordinal: int) -> HttpResponse:
    """One work order: what is to be done, where it stands, what it records."""
    order = _find_order(request, number, ordinal)
    shown = read_work_order(order, request.actor, request.now)
    acts = [(verb, WORK_ACTS[verb]) for verb in shown.offered]
    context = {
        "ticket": order.ticket,
        "order": order,
        "page": shown,
        "step": WORK_ACTS.get(shown.step),
        "acts": dict(acts),
        "others": [(v, a) for v, a in acts if v in OTHERS and v != shown.step],
    }
    return render(request, "tickets/work/order.html", context)


#: What stands in the menu; the rest stands beside what it adds to.
OTHERS = frozenset(
    {
        "decline",
        "redispatch",
        "reschedule",
        "cancel",
        "scan",
        "refuse",
        "resume",
        "rate",
        "extra",
    }
)


@page(Permission.TICKET_READ, methods=("GET", "POST"))
def work_act(
    request: TenantRequest, number: str, ordinal: int, *, verb: str
) -> HttpResponse:
    """The form of a verb, and the verb itself."""
    wanted = WORK_ACTS.get(verb)
    if wanted is None or not may_do(verb, request.actor):
        raise Http404
    order = _find_order(request, number, ordinal)
    sent = request.method == "POST"
    form = wanted.form(
        request.POST if sent else None,
        request.FILES if sent else None,
        order=order,
        actor=request.actor,
        now=request.now,
        initial={"extra": request.GET.get("extra", "")} | _chosen(request),
        auto_id="id_act_%s",
    )
    if sent and form.is_valid() and _perform(request, wanted, form):
        return _acted(request, order, wanted)
    return _show(request, wanted, form, verb=verb)


def _perform(request: TenantRequest, wanted: WorkAct, form: WorkForm) -> bool:
    """The one service call; a refusal is undone and told to the form."""
    common = {"actor": request.actor, "now": request.now, "order": form.order}
    try:
        with transaction.atomic():
            wanted.call(form, common)
    except ServiceError as error:
        refused_with(form, error)
        if isinstance(error, Conflict):
            _take_new_version(form)
        return False
    return True


def _take_new_version(form: WorkForm) -> None:
    """Sending it again is then a decision made with open eyes."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    newest = WorkOrder.objects.values_list("version", flat=True).get(pk=form.order.pk)
    data["version"] = str(newest)
    form.data = data


def _acted(request: TenantRequest, order: WorkOrder, wanted: WorkAct) -> HttpResponse:
    response = done(request, address_of(order), wanted.done)
    if request.htmx and not _is_on_board(request):
        response["HX-Refresh"] = "true"
    return response


def _is_on_board(request: TenantRequest) -> bool:
    """Whether it is done from the board, which fetches itself anew."""
    here = request.htmx.current_url_abs_path or ""
    return here.partition("?")[0] == reverse("tickets:board")


def _show(
    request: TenantRequest, wanted: WorkAct, form: WorkForm, *, verb: str
) -> HttpResponse:
    order = form.order
    context = {
        "ticket": order.ticket,
        "order": order,
        "form": form,
        "act": wanted,
        "verb": verb,
        "files_lost": bool(request.FILES) and not request.htmx,
        "url": reverse(
            "tickets:work_act", args=[order.ticket.number, order.ordinal, verb]
        ),
        "back": address_of(order),
    }
    if verb == "sign":
        content = sheet_content(order)
        context |= {"content": content, "sha256": sha256(canonical(content))}
    name = "_act" if request.htmx else "act"
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"tickets/work/{name}.html", context, status=status)


@page(Permission.TICKET_WORK, methods=("POST",))
def check_off(request: TenantRequest, number: str, ordinal: int) -> HttpResponse:
    """Tick an item of the preparation checklist, or take the tick back."""
    order = _find_order(request, number, ordinal)
    item = request.POST.get("item", "")
    if not item.isascii() or not item.isdigit() or len(item) > 4:
        raise Http404
    return _tried(
        request,
        order,
        lambda: work.check_off(
            actor=request.actor,
            now=request.now,
            order=order,
            item=int(item),
            done=request.POST.get("done") == "1",
        ),
    )


@page(Permission.TICKET_WORK, methods=("POST",))
def take_back(
    request: TenantRequest, number: str, ordinal: int, *, what: str, pk: int
) -> HttpResponse:
    """A part or a stretch of hours was entered by mistake."""
    order = _find_order(request, number, ordinal)
    kinds: dict[str, type[WorkPart | WorkTime]] = {"part": WorkPart, "time": WorkTime}
    if what not in kinds:
        raise Http404
    rows = kinds[what].objects.visible_to(request.actor).standing()
    row = get_object_or_404(rows, work_order_id=order.pk, pk=pk)
    return _tried(
        request,
        order,
        lambda: work.take_back(
            actor=request.actor, now=request.now, order=order, row=row
        ),
    )


def _tried(
    request: TenantRequest, order: WorkOrder, call: Callable[[], object]
) -> HttpResponse:
    """One service call of a button without a form; a refusal is told on the page."""
    try:
        with transaction.atomic():
            call()
    except ServiceError as error:
        messages.error(request, str(error.message))
    return redirect(address_of(order))


@page(Permission.WORK_DISPATCH)
def checklists(request: TenantRequest) -> HttpResponse:
    """What has to be ready before departure: all lists."""
    rows = Checklist.objects.order_by("-is_active", "category", "name")
    return render(request, "tickets/work/checklists.html", {"checklists": rows})


@page(Permission.WORK_DISPATCH, methods=("GET", "POST"))
def checklist(request: TenantRequest, pk: int | None = None) -> HttpResponse:
    """Write a checklist, or change one."""
    found = get_object_or_404(Checklist, pk=pk) if pk else None
    form = ChecklistForm(request.POST or None, checklist=found)
    if request.method == "POST" and form.is_valid():
        saved = run(
            form,
            lambda: work.save_checklist(
                actor=request.actor,
                now=request.now,
                checklist=found,
                **form.cleaned_data,
            ),
        )
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("tickets:checklists")
    context = {"form": form, "checklist": found}
    status = status_of(form)
    return render(request, "tickets/work/checklist.html", context, status=status)
