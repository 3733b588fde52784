"""Row 3: what is ours reaches no client (Zammad CVE-2026-34248): not as words, not in a file,
a message or an export; and that something was written is nothing they could count.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from notifications.models import Message
from notifications.render import render
from people.roles import CLIENT_ROLES
from tests.security.crawl import walk
from tests.security.hostile import CANARY, fill
from tests.security.site import Site, body_of
from tests.security.still import addresses, differences, look, stop_the_clock
from tickets import services

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawl")]


@pytest.fixture
def site(zhida, sign_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Site(zhida, sign_in, fill(zhida))


def test_no_answer_to_a_client_holds_what_is_ours(zhida, sign_in):
    seen = walk(zhida, sign_in, "client").seen
    assert [one.url for one in seen if CANARY in one.text] == []
    ours = walk(zhida, sign_in, "admin").seen
    assert sum(CANARY in one.text for one in ours) > 40, "It has to be there for us."


def test_no_message_file_or_export_does(site):
    house, client = site.house, site.browser("client_manager")
    messages = Message.objects.filter(recipient__role__in=CLIENT_ROLES)
    assert messages.exists()
    for message in messages:
        words = render(message.kind, message.params)
        assert CANARY not in f"{message.params} {words.title} {words.lines}"
    for name in ("csv", "xlsx"):
        export = body_of(client.get(reverse("tickets:export", args=[name])))
        assert len(export) > 100
        assert CANARY.encode() not in export
    hidden = house.ticket.attachments.get(internal=True)
    for url in (f"/tickets/files/{hidden.pk}", f"/api/v1/attachments/{hidden.pk}"):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("words", [CANARY, "4417"])
def test_nobody_finds_by_words_that_they_may_not_read(site, words):
    client = site.browser("client_manager")
    pages = (f"/tickets/search?q={words}", f"/tickets/mine?q={words}")
    for url in pages:
        assert site.house.ticket.number not in client.get(url).content.decode()
    rest = ("tickets", "contacts", "projects", "sites", "equipment")
    for room in rest:
        found = client.get(f"/api/v1/{room}?q={words}")
        assert found.status_code == 400 or found.json()["results"] == [], room
    picked = client.get(reverse("clients:pick_contact"), {"q": words})
    assert picked.json()["results"] == []


def test_that_something_internal_was_written_changes_no_byte(site, monkeypatch):
    house, client = site.house, site.browser("client")
    urls = [*addresses(site, "client"), f"/tickets/{house.ticket.number}/live?after=0"]
    now = stop_the_clock(monkeypatch)
    before = look(client, urls)
    agent = {"actor": house.actor("agent"), "now": now, "ticket": house.ticket}
    services.add_note(**agent, body="Grumpy caller")
    services.follow(**agent, membership=house.people["elsewhere"])
    after = look(client, urls)
    assert differences(before, after) == []
    services.reply(**agent, body="We are coming.")
    theirs = [
        f"{room}/{house.ticket.number}" for room in ("/tickets", "/api/v1/tickets")
    ]
    told = look(client, theirs)
    assert differences({url: before[url] for url in theirs}, told) == theirs
