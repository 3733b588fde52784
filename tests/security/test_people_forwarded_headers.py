"""Row 9: headers that anybody may send (Zammad CVE-2026-34720)."""

import pytest
from django.test import RequestFactory

from activity.models import Entry
from servicedesk.lib.peer import client_address, network_of
from tests.accounts.hands import browser, is_in, log_in

pytestmark = pytest.mark.django_db
SPOOFS = {
    "remote-user": "admin@zhida.example",
    "x-forwarded-user": "admin@zhida.example",
    "x-forwarded-for": "203.0.113.99",
    "x-real-ip": "203.0.113.99",
    "forwarded": "for=203.0.113.99",
    "x-forwarded-host": "other.localhost",
    "x-tenant": "other",
    "x-org-id": "2",
}


def test_nobody_is_signed_in_by_a_header(zhida):
    assert not is_in(browser(zhida, headers=SPOOFS))


def test_the_journal_and_the_limits_know_the_real_peer(zhida):
    email = zhida.engineer.user.email
    for number in range(11):
        client = browser(
            zhida,
            headers=SPOOFS | {"x-forwarded-for": f"203.0.113.{number}"},
            REMOTE_ADDR="198.51.100.7",
        )
        answer = log_in(client, email, "wrong")
    assert b"Too many failed attempts" in answer.content
    tries = Entry.objects.filter(verb__startswith="sign_in.")
    assert set(tries.values_list("address", flat=True)) == {"198.51.100.7"}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_only_what_our_own_proxy_wrote_is_believed(
    settings, proxies, forwarded, expected
):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get(
        "/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="10.0.0.1"
    )
    assert client_address(request) == expected


def test_an_ipv6_household_is_one_network():
    assert network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64"
    assert network_of("198.51.100.7") == "198.51.100.7"
    assert network_of(None) == "unknown"
