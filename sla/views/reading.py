"""Reading standards: as their client does, as a file, and two versions side by side."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header

from people.roles import Permission
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from sla.models import ServiceStandard, StandardVersion
from sla.queries.comparison import comparison_of
from sla.queries.sheet import said, sheet_of
from sla.queries.standards import listed, presets, standards_of_tenant, versions_of
from sla.services import standard_of, standards_of


@page(Permission.STANDARD_READ)
def standard_list(request: TenantRequest) -> HttpResponse:
    """The standards, the default first."""
    context = {
        "rows": standards_of_tenant(request.actor, request.now),
        "may_manage": request.actor.may(Permission.STANDARD_MANAGE),
        "presets": [
            (preset.key, said(preset.name), preset.source) for preset in presets()
        ],
    }
    return render(request, "sla/list.html", context)


@page(Permission.STANDARD_READ)
def standard_detail(
    request: TenantRequest, pk: int, number: int | None = None
) -> HttpResponse:
    """A standard as its client reads it: the version in force, or the one asked for."""
    standard = _standard(request, pk)
    versions = list(versions_of(request.actor, request.now).filter(standard=standard))
    row = listed(standard, versions, request.now)
    version = _chosen(versions, number) if number else row.current or _last(versions)
    context = {
        "standard": standard,
        "version": version,
        "versions": versions,
        "current": row.current,
        "sheet": sheet_of(standard_of(version.pk)),
        "may_manage": request.actor.may(Permission.STANDARD_MANAGE),
        "is_client": request.actor.is_client,
    }
    return render(request, "sla/detail.html", context)


@page(Permission.STANDARD_READ)
def standard_download(request: TenantRequest, pk: int, number: int) -> HttpResponse:
    """A version as the file that it was published from."""
    standard = _standard(request, pk)
    versions = StandardVersion.objects.visible_to(request.actor, request.now)
    version = get_object_or_404(versions, standard=standard, number=number)
    response = HttpResponse(version.text, content_type="text/yaml; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{standard.key}-v{number}.yaml"
    )
    return response


@page(Permission.STANDARD_READ)
def standard_compare(request: TenantRequest, pk: int) -> HttpResponse:
    """Two versions side by side: ``?old=1&new=2``; the last two where none are named."""
    standard = _standard(request, pk)
    versions = list(versions_of(request.actor, request.now).filter(standard=standard))
    versions.sort(key=lambda version: -version.number)
    newest = _asked(versions, request.GET.get("new", "")) or _last(versions[:1])
    before = [version for version in versions if version.number < newest.number]
    oldest = _asked(versions, request.GET.get("old", "")) or next(iter(before), newest)
    texts = standards_of({oldest.pk, newest.pk})
    context = {
        "standard": standard,
        "versions": versions,
        "old": oldest,
        "new": newest,
        "comparison": comparison_of(texts[oldest.pk], texts[newest.pk]),
    }
    return render(request, "sla/compare.html", context)


def _standard(request: TenantRequest, pk: int) -> ServiceStandard:
    return get_object_or_404(ServiceStandard.objects.visible_to(request.actor), pk=pk)


def _chosen(versions: list[StandardVersion], number: int) -> StandardVersion:
    for version in versions:
        if version.number == number:
            return version
    raise Http404


def _asked(versions: list[StandardVersion], number: str) -> StandardVersion | None:
    if not number:
        return None
    if not number.isascii() or not number.isdigit():
        raise Http404
    return _chosen(versions, int(number[:9]))


def _last(versions: list[StandardVersion]) -> StandardVersion:
    if not versions:
        raise Http404
    return versions[-1]
