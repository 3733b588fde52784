"""Rows 5, 11: what stands in an address (GLPI CVE-2025-24799, CVE-2026-26263 and more of its
kind: SQL; django-helpdesk GHSA-mxcg-7m22-x9pj: a list sorted by a mailbox's password).

The REST interface: ``tests/api/test_walls.py`` and ``test_schemathesis.py``.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django import forms
from django.conf import settings

from servicedesk.lib.forms import sensible_day
from tests.security.crawl import walk
from tests.security.site import Site, body_of
from tests.security.still import look, stop_the_clock

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawl")]
#: Quotes, templates and comments; days at the ends of time; numbers that are too large, or
#: none; what no text of PostgreSQL can hold. Of two, every other parameter gets the second.
PAYLOADS = (
    ("'\"\\%s%(x)s;--$$ || pg_sleep(9)",),
    ("9999-12-31", "0001-01-01"),
    ("9" * 18, "²"),
    ("\0",),
)
#: Read by the frame of every page, or by the libraries at the door.
FRAME = {"csrfmiddlewaretoken", "_"}
PATHS = ("-assignee__user__password", "client__note")


def asking(walked):
    """(address, parameters) of each page that looks for any."""
    for url, names in walked.asked.items():
        if names - FRAME and not url.startswith("/accounts/"):
            yield url, sorted(names - FRAME)


@pytest.mark.parametrize("role", ["admin", "client"])
def test_nothing_in_an_address_breaks_a_page(zhida, sign_in, role):
    pages = list(asking(walk(zhida, sign_in, role)))
    browser = Site(zhida, sign_in).browser(role)
    assert len(pages) > {"admin": 25, "client": 8}[role]
    for url, names in pages:
        for payload in PAYLOADS:
            query = {n: payload[i % len(payload)] for i, n in enumerate(names)}
            answer = browser.get(url, query)
            body_of(answer)
            assert answer.status_code < 500, (url, query)


def test_no_list_is_sorted_or_narrowed_by_what_it_does_not_offer(
    zhida, sign_in, monkeypatch
):
    pages = asking(walk(zhida, sign_in, "admin"))
    sorted_ones = [url for url, names in pages if {"sort", "order"} & set(names)]
    assert len(sorted_ones) >= 7
    browser = Site(zhida, sign_in).browser("admin")
    stop_the_clock(monkeypatch)
    for url in sorted_ones:
        plain = look(browser, [url])
        for path in PATHS:
            names = f"sort={path}&order={path}&una_sort={path}&{path}=1&_connector=OR"
            asked = look(browser, [f"{url}?{names}"])
            rows = [shown(answer) for answer in (*plain.values(), *asked.values())]
            assert rows[0] == rows[1], (url, path)


def shown(answer):
    """The rows of a list, without the links that carry the address on."""
    text = answer[2].decode()
    return [line for line in text.splitlines() if "row-link" in line]


def test_every_field_for_a_day_knows_where_days_end():
    bare = [
        f"{form.__qualname__}.{name}"
        for form in subclasses(forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, (forms.DateField, forms.DateTimeField))
        if sensible_day not in field.validators
    ]
    assert bare == [], "Give it validators=[sensible_day]."


def subclasses(cls):
    for one in cls.__subclasses__():
        if not one.__module__.startswith(("django.", "allauth.", "tests.")):
            yield one
        yield from subclasses(one)


def test_no_query_is_put_together_from_text():
    """Cursors take constants with places for values; ``raw``, ``extra`` are not used."""
    found = []
    for path in sorted(Path(settings.BASE_DIR).glob("[a-z]*/**/*.py")):
        relative = path.relative_to(settings.BASE_DIR)
        if relative.parts[0] in {"tests", "node_modules", "staticfiles"}:
            continue
        if "migrations" in relative.parts or relative.name == "rls.py":
            continue  # written by us, run once
        found += [
            f"{relative}:{node.lineno} {ast.unparse(node)[:80]}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and builds_sql(node)
        ]
    assert found == []


def builds_sql(call):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in {"raw", "extra", "RawSQL"} or getattr(call.func, "id", "") == "RawSQL":
        return True
    text = call.args[0] if call.args else None
    made = isinstance(text, (ast.JoinedStr, ast.BinOp))
    return name in {"execute", "executemany"} and made
