"""Row 17: links in mails made from a forged host (the class; no peer's number is confirmed)."""

import re

import pytest
from django.core import mail

from people import services
from people.models import Letter
from people.tasks import post_batch
from servicedesk.lib.now import database_now
from tests.accounts.hands import browser

pytestmark = pytest.mark.django_db(transaction=True)
ASK = "/accounts/password/reset/"
EMAIL = "engineer@zhida.example"
FORGED = [
    "evil.example",
    "zhida.localhost@evil.example",
    "zhida.localhost:80@evil",
    "a b",
    "",
]


@pytest.mark.parametrize("host", FORGED)
def test_a_foreign_host_is_refused_and_sends_nothing(world, host):
    client = browser(world.zhida)
    response = client.post(ASK, {"email": EMAIL}, headers={"host": host})
    assert response.status_code in (400, 404)
    with world.zhida.scope():
        assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "header",
    ["x-forwarded-host", "x-host", "forwarded", "x-original-url", "x-forwarded-server"],
)
def test_links_in_mails_begin_with_the_tenants_own_address(world, header):
    house = world.zhida
    client = browser(house)
    client.post(ASK, {"email": EMAIL}, headers={header: "evil.example"})
    with house.scope():
        services.invite(
            actor=house.actor("admin"),
            now=database_now(),
            email="n@new.example",
            role="engineer",
        )
    while post_batch(now=database_now()):
        pass
    assert len(mail.outbox) == 2
    for sent in mail.outbox:
        urls = re.findall(r"https?://\S+", sent.body)
        assert urls
        assert all(url.startswith("http://zhida.localhost:8000/") for url in urls)
        assert "evil" not in sent.message().as_string()


def test_the_port_of_the_request_does_not_get_into_the_mail(world):
    client = browser(world.zhida)
    client.post(ASK, {"email": EMAIL}, headers={"host": "zhida.localhost:6666"})
    post_batch(now=database_now())
    assert "6666" not in mail.outbox[-1].body
