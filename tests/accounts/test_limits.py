"""Failed tries are limited, and the limit can't be turned against the person attacked."""

from datetime import timedelta

import pytest

from activity.models import Entry
from people import throttle
from people.models import Attempt
from servicedesk.lib.now import database_now
from tests.accounts.hands import browser, forget_cache, is_in, log_in, signed_in

pytestmark = pytest.mark.django_db
HERE, THERE = "198.51.100.7", "203.0.113.9"


def hammer(house, email, times, address=HERE):
    """Guess wrongly, from one place."""
    client = browser(house, REMOTE_ADDR=address)
    return [log_in(client, email, f"wrong {n}") for n in range(times)]


def closed(response) -> bool:
    return b"Too many failed attempts" in response.content


def test_after_ten_wrong_passwords_the_place_is_closed(zhida):
    email = zhida.engineer.user.email
    answers = hammer(zhida, email, 11)
    assert not any(closed(answer) for answer in answers[:10])
    assert closed(answers[10])
    assert closed(log_in(browser(zhida, REMOTE_ADDR=HERE), email))  # even the right one


def test_the_victim_still_gets_in_from_elsewhere(zhida):
    email = zhida.engineer.user.email
    hammer(zhida, email, 20)
    client = browser(zhida, REMOTE_ADDR=THERE)
    assert log_in(client, email).status_code == 302
    assert is_in(client)


def test_the_victim_still_gets_in_from_the_same_place_with_a_known_device(zhida):
    email = zhida.engineer.user.email
    client = signed_in(zhida, "engineer", REMOTE_ADDR=HERE)
    client.post("/accounts/logout/")
    hammer(zhida, email, 20)
    assert log_in(client, email).status_code == 302
    assert is_in(client)


def test_a_device_cookie_serves_one_account_only(zhida):
    client = signed_in(zhida, "colleague", REMOTE_ADDR=HERE)
    client.post("/accounts/logout/")
    email = zhida.engineer.user.email
    hammer(zhida, email, 20)
    assert closed(log_in(client, email))


def test_a_forged_device_cookie_is_none(zhida):
    email = zhida.engineer.user.email
    hammer(zhida, email, 20)
    client = browser(zhida, REMOTE_ADDR=HERE)
    client.cookies[throttle.DEVICE_COOKIE] = "eyJ3aG8iOiJ4In0:forged:signature"
    assert closed(log_in(client, email))


def test_a_known_device_may_not_guess_for_ever_either(zhida):
    email = zhida.engineer.user.email
    client = signed_in(zhida, "engineer", REMOTE_ADDR=HERE)
    client.post("/accounts/logout/")
    answers = [log_in(client, email, "wrong") for _ in range(11)]
    assert closed(answers[10])


def test_the_answer_is_the_same_for_an_address_nobody_has(zhida):
    known = hammer(zhida, zhida.engineer.user.email, 11, HERE)[10]
    unknown = hammer(zhida, "nobody@zhida.example", 11, THERE)[10]
    assert closed(known)
    assert closed(unknown)
    assert known.status_code == unknown.status_code


def test_one_place_may_fail_at_many_accounts_only_so_often(zhida, monkeypatch):
    monkeypatch.setattr(throttle, "PLACE_LIMIT", 5)
    answers = [hammer(zhida, f"p{n}@zhida.example", 1)[0] for n in range(7)]
    assert not closed(answers[4])
    assert closed(answers[5])
    other = hammer(zhida, "p9@zhida.example", 1, THERE)[0]
    assert not closed(other)


def test_a_right_password_takes_the_try_back(zhida):
    email = zhida.engineer.user.email
    for _ in range(15):
        client = browser(zhida, REMOTE_ADDR=HERE)
        assert log_in(client, email).status_code == 302
    assert not Attempt.objects.filter(failures__gt=0).exists()


def test_somebodys_right_passwords_do_not_clear_anothers_failures(zhida):
    victim = zhida.engineer.user.email
    hammer(zhida, victim, 9)
    signed_in(zhida, "colleague", REMOTE_ADDR=HERE)
    answers = hammer(zhida, victim, 2)
    assert closed(answers[1])


def test_the_count_outlives_the_cache(zhida):
    email = zhida.engineer.user.email
    hammer(zhida, email, 10)
    forget_cache()
    assert closed(hammer(zhida, email, 1)[0])


def test_the_place_opens_again_after_a_quarter_of_an_hour(zhida):
    email = zhida.engineer.user.email
    hammer(zhida, email, 12)
    Attempt.objects.update(
        since_at=throttle_past(), expires_at=throttle_past() + throttle.WINDOW
    )
    assert not closed(hammer(zhida, email, 1)[0])


def throttle_past():
    return database_now() - throttle.WINDOW - timedelta(seconds=1)


def test_failures_of_members_are_journalled_and_no_others(zhida):
    hammer(zhida, zhida.engineer.user.email, 10)
    hammer(zhida, "nobody@zhida.example", 3)
    failed = Entry.objects.filter(verb="sign_in.failed")
    assert failed.count() == 9
    assert Entry.objects.filter(verb="sign_in.closed").count() == 1
    assert {entry.object_id for entry in failed} == {zhida.engineer.pk}
    assert {entry.actor_user_id for entry in failed} == {None}
    assert not Entry.objects.filter(object_label__contains="nobody").exists()


def test_addresses_of_one_household_are_one_place(zhida):
    email = zhida.engineer.user.email
    for n in range(10):
        hammer(zhida, email, 1, f"2001:db8:1:2::{n:x}")
    assert closed(hammer(zhida, email, 1, "2001:db8:1:2:ffff::1")[0])
    assert not closed(hammer(zhida, email, 1, "2001:db8:1:3::1")[0])


def test_old_counts_are_forgotten(zhida):
    hammer(zhida, "nobody@zhida.example", 1)
    now = throttle_past() + 3 * throttle.WINDOW
    assert throttle.sweep(now=now) == 2
    assert not Attempt.objects.exists()


def test_a_try_that_ends_in_an_error_is_counted_all_the_same(zhida, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("in the middle")

    email = zhida.engineer.user.email
    client = browser(zhida, REMOTE_ADDR=HERE, raise_request_exception=False)
    with monkeypatch.context() as patch:
        patch.setattr("people.authentication.MembershipBackend.authenticate", fail)
        for _ in range(10):
            assert log_in(client, email).status_code == 500
    assert closed(log_in(client, email))
