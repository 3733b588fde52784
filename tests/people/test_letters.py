"""Letters: sent at least once, with one Message-ID, for a day; then given up."""

from datetime import timedelta
from email import message_from_string

import pytest
from django.core import mail
from django.db import connections

from people import services
from people.letters import KINDS, NOTICES
from people.models import Letter, Session
from people.tasks import _CLAIM, FIRST_PAUSE, LEASE, post_batch, tidy
from servicedesk.lib import failpoints
from servicedesk.lib.now import database_now
from tests.sessions import beside
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


class BrokenError(Exception):
    """The mail server said no."""


@pytest.fixture
def house(world):
    return world.zhida


@pytest.fixture
def letter(house):
    with house.scope():
        return services.send_notice(
            membership=house.engineer,
            now=database_now(),
            what="password_changed",
            address="198.51.100.7",
        )


def stored(house, letter):
    with house.scope():
        return Letter.objects.get(pk=letter.pk)


@pytest.fixture
def broken(monkeypatch):
    def fail(self, *args, **kwargs):
        raise BrokenError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    return monkeypatch


def test_a_letter_is_sent_once(house, letter):
    assert post_batch(now=database_now()) == 1
    assert post_batch(now=database_now() + DAY) == 0
    (sent,) = mail.outbox
    assert sent.to == ["engineer@zhida.example"]
    assert "Your password was changed." in sent.body
    assert sent.extra_headers["Message-ID"] == f"<{letter.uid}@zhida.localhost>"
    assert stored(house, letter).state == Letter.State.SENT


def test_a_letter_that_fails_waits_and_tries_again_under_the_same_id(
    house, letter, broken
):
    now = database_now()
    post_batch(now=now)
    waiting = stored(house, letter)
    assert waiting.state == Letter.State.QUEUED
    assert waiting.last_error == "BrokenError: "
    assert waiting.wake_at >= now + FIRST_PAUSE
    broken.undo()
    assert post_batch(now=now) == 0
    assert post_batch(now=waiting.wake_at) == 1
    assert mail.outbox[-1].extra_headers["Message-ID"].startswith(f"<{letter.uid}@")


def test_after_a_day_it_is_given_up(house, letter, broken):
    post_batch(now=database_now() + DAY + timedelta(minutes=1))
    assert stored(house, letter).state == Letter.State.DEAD


def test_a_letter_whose_sender_died_is_taken_up_when_the_lease_ends(house, letter):
    now = database_now()
    with connections["system"].cursor() as cursor:
        cursor.execute(_CLAIM, ["0" * 32, now + LEASE, now, 20])
        assert len(cursor.fetchall()) == 1
    assert post_batch(now=now + LEASE / 2) == 0
    assert post_batch(now=now + LEASE) == 1


def test_a_worker_that_dies_while_sending_is_followed_under_the_same_id(
    house, letter, monkeypatch
):
    class Killed(BaseException):
        pass

    def die(point):
        if point == "letter.after_send":
            raise Killed

    now = database_now()
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "hit", die)
        with pytest.raises(Killed):
            post_batch(now=now)
    assert post_batch(now=now + LEASE / 2) == 0
    assert post_batch(now=now + LEASE) == 1
    ids = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
    assert ids == [f"<{letter.uid}@zhida.localhost>"] * 2
    assert stored(house, letter).state == Letter.State.SENT


def test_a_worker_that_was_overtaken_while_sending_does_not_mark(
    house, letter, monkeypatch
):
    def overtake(point):
        if point == "letter.after_send":
            with connections["system"].cursor() as cursor:
                cursor.execute("UPDATE people_letter SET lease = gen_random_uuid()")

    monkeypatch.setattr(failpoints, "hit", overtake)
    post_batch(now=database_now())
    assert stored(house, letter).state == Letter.State.QUEUED


def test_a_letter_that_another_worker_is_claiming_is_passed_over(house, letter):
    now = database_now()
    values = ["0" * 32, now + LEASE, now, 1]
    assert beside(_CLAIM, values, lambda: post_batch(now=now)) == 0
    assert mail.outbox == []


def test_it_is_sent_by_both_without_it(house, letter, monkeypatch):
    now = database_now()
    bare = _CLAIM.replace("FOR UPDATE SKIP LOCKED", "")
    monkeypatch.setattr("people.tasks._CLAIM", bare)
    values = ["0" * 32, now + LEASE, now, 1]
    assert beside(bare, values, lambda: post_batch(now=now)) == 1


def test_an_invitation_taken_back_before_it_was_sent_is_not_sent(house):
    with house.scope():
        invitation = services.invite(
            actor=house.actor("admin"),
            now=database_now(),
            email="nora@new.example",
            role="engineer",
        )
        services.revoke_invitation(
            actor=house.actor("admin"),
            now=database_now(),
            membership=invitation.membership,
        )
    assert post_batch(now=database_now()) == 1
    assert mail.outbox == []
    with house.scope():
        assert Letter.objects.get().state == Letter.State.DEAD


def test_hostile_names_stay_in_their_place(house):
    nasty = "Bob\r\nBcc: all@evil.example, <script>"
    with house.scope():
        type(house.engineer.user).objects.filter(pk=house.engineer.user_id).update(
            name=nasty
        )
        type(house.tenant).objects.filter(pk=house.tenant.pk).update(
            name="Zhida\r\nX-Evil: 1"
        )
        services.ask_new_password(
            now=database_now(), email=house.engineer.user.email, sent_from=None
        )
    post_batch(now=database_now())
    (sent,) = mail.outbox
    parsed = message_from_string(sent.message().as_string())
    assert parsed["To"] == "engineer@zhida.example"
    assert parsed["Bcc"] is None
    assert parsed["X-Evil"] is None
    assert "\n" not in str(parsed["Subject"])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
# An offered appointment needs an offer: tests/tickets/web/test_offers.py.
@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"appointment_offer"}))
def test_every_kind_can_be_written_in_both_languages(house, kind, language):
    now = database_now()
    params = {
        "what": "password_changed",
        "at": now.isoformat(),
        "until": now.isoformat(),
        "who": "operator@platform.example",
        "reason": "look",
    }
    with house.scope():
        if kind == "invitation":
            invitation = services.invite(
                actor=house.actor("admin"),
                now=now,
                email="nora@new.example",
                role="engineer",
            )
            letter = Letter.objects.get()
            assert letter.params["invitation"] == invitation.pk
        else:
            letter = services.queue_letter(
                now=now, kind=kind, membership=house.engineer, params=params
            )
        Letter.objects.filter(pk=letter.pk).update(language=language)
    assert post_batch(now=now) == 1
    (sent,) = mail.outbox
    assert "http://zhida.localhost:8000/" in sent.body
    assert "{{" not in sent.body


def test_every_notice_has_words(house):
    for what in NOTICES:
        with house.scope():
            services.send_notice(
                membership=house.engineer, now=database_now(), what=what, address=None
            )
    while post_batch(now=database_now()):
        pass
    assert len(mail.outbox) == len(NOTICES)


def test_tidying_up_forgets_what_is_over(house):
    Session.objects.create(
        session_key="old", session_data="", expire_date=FOUNDED, tenant=None
    )
    tidy()
    assert not Session.objects.filter(session_key="old").exists()
