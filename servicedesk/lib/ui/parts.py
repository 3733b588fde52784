"""Tags for parts of pages: forms, pagers, tabs, stat cards, attachments. See docs."""

# ruff: noqa: A002, PLR0917 -- the arguments of a tag are its syntax in templates
from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from servicedesk.lib.ui import html
from servicedesk.lib.ui.forms import more_fields
from servicedesk.lib.ui.ids import next_id

register = template.Library()


def _query(context: Context, **changes: str | None) -> str:
    """The page's query string with some keys set, or taken away by None."""
    request = context.get("request")
    query: QueryDict = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, label: Any = "", css: str = "") -> dict[str, Any]:
    """{% field form.title %}: label, hint, control and errors of one field."""
    return {"field": bound, "label": label or bound.label, "css": css}


@register.inclusion_tag("components/form_fields.html")
def fields(form: BaseForm, only: str = "") -> dict[str, Any]:
    """{% fields form %}: all fields, those of ``form.more`` behind "more".

    ``only`` names some, in their order: {% fields form "name email" %}.
    """
    if only:
        return {"form": form, "shown": [form[name] for name in only.split()]}
    behind = more_fields(form)
    visible = form.visible_fields()
    more = [bound for bound in visible if bound.name in behind]
    return {
        "form": form,
        "hidden": form.hidden_fields(),
        "shown": [bound for bound in visible if bound.name not in behind],
        "more": more,
        "more_open": any(bound.errors for bound in more),
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """{% form_errors form %}: what is wrong, on top of the form, with links to fields."""
    return {
        "form": form,
        "wrong": [bound for bound in form if bound.errors and not bound.is_hidden],
        "hidden_wrong": [bound for bound in form.hidden_fields() if bound.errors],
    }


@register.inclusion_tag("components/form_actions.html")
def form_actions(
    label: Any,
    *,
    cancel: str = "",
    icon: str = "",
    tone: str = "primary",
    note: Any = "",
) -> dict[str, Any]:
    """{% form_actions _("Save") cancel=url %}: the one primary button, and a way back."""
    return {"label": label, "cancel": cancel, "icon": icon, "tone": tone, "note": note}


@register.inclusion_tag("components/severity_cards.html")
def severity_cards(bound: BoundField, choices: Iterable[Any]) -> dict[str, Any]:
    """{% severity_cards form.severity choices %}: SeverityChoice values as three cards."""
    chosen = bound.value()
    cards = [
        {"choice": choice, "checked": str(choice.value) == str(chosen)}
        for choice in choices
    ]
    return {"field": bound, "cards": cards}


@register.simple_tag(takes_context=True)
def sort_th(
    context: Context, key: str, label: Any, css: str = "", *, default: str = ""
) -> SafeString:
    """{% sort_th "due" _("Due") %}: a heading that sorts by ``?sort=due`` or ``-due``."""
    request = context.get("request")
    current = (request.GET.get("sort") if request else "") or default
    down = current == f"-{key}"
    active = down or current == key
    target = _query(context, sort=key if down or not active else f"-{key}", cursor=None)
    sign = (
        ("sort-descending" if down else "sort-ascending") if active else "arrows-sort"
    )
    order = ("descending" if down else "ascending") if active else "none"
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a class="th-sort" href="{}">'
        "{}{}</a></th>",
        css,
        order,
        target,
        label,
        html.icon(sign),
    )


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(
    context: Context,
    *,
    next: str = "",
    previous: str = "",
    total: Any = None,
) -> dict[str, Any]:
    """{% pager next=page.next_cursor previous=page.previous_cursor total=page.total %}."""
    return {
        "next_url": _query(context, cursor=next) if next else "",
        "previous_url": _query(context, cursor=previous) if previous else "",
        "first_url": _query(context, cursor=None),
        "total": total,
    }


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], label: Any = "") -> dict[str, Any]:
    """{% tabs views _("Queues") %}: items with url, label, active; count, icon, tone."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(
    context: Context, form: BaseForm, *, target: str = "", keep: str = ""
) -> dict[str, Any]:
    """{% filters form target="#list" %}: a GET form that goes with every change.

    ``keep`` names query keys that the form doesn't hold but must not lose.
    """
    request = context.get("request")
    query = request.GET if request else QueryDict()
    kept = [(key, query[key]) for key in keep.split() if key in query]
    return {
        "form": form,
        "target": target,
        "kept": kept,
        "active": any(query.get(bound.html_name) for bound in form),
        "clear_url": request.path if request else "",
        "clear_query": f"?{urlencode(kept)}" if kept else "",
        "id": next_id(context, "filters"),
    }


@register.inclusion_tag("components/announcer.html", takes_context=True)
def announcer(
    context: Context,
    topic: str,
    version: Any,
    *,
    url: str = "",
    target: str = "",
    marks: str = "",
) -> dict[str, Any]:
    """{% announcer "queue" version %}: says that a list has changed, never moves it.

    ``marks`` is an address that answers with the marks that the rows carry in ``data-mark``
    ("key:fingerprint") as they would be drawn now: {"marks": ["ZD-7:f0", …]}. With it the
    announcement says how many are new or changed, and is silent where none is.
    """
    request = context.get("request")
    return {
        "topic": topic,
        "version": version,
        "url": url or (request.get_full_path() if request else ""),
        "target": target,
        "marks": marks,
    }


@register.simple_tag
def live(topic: str, version: Any, url: str = "") -> SafeString:
    """Attributes of a part that renews itself: <div {% live "ticket:7" v url %}>."""
    return format_html(
        'data-topic="{}" data-version="{}" data-refresh-url="{}"', topic, version, url
    )


@register.inclusion_tag("components/stat.html")
def stat(
    label: Any,
    value: Any,
    *,
    url: str = "",
    tone: str = "",
    icon: str = "",
    hint: Any = "",
    unit: Any = "",
) -> dict[str, Any]:
    """{% stat _("Missed") 3 url=u tone="bad" icon="clock-exclamation" hint=_("today") %}.

    Nothing wrong is nothing to be alarmed at: a 0 in warn or bad is shown without tone.
    """
    calm = tone in {"warn", "bad"} and str(value) == "0"
    return {
        "label": label,
        "value": value,
        "url": url,
        "tone": "" if calm else tone,
        "icon": icon,
        "hint": hint,
        "unit": unit,
    }


@register.inclusion_tag("components/attachment.html")
def attachment(
    name: str, url: str, *, size: int | None = None, kind: str = "", preview: str = ""
) -> dict[str, Any]:
    """{% attachment a.name a.url size=a.size kind=a.content_type preview=a.preview_url %}."""
    return {
        "name": name,
        "url": url,
        "size": size,
        "icon": _file_icon(kind, name),
        "preview": preview,
    }


@register.inclusion_tag("components/confirm.html", takes_context=True)
def confirm(
    context: Context,
    url: str,
    label: Any,
    question: Any,
    *,
    text: Any = "",
    yes: Any = "",
    icon: str = "",
    css: str = "btn",
    tone: str = "danger",
) -> dict[str, Any]:
    """A button that asks once, naming what will happen, and then POSTs to ``url``."""
    return {
        "url": url,
        "label": label,
        "question": question,
        "text": text,
        "yes": yes or label,
        "icon": icon,
        "css": css,
        "tone": tone,
        "id": next_id(context, "confirm"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/progress.html")
def progress(
    value: Any, of: Any = 100, label: Any = "", *, tone: str = "", bare: bool = False
) -> dict[str, Any]:
    """{% progress 7 10 _("Steps done") %}: a bar with its words; ``bare``: the bar only."""
    return {"value": value, "of": of, "label": label, "tone": tone, "bare": bare}


@register.inclusion_tag("components/skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """{% skeleton 3 %}: what is shown while a part is fetched."""
    return {"lines": range(lines)}


@register.inclusion_tag("components/copy.html")
def copy(
    text: str, label: Any = "", *, shown: Any = "", css: str = "btn"
) -> dict[str, Any]:
    """{% copy url _("Copy link") %}: a button that puts the text on the clipboard."""
    return {"text": text, "label": label, "shown": shown, "css": css}


@register.simple_tag
def query(**pairs: Any) -> str:
    """{% query state="missed" tier=t %}: a query string for a figure that leads on."""
    return "?" + urlencode({key: value for key, value in pairs.items() if value})


@register.filter
def seconds(length: timedelta | None) -> int | None:
    """Whole seconds of a timedelta."""
    return None if length is None else int(length.total_seconds())


@register.simple_tag
def crumbs(*pairs: Any) -> SafeString:
    """{% crumbs url _("Clients") url2 client.name %}: the way here; no address, no link."""
    steps = zip(pairs[::2], pairs[1::2], strict=True)
    items = format_html_join(
        "",
        "<li>{}</li>",
        (
            (format_html('<a href="{}">{}</a>', url, text) if url else text,)
            for url, text in steps
        ),
    )
    return format_html(
        '<nav aria-label="{}"><ol class="crumbs">{}</ol></nav>',
        _("You are here"),
        items,
    )


@register.simple_tag
def chart_scripts() -> SafeString:
    """{% block scripts %}{% chart_scripts %}{% endblock %} on pages with charts."""
    return format_html(
        '<script src="{}" defer></script><script src="{}" type="module"></script>',
        static("vendor/chart.umd.min.js"),
        static("js/chart.js"),
    )


FILE_ICONS = (
    ("image/", "photo"),
    ("application/pdf", "file-text"),
    ("spreadsheet", "file-spreadsheet"),
    ("excel", "file-spreadsheet"),
    ("csv", "file-spreadsheet"),
    ("zip", "archive"),
    ("text/", "file-text"),
)


def _file_icon(kind: str, name: str) -> str:
    text = f"{kind} {name}".lower()
    return next((sign for part, sign in FILE_ICONS if part in text), "file")
