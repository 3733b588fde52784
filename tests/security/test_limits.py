"""ASVS 2.4.1: calls without end. One token's, and a tenant's with many tokens."""

from __future__ import annotations

import pytest

from servicedesk.lib.rest import RateLimit
from tests.api.conftest import call  # noqa: F401 - the fixture
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few(settings, monkeypatch):
    """Two calls a minute for a token, five for a tenant, in a minute that does not end."""
    settings.API_CALLS_PER_MINUTE = 2
    monkeypatch.setattr(RateLimit, "tenant_share", 2.5)
    monkeypatch.setattr(RateLimit, "minute", lambda _self: -7)


def test_a_tenant_with_many_tokens_crowds_nobody_out(call, world: World):  # noqa: F811
    neighbour = call("admin", world.other)
    answers = [call("agent").get("me") for _ in range(5)]
    assert {one.status_code for one in answers} == {200}, "Each by a token of its own."
    refused = call("engineer").get("me")
    assert refused.status_code == 429
    assert refused.json()["code"] == "throttled"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert neighbour.get("me").status_code == 200


def test_sessions_count_as_tokens_do(world: World, sign_in):
    browser = sign_in(world.zhida, "agent")
    statuses = [browser.get("/api/v1/me").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
