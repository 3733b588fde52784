"""The tenant's fault handling flow: drawn, compared, adapted."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.forms import refuse, run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from servicedesk.lib.textfile.faults import faults_of
from servicedesk.lib.textfile.refusal import BrokenFile
from tickets import services
from tickets.flows import load_flow, shipped_text
from tickets.forms.flow import FlowFileForm
from tickets.queries.flow import words
from tickets.queries.flow_map import draw_flow
from tickets.queries.flow_versions import (
    Shown,
    differences,
    shown_version,
    versions_of,
)
from tickets.rules.flow import Flow
from tickets.services.flow import check_flow_text


@page(Permission.TICKET_INTERNAL)
def flow(request: TenantRequest, version: int | None = None) -> HttpResponse:
    """The flow that tickets begin with now, or a version by its number."""
    shown = _version(request, version)
    found = load_flow(shown.text)
    context = {
        "shown": shown,
        "name": words(found.name),
        "source": found.source,
        "map": draw_flow(found),
        "versions": list(versions_of(request.actor)),
        "may_manage": request.actor.may(Permission.STANDARD_MANAGE),
    }
    return render(request, "tickets/flow.html", context)


@page(Permission.TICKET_INTERNAL)
def flow_download(request: TenantRequest, version: int) -> HttpResponse:
    """A version as the file that it was published from."""
    shown = _version(request, version)
    response = HttpResponse(shown.text, content_type="text/yaml; charset=utf-8")
    name = f"{load_flow(shown.text).key}-v{shown.number}.yaml"
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name
    )
    return response


@page(Permission.TICKET_INTERNAL)
def flow_compare(request: TenantRequest) -> HttpResponse:
    """Two versions line by line: ``?old=1&new=2``; the last two where none are named."""
    versions = list(versions_of(request.actor))
    if not versions:
        raise Http404
    new = _version(request, _asked(request, "new") or versions[0].number)
    before = next((v.number for v in versions if v.number < new.number), new.number)
    old = _version(request, _asked(request, "old") or before)
    lines = differences(old.text, new.text)
    context = {"versions": versions, "old": old, "new": new, "lines": lines}
    return render(request, "tickets/flow_compare.html", context)


@page(Permission.STANDARD_MANAGE, methods=("GET", "POST"))
def flow_publish(request: TenantRequest) -> HttpResponse:
    """Adapt the flow: check the text, see it drawn and compared, or publish it."""
    current = _version(request, None)
    form = FlowFileForm(
        request.POST or None,
        request.FILES or None,
        initial={"text": _beginning(request, current)},
    )
    context: dict[str, Any] = {"form": form, "current": current}
    if form.is_valid():
        checked = _checked(form, context)
        if checked is not None and "check" in request.POST:
            text = form.cleaned_data["text"]
            context |= {"map": draw_flow(checked), "name": words(checked.name)}
            context["lines"] = differences(current.text, text)
        elif checked is not None:
            call = partial(services.publish_flow, actor=request.actor, now=request.now)
            done = run(form, lambda: call(**form.cleaned_data))
            if done is not None:
                messages.success(request, _told(done.number))
                return redirect("tickets:flow")
    return render(request, "tickets/flow_publish.html", context, status=status_of(form))


def _told(number: int) -> str:
    return _(
        "Version %(number)d is published: tickets begin with it from now on. Those that have "
        "begun keep theirs."
    ) % {"number": number}


def _checked(form: FlowFileForm, context: dict[str, Any]) -> Flow | None:
    try:
        return check_flow_text(form.cleaned_data["text"])
    except BrokenFile as error:
        refuse(form, error)
        context["faults"] = faults_of(form.data["text"], error.problems)
    except ServiceError as error:
        refuse(form, error)
    return None


def _beginning(request: TenantRequest, current: Shown) -> str:
    """What the box holds: the version in force, one asked for, or the shipped file."""
    begin = request.GET.get("from", "")
    if begin == "shipped":
        return shipped_text()
    number = _asked(request, "from")
    return _version(request, number).text if number else current.text


def _version(request: TenantRequest, number: int | None) -> Shown:
    shown = shown_version(request.actor, number)
    if shown is None:
        raise Http404
    return shown


def _asked(request: TenantRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text or text == "shipped":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Http404
    return int(text)
