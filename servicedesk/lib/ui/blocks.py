"""Tags that wrap content: menus, dialogs, facts, messages, charts. See docs for the use."""

# ruff: noqa: A002, PLR0917 -- the arguments of a tag are its syntax in templates
from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from servicedesk.lib.ui import html
from servicedesk.lib.ui.ids import next_id

register = template.Library()

BANNER_ICONS = {
    "info": "info-circle",
    "ok": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-circle",
    "mute": "info-circle",
}


def render(context: Context, name: str, data: dict[str, Any]) -> SafeString:
    """A component's template with the page's context underneath."""
    engine = context.template.engine  # type: ignore[union-attr]
    with context.push(**data):
        return SafeString(
            engine.get_template(f"components/{name}.html").render(context)
        )


@register.simple_block_tag(takes_context=True)
def menu(
    context: Context,
    content: str,
    label: Any,
    icon: str = "",
    css: str = "btn",
    *,
    only_icon: bool = False,
) -> SafeString:
    """{% menu _("More") icon="dots" %}<a class="dropdown-item" …>…</a>{% endmenu %}."""
    data = {
        "content": content,
        "label": label,
        "icon": icon,
        "css": css,
        "only_icon": only_icon,
        "id": next_id(context, "menu"),
    }
    return render(context, "menu", data)


@register.simple_block_tag(takes_context=True)
def dialog(
    context: Context,
    content: str,
    id: str,
    title: Any,
    size: str = "",
) -> SafeString:
    """{% dialog "assign" _("Assign") %}…{% enddialog %}, opened by {% opens "assign" %}.

    ``size``: sm, lg.
    """
    data = {"content": content, "id": id, "title": title, "size": size}
    return render(context, "dialog", data)


@register.simple_tag
def opens(id: str) -> SafeString:
    """Attributes of a button that opens a dialog: <button {% opens "assign" %}>."""
    return format_html('type="button" popovertarget="{}" aria-haspopup="dialog"', id)


@register.simple_block_tag(takes_context=True)
def banner(
    context: Context, content: str, tone: str = "info", title: Any = "", icon: str = ""
) -> SafeString:
    """{% banner "warn" _("Nobody has this role") %}what to do{% endbanner %}."""
    data = {
        "content": content,
        "tone": tone,
        "title": title,
        "icon": icon or BANNER_ICONS.get(tone, "info-circle"),
    }
    return render(context, "banner", data)


@register.simple_block_tag(takes_context=True)
def card(
    context: Context,
    content: str,
    title: Any = "",
    *,
    icon: str = "",
    css: str = "",
    flush: bool = False,
    actions: Any = "",
    id: str = "",
) -> SafeString:
    """{% card _("Facts") %}…{% endcard %}; flush=True for tables and lists in it."""
    data = {
        "content": content,
        "title": title,
        "icon": icon,
        "css": css,
        "flush": flush,
        "actions": actions,
        "id": id or next_id(context, "card"),
    }
    return render(context, "card", data)


@register.simple_block_tag
def facts(content: str, css: str = "") -> SafeString:
    """{% facts %}{% fact _("Client") %}…{% endfact %}{% endfacts %}."""
    return format_html('<dl class="facts {}">{}</dl>', css, SafeString(content))


@register.simple_block_tag
def fact(content: str, label: Any) -> SafeString:
    """One line of facts; an empty value is shown as a dash."""
    value = SafeString(content) if content.strip() else "–"
    return format_html('<div class="fact"><dt>{}</dt><dd>{}</dd></div>', label, value)


@register.simple_block_tag(takes_context=True)
def message(
    context: Context,
    content: str,
    author: Any,
    at: Any,
    kind: str = "reply",
    *,
    role: Any = "",
    recorded_at: Any = None,
    channel: Any = "",
    id: str = "",
) -> SafeString:
    """A message of the conversation: kind "ours", "theirs" or "note" (internal)."""
    data = {
        "content": content,
        "author": author,
        "at": at,
        "kind": kind,
        "role": role,
        "recorded_at": recorded_at,
        "channel": channel,
        "id": id,
    }
    return render(context, "message", data)


@register.simple_block_tag(takes_context=True)
def event(
    context: Context,
    content: str,
    at: Any,
    icon: str = "point-filled",
    *,
    who: Any = "",
    tone: str = "mute",
    recorded_at: Any = None,
) -> SafeString:
    """A line between messages: {% event e.at "user-plus" who=e.actor %}…{% endevent %}."""
    data = {
        "content": content,
        "at": at,
        "icon": icon,
        "who": who,
        "tone": tone,
        "recorded_at": recorded_at,
    }
    return render(context, "event", data)


@register.simple_block_tag
def folded(content: str, summary: Any) -> SafeString:
    """Event lines folded into one: {% folded _("6 events") %}…{% endfolded %}."""
    return format_html(
        '<details class="folded"><summary>{}{}</summary>{}</details>',
        html.icon("dots"),
        summary,
        SafeString(content),
    )


@register.simple_block_tag(takes_context=True)
def chart(
    context: Context,
    content: str,
    title: Any,
    kind: str = "bar",
    *,
    unit: Any = "",
    stacked: bool = False,
    tall: bool = False,
) -> SafeString:
    """{% chart _("Promises kept") "line" unit="%" %}<table>…</table>{% endchart %}.

    The table is the data: first column labels, every further column a series.
    """
    data = {
        "content": content,
        "title": title,
        "kind": kind,
        "unit": unit,
        "stacked": stacked,
        "tall": tall,
        "id": next_id(context, "chart"),
    }
    return render(context, "chart", data)


@register.simple_block_tag(takes_context=True)
def empty(
    context: Context,
    content: str,
    title: Any,
    icon: str = "inbox",
    *,
    url: str = "",
    action: Any = "",
) -> SafeString:
    """{% empty _("No tickets yet") "ticket" url=u action=_("File one") %}…{% endempty %}."""
    data = {
        "content": content,
        "title": title,
        "icon": icon,
        "url": url,
        "action": action,
    }
    return render(context, "empty", data)


@register.simple_block_tag(takes_context=True)
def bulk(context: Context, content: str, action: str, *, noun: Any = "") -> SafeString:
    """A form around a table with ticks: the bar with its buttons appears with the first.

    {% bulk url %}{% bulkbar %}<button …>{% endbulkbar %}<table>…</table>{% endbulk %}
    """
    data = {"content": content, "action": action, "noun": noun}
    return render(context, "bulk", data)


@register.simple_block_tag(takes_context=True)
def bulkbar(context: Context, content: str) -> SafeString:
    """The buttons of the bar, inside {% bulk %}."""
    return render(context, "bulkbar", {"content": content})
