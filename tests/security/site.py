"""The whole site as the tests of security walk it: every address, with something at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

from people.roles import permissions_of
from tests.access.furniture import address, furnish, has_own_object
from tests.access.table import PERMISSION_OF, site_routes
from tests.world import House

#: Asking for them ends the session, or needs more than one's own things.
LEFT_OUT = {"account_logout"}


@dataclass(frozen=True)
class Page:
    """An address that somebody may open: a page, or one that only takes forms."""

    name: str
    url: str
    role: str
    browser: Client

    def get(self, **query: Any) -> HttpResponseBase:
        """Open it."""
        return self.browser.get(self.url, query)


class Site:
    """A tenant's site with one object of every kind, and a browser for each person."""

    def __init__(
        self, house: House, sign_in: Callable[[House, str], Client], things: Any = None
    ) -> None:
        self.house = house
        self.things = things or furnish(house)
        self._sign_in = sign_in
        self._browsers: dict[str, Client] = {}

    def browser(self, role: str) -> Client:
        """A browser in which somebody is signed in."""
        if role not in self._browsers:
            self._browsers[role] = self._sign_in(self.house, role)
        return self._browsers[role]

    def pages(self, role: str) -> Iterator[Page]:
        """Every address that a person may use, filled with what is there."""
        given = permissions_of(self.house.people[role].role) | {"public"}
        for route in site_routes():
            fits = not route.holders or has_own_object(route, self.things)
            if PERMISSION_OF[route.name] not in given or route.name in LEFT_OUT:
                continue
            if fits:
                url = address(route, self.things)
                yield Page(route.name, url, role, self.browser(role))


def body_of(answer: HttpResponseBase) -> bytes:
    """What an answer says, streamed or not."""
    if answer.streaming:
        return b"".join(answer.streaming_content)
    return answer.content


#: Addresses below /api/v1/ that anybody who is signed in may read, and those of a ticket.
ROOMS = (
    *("me", "tickets", "events", "clients", "sites", "contacts", "projects"),
    *("equipment", "people", "departments", "standards", "escalations"),
)
OF_TICKET = ("", "/clocks", "/events", "/followers", "/attachments", "/escalations")


def rooms(number: str) -> list[str]:
    """Every list of the REST interface, and a ticket with all that belongs to it."""
    return [f"/api/v1/{room}" for room in ROOMS] + [
        f"/api/v1/tickets/{number}{tail}" for tail in OF_TICKET
    ]
