"""A site on which time stands still: what differs between two looks was told by somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from servicedesk.lib.now import database_now
from tenants.scope import tenant_scope
from tests.security.site import Site, body_of, rooms

#: Made anew for every answer, and telling nothing.
TOKENS = re.compile(rb'(csrfmiddlewaretoken" value=|X-CSRFToken": ?|"csrf": )"[^"]+"')
#: Headers that are the caller's own business.
OWN = {"Content-Length", "Set-Cookie", "Expires"}
#: The pulse tells the time, by another clock; and it answers with or without the middleware.
PULSE = re.compile(rb'"now": "[^"]+"')


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Every request from now on is made at one instant."""
    instant = database_now() + timedelta(seconds=1)

    @contextmanager
    def scope(tenant_id: int) -> Iterator[datetime]:
        with tenant_scope(tenant_id):
            yield instant

    monkeypatch.setattr("servicedesk.middleware.tenant_scope", scope)
    return instant


def look(browser: Client, urls: list[str]) -> dict[str, tuple[Any, ...]]:
    """What a person is answered: status, headers and body of each address."""
    found = {}
    for url in urls:
        answer = browser.get(url)
        headers = {k: v for k, v in answer.headers.items() if k not in OWN}
        body = TOKENS.sub(b"", body_of(answer))
        if url.startswith("/pulse"):
            headers, body = {}, PULSE.sub(b"", body)
        found[url] = (answer.status_code, headers, body)
    return found


def addresses(site: Site, role: str) -> list[str]:
    """Every address of a person, lists narrowed by words too."""
    pages = [page.url for page in site.pages(role)]
    words = ["/tickets/search?q=canary", "/api/v1/tickets?q=canary"]
    topics = f"/pulse?topics=me,queue,ticket:{site.house.ticket.number}/client"
    return [*pages, *rooms(site.house.ticket.number), *words, topics]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The addresses whose answers differ."""
    return [url for url, answer in before.items() if after[url] != answer]
