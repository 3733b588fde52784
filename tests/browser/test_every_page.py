"""Every page there is, in a real browser: nothing for axe to find, at both widths and themes.

The route table is walked, so a new page is looked at without being named here. The policy,
the console, other hosts and sideways scrolling are checked by :class:`Watch`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from people.roles import Permission, Role, permissions_of
from tests.access.furniture import FILLERS, LIKE, has_own_object
from tests.access.table import PERMISSION_OF, site_routes
from tests.browser.conftest import PHONE, WIDE
from tests.routes import Route

#: Nothing is being fetched any more, and what a script draws is drawn.
SETTLED = """() => document.readyState === 'complete'
  && !document.querySelector('.htmx-request, #field-main:not([data-drawn])')
  && document.getAnimations().every(one => one.playState !== 'running')"""
#: Only what is wrong is told: describing all that is right takes longer than finding it.
LOOK = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Rules that a theme or a width can break; the others were answered by the first look.
LOOKS = {
    "type": "rule",
    "values": [
        "color-contrast",
        "link-in-text-block",
        "scrollable-region-focusable",
        "target-size",
    ],
}
ROLES = {
    "admin": Role.ADMINISTRATOR,
    "boss": Role.GENERAL_MANAGER,
    "engineer": Role.ENGINEER,
    "agent": Role.AGENT,
    "client": Role.CLIENT_STAFF,
}
#: Addresses that answer with no page: parts for htmx, files, redirects, verbs.
NO_PAGE = re.compile(
    r"set_language|set_theme|healthz|tenant-css|tenant-logo|people:logo|pulse|presence|tickets:(live|earlier|clock"
    r"|attachment|preview|export|queue_marks|mine_marks|queue_filters|file_options|behalf_options"
    r"|pick_reply|work_panel|incident_act|work_checked|work_take_back|hand_over_list|bulk|view_delete|canned_reply_switch"
    r"|flow_version|flow_download|flow_compare)|clients:pick_"
    r"|field:(worker|manifest|icon|day|items)$"
    r"|documents:(make|open|download|again|signature)$"
    r"|notifications:(bell|read_all|open|mark$|dead_decide|mail$)"
    r"|mfa_(download|deactivate|view_recovery|generate_recovery|login|reauthenticate|authenticate|add_webauthn$)|account_logout$"
    r"|sla:(download|compare)$|_(deactivate|reactivate|end_sign_in|resume_sign_in)$|(_end|_close"
    r"|_reopen|shift_remove|revoke|resend|people:reactivate|deputy|deputy_of|absence_of|set_default|renew|session_end)$"
)
#: Pages that look different to another role.
SEEN_BY_MANY = {
    "tickets:detail": ("engineer", "client"),
    "notifications:inbox": ("engineer", "boss"),
    "people:settings": ("client",),
    "people:absences": ("engineer",),
    "sla:version": ("admin", "client"),
    "tickets:queue": ("agent",),
    "reports:dashboard": ("boss",),
    "reports:wall": ("boss",),
}


def pages() -> Iterator[tuple[str, Route]]:
    """Each page with who looks at it."""
    for route in site_routes():
        permission = PERMISSION_OF[route.name]
        if NO_PAGE.search(route.name) or permission == "public":
            continue
        able = [r for r, role in ROLES.items() if permission in permissions_of(role)]
        if permission == Permission.SIGNED_IN:
            able = ["client"]
        for role in SEEN_BY_MANY.get(route.name, able[:1]):
            yield role, route


def address(route: Route, things: dict[str, Any]) -> str | None:
    """Where the page is; None where there is nothing to show."""
    if route.holders and not has_own_object(route, things):
        values = {name: FILLERS.get(name) for name in route.holders}
        if "client_pk" in values:
            values["client_pk"] = things["clients:detail"]["pk"]
        if None in values.values():
            return None
        return reverse(route.name, kwargs=values)
    return reverse(route.name, kwargs=things.get(LIKE.get(route.name, route.name), {}))


def findings(page: Any, rules: Any) -> list[str]:
    """What these rules or tags of rules find, in words."""
    found = page.evaluate(LOOK, rules)
    return [
        f"{v['id']}: {node['html'][:160]} {node['failureSummary'][-160:]}"
        for v in found["violations"]
        for node in v["nodes"][:2]
    ]


def seen(page: Any, axe: str, path: str, *, theme: str, size: Any) -> list[str]:
    """Load the page in a theme and a size, and let axe look with all its rules."""
    # What was there need not be laid out anew. (An empty address would, like another site,
    # begin a new process, in which everything is slow again.)
    page.evaluate("document.body.replaceChildren()")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size(size)
    answer = page.goto(path)
    if answer is None or answer.status != 200:
        return [f"answers {answer and answer.status}"]
    # Parts that are still being fetched are dimmed until they are there.
    page.wait_for_function(SETTLED)
    page.evaluate(axe)
    return findings(page, RULES)


def look(page: Any, watch: Any, axe: str, path: str) -> list[str]:
    """What axe finds on the page: at a desk and on a phone, light and dark."""
    wrong = seen(page, axe, path, theme="light", size=WIDE)
    watch.fits_a_phone(page)
    wrong += findings(page, LOOKS)
    wrong += seen(page, axe, path, theme="dark", size=PHONE)
    page.set_viewport_size(WIDE)
    page.wait_for_function("innerWidth === 1440")
    wrong += findings(page, LOOKS)
    return [f"{path} {text}" for text in wrong]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("role", ROLES)
def test_axe_finds_nothing_on_the_pages_of(role, visit, watch, live_site, axe):
    page = visit(role, viewport=WIDE)
    wrong = []
    for who, route in pages():
        path = address(route, live_site.things) if who == role else None
        if path:
            wrong += look(page, watch, axe, path)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.timeout(300)
def test_axe_finds_nothing_for_who_is_not_signed_in(watch, axe):
    watch.allow("404")
    page = watch.open()
    wrong = []
    for path in ("/accounts/login/", "/accounts/password/reset/", "/api/docs/"):
        wrong += look(page, watch, axe, path)
    assert wrong == [], "\n".join(wrong)


def test_every_page_of_the_table_is_looked_at(live_site):
    seen = {r.name for _who, r in pages() if address(r, live_site.things)}
    missing = {r.name for _who, r in pages()} - seen
    assert missing <= {
        "sla:calendar",
        "sla:calendar_revise",
        "people:new_password",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
    }
