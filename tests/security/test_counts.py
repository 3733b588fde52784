"""Row 4: counts, pages and tags as an oracle (ServiceNow CVE-2025-3648; RT CVE-2023-45024;
GLPI CVE-2026-32312): what others add changes no byte of what one is answered.
"""

from __future__ import annotations

import pytest

from clients.models import Contact, Equipment, Project
from tests.access.furniture import furnish
from tests.security.hostile import fill
from tests.security.site import Site
from tests.security.still import addresses, differences, look, stop_the_clock
from tickets import services

pytestmark = pytest.mark.django_db
#: What the operator of the platform answers for, not a tenant: how far its workers are.
PLATFORM = {"/reports/health/"}


@pytest.fixture
def site(zhida, sign_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Site(zhida, sign_in, furnish(zhida))


def lists(site, role):
    """The pages of no single thing that show what there is, and all of REST."""
    forms = (
        "/new",
        "/edit",
        "/invite",
        "/import",
        "/accounts/",
        "/me/",
        "/setup/tenant",
    )
    return [
        url
        for url in addresses(site, role)
        if url not in PLATFORM
        and not any(part in url for part in forms)
        and (url.startswith("/api/") or not any(sign.isdigit() for sign in url))
    ]


def test_another_tenants_rows_change_nothing(world, site, monkeypatch):
    admin, urls = site.browser("admin"), lists(site, "admin")
    stop_the_clock(monkeypatch)
    before = look(admin, urls)
    fill(world.other)
    with world.zhida.scope():
        assert differences(before, look(admin, urls)) == []


def test_another_clients_rows_change_nothing(site, monkeypatch):
    house = site.house
    now = stop_the_clock(monkeypatch)
    for path in ("tickets.search.MOST", "tickets.queries.found.LOOKED_AT"):
        monkeypatch.setattr(path, 3)
    monkeypatch.setattr("tickets.search.ticket_ids.__kwdefaults__", {"limit": 3})
    client, urls = site.browser("client_manager"), addresses(site, "client")
    before = look(client, urls)
    for number in range(5):
        services.file_ticket(
            actor=house.actor("rival"),
            now=now,
            client=house.rival_org,
            project=house.rival_project,
            title=f"Canary {number}",
            requester=house.people["rival"],
        )
        Contact.objects.create(client=house.rival_org, name=f"Canary {number}")
        Project.objects.create(client=house.rival_org, name=f"Canary {number}")
        Equipment.objects.create(
            client=house.rival_org, category="Canary", model=f"{number}"
        )
    found = before["/api/v1/tickets?q=canary"][2]
    assert house.ticket.number.encode() in found, "There has to be something to lose."
    assert differences(before, look(client, urls)) == []
