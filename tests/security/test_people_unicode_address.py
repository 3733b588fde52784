"""Row 18: addresses that become one another (Django CVE-2019-19844)."""

import pytest

from accounts.models import User
from people.models import Letter
from tests.accounts.hands import browser, is_in, log_in

pytestmark = pytest.mark.django_db
ASK = "/accounts/password/reset/"


@pytest.fixture
def mike(zhida):
    User.objects.filter(pk=zhida.engineer.user_id).update(email="mike@kit.example")
    return "mike@kit.example"


@pytest.mark.parametrize(
    "lookalike",
    [
        "mıke@kit.example",
        "mi\u212ae@kit.example",  # the Kelvin sign, which lower() makes a k
        "mike@\u212ait.example",
        "ｍike@kit.example",
        "mike@kit.example\u200b",
        "mike@kıt.example",
    ],
)
def test_whoever_asks_with_a_lookalike_gets_nothing_elsewhere(zhida, mike, lookalike):
    browser(zhida).post(ASK, {"email": lookalike})
    for letter in Letter.objects.all():
        assert letter.address == mike


@pytest.mark.parametrize("lookalike", ["mıke@kit.example", "ｍike@kit.example"])
def test_a_lookalike_does_not_sign_in(zhida, mike, lookalike):
    client = browser(zhida)
    log_in(client, lookalike)
    assert not is_in(client)


def test_addresses_are_kept_in_one_form(zhida):
    user = User.objects.create_user("  Mixed@Case.EXAMPLE ", "x", name="M")
    assert user.email == "mixed@case.example"
