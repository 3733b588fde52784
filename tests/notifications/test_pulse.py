"""The pulse: cheap, permission-checked, true again after Redis was gone."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from people.actors import system_actor
from people.models import Membership
from servicedesk.lib import line, pulse
from servicedesk.lib.now import database_now
from servicedesk.topics import database_versions
from tickets.models import Ticket

NUMBER = "ZD-2026-000001"


@pytest.fixture
def ticket(zhida):
    now = database_now()
    return Ticket.objects.create(
        number=NUMBER,
        client=zhida.client_org,
        requester=zhida.client,
        department=zhida.department,
        title="No picture",
        symptom="Black",
        kind="fault",
        channel="web",
        severity=1,
        severity_asked=1,
        state="new",
        tier="general",
        received_at=now,
        updated_at=now,
        standard_version=zhida.version,
    )


@pytest.fixture
def gone(settings):
    """Redis is away; calling it brings it back."""

    def move(where):
        settings.CACHES = settings.CACHES | {
            "default": settings.CACHES["default"] | {"LOCATION": where}
        }
        line.reset()

    real = settings.CACHES["default"]["LOCATION"]
    move("unix:///nowhere/redis.sock?db=1")
    return lambda: move(real)


def ask(browser, *topics):
    return browser.get(reverse("pulse"), {"topics": ",".join(topics)})


class TestNumbers:
    def test_a_change_gives_a_topic_another_number(
        self, zhida, django_capture_on_commit_callbacks
    ):
        tenant_id = zhida.tenant.pk
        before = pulse.versions(["queue", "health"], tenant_id=tenant_id)
        with django_capture_on_commit_callbacks(execute=True):
            pulse.bump(["queue"], tenant_id=tenant_id)
            assert (
                pulse.versions(["queue"], tenant_id=tenant_id)["queue"]
                == before["queue"]
            )
        after = pulse.versions(["queue", "health"], tenant_id=tenant_id)
        assert after["queue"] > before["queue"]
        assert after["health"] == before["health"]

    def test_a_change_that_is_rolled_back_says_nothing(
        self, zhida, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
            pulse.bump(["queue"], tenant_id=zhida.tenant.pk)
            transaction.set_rollback(True)
        assert callbacks == []

    def test_tenants_do_not_hear_each_other(self, world, zhida):
        before = pulse.versions(["queue"], tenant_id=zhida.tenant.pk)
        pulse.bump_now(["queue"], tenant_id=world.other.tenant.pk)
        assert pulse.versions(["queue"], tenant_id=zhida.tenant.pk) == before

    def test_emptied_redis_makes_every_page_look_again(self, zhida):
        before = pulse.versions(["queue"], tenant_id=zhida.tenant.pk)
        time.sleep(0.002)
        cache.clear()
        after = pulse.versions(["queue"], tenant_id=zhida.tenant.pk)
        assert after != before
        assert pulse.versions(["queue"], tenant_id=zhida.tenant.pk) == after

    def test_what_was_lost_while_redis_was_away_is_looked_for(self, zhida, gone):
        back = gone
        back()
        before = pulse.versions(["queue", "health"], tenant_id=zhida.tenant.pk)
        line._line.rests_until = time.monotonic() + 60
        pulse.bump_now(["queue"], tenant_id=zhida.tenant.pk)
        line._line.rests_until = 0
        after = pulse.versions(["queue", "health"], tenant_id=zhida.tenant.pk)
        assert after["queue"] > before["queue"]
        assert after["health"] > before["health"]  # nobody knows what else was lost

    def test_a_part_knows_whether_it_is_as_new_as_the_topic(self, zhida):
        tenant_id, now = zhida.tenant.pk, database_now()
        shown = pulse.drawn("queue", tenant_id=tenant_id, instant=now)
        assert shown == str(pulse.versions(["queue"], tenant_id=tenant_id)["queue"])
        pulse.bump_now(["queue"], tenant_id=tenant_id)
        assert pulse.drawn("queue", tenant_id=tenant_id, instant=now) == pulse.NEVER
        later = now + timedelta(seconds=5)
        assert pulse.drawn("queue", tenant_id=tenant_id, instant=later) != pulse.NEVER

    def test_without_redis_nothing_raises(self, zhida, gone):
        tenant_id = zhida.tenant.pk
        pulse.bump_now(["queue"], tenant_id=tenant_id)
        assert pulse.versions(["queue"], tenant_id=tenant_id) is None
        assert (
            pulse.drawn("queue", tenant_id=tenant_id, instant=database_now())
            == pulse.NEVER
        )
        pulse.enter("presence:x", tenant_id=tenant_id, member=1, name="Li")
        assert pulse.present("presence:x", tenant_id=tenant_id) == []


class TestEndpoint:
    def test_it_answers_the_time_and_the_numbers(self, zhida, sign_in):
        answer = ask(sign_in(zhida, "engineer"), "me", "queue")
        assert answer.status_code == 200
        found = answer.json()
        assert set(found) == {"now", "every", "me", "queue"}
        assert abs(datetime.fromisoformat(found["now"]) - database_now()) < timedelta(
            seconds=5
        )
        assert answer["Cache-Control"] == "no-store"

    def test_within_a_minute_it_asks_no_database(
        self, zhida, sign_in, ticket, django_assert_num_queries
    ):
        browser = sign_in(zhida, "engineer")
        topics = ("me", "queue", f"ticket:{NUMBER}", f"presence:{NUMBER}")
        first = ask(browser, *topics).json()
        with django_assert_num_queries(0):
            second = ask(browser, *topics).json()
        assert set(second) == set(first)
        assert all(second[topic] == first[topic] for topic in topics)
        skew = datetime.fromisoformat(second["now"]) - datetime.fromisoformat(
            first["now"]
        )
        assert timedelta() < skew < timedelta(seconds=5)

    def test_a_change_is_seen_without_the_database(
        self, zhida, sign_in, django_assert_num_queries
    ):
        browser = sign_in(zhida, "engineer")
        first = ask(browser, "queue").json()
        pulse.bump_now(["queue"], tenant_id=zhida.tenant.pk)
        with django_assert_num_queries(0):
            assert ask(browser, "queue").json()["queue"] != first["queue"]

    def test_whoever_is_not_signed_in_hears_nothing(self, zhida, client):
        answer = client.get(reverse("pulse"), {"topics": "queue"}, HTTP_HOST=zhida.host)
        assert answer.status_code == 302

    def test_after_signing_out_nothing_is_heard(self, zhida, sign_in):
        browser = sign_in(zhida, "engineer")
        ask(browser, "queue")
        browser.logout()
        assert ask(browser, "queue").status_code == 302

    def test_a_grant_ends_with_its_minute(self, zhida, sign_in, monkeypatch):
        browser = sign_in(zhida, "engineer")
        ask(browser, "queue")
        Membership.objects.filter(pk=zhida.engineer.pk).update(is_active=False)
        assert ask(browser, "queue").status_code == 200
        later = time.time() + 46
        monkeypatch.setattr("servicedesk.pulse.time.time", lambda: later)
        assert ask(browser, "queue").status_code == 302

    def test_a_grant_is_of_one_session_and_one_tenant(self, world, zhida, sign_in):
        browser = sign_in(zhida, "engineer")
        ask(browser, "queue")
        cookie = browser.cookies["session"].value
        for host, value in (
            (world.other.host, cookie),
            (zhida.host, cookie[:-1] + "x"),
        ):
            browser.cookies["session"] = value
            assert (
                browser.get(
                    reverse("pulse"), {"topics": "queue"}, HTTP_HOST=host
                ).status_code
                == 302
            )

    @pytest.mark.parametrize(
        ("name", "topics", "granted"),
        [
            (
                "engineer",
                {"me", "queue", "dashboard", "health", "nonsense"},
                {"me", "queue"},
            ),
            ("manager", {"queue", "dashboard", "health"}, {"queue", "dashboard", "me"}),
            (
                "admin",
                {"queue", "dashboard", "health"},
                {"queue", "dashboard", "health", "me"},
            ),
            (
                "client",
                {"queue", "dashboard", "health", "client:999999", "me:999999"},
                {"me"},
            ),
        ],
    )
    def test_forbidden_and_unknown_topics_are_both_absent(
        self, zhida, sign_in, name, topics, granted
    ):
        browser = sign_in(zhida, name)
        for _ in range(2):  # from the view, then from Redis
            assert set(ask(browser, *topics).json()) - {"now", "every"} == granted

    def test_a_client_hears_of_its_own_organisation(self, zhida, sign_in):
        own, rival = (f"client:{o.pk}" for o in (zhida.client_org, zhida.rival_org))
        found = ask(sign_in(zhida, "client"), own, rival).json()
        assert own in found
        assert rival not in found
        assert own not in ask(sign_in(zhida, "engineer"), own).json()

    @pytest.mark.parametrize(
        ("name", "granted"),
        [
            (
                "engineer",
                {f"ticket:{NUMBER}", f"ticket:{NUMBER}/client", f"presence:{NUMBER}"},
            ),
            ("client", {f"ticket:{NUMBER}/client"}),
            ("elsewhere", set()),
            ("rival", set()),
        ],
    )
    def test_a_ticket_is_heard_by_who_may_see_it(
        self, zhida, sign_in, ticket, name, granted
    ):
        topics = [
            *(
                f"{kind}:{NUMBER}{side}"
                for kind in ("ticket", "presence")
                for side in ("", "/client")
            ),
            "ticket:ZD-2026-999999",
            "ticket:' OR 1=1",
        ]
        found = ask(sign_in(zhida, name), *topics).json()
        assert set(found) - {"now", "every", "me"} == granted

    def test_no_topics_and_too_many_are_no_error(self, zhida, sign_in):
        browser = sign_in(zhida, "engineer")
        assert set(ask(browser).json()) == {"now", "every", "me"}
        assert (
            ask(browser, *(f"t{n}" for n in range(500)), "x" * 3000).status_code == 200
        )
        assert browser.get(reverse("pulse")).status_code == 200
        assert browser.post(reverse("pulse")).status_code == 405

    def test_without_redis_the_database_answers_and_pages_ask_less_often(
        self, zhida, sign_in, ticket, gone
    ):
        browser = sign_in(zhida, "engineer")
        topics = ("me", "queue", f"ticket:{NUMBER}", f"presence:{NUMBER}")
        first = ask(browser, *topics).json()
        assert first["every"] > 10
        assert ask(browser, *topics).json() | {"now": ""} == first | {"now": ""}
        Ticket.objects.update(updated_at=database_now(), last_seq=2)
        second = ask(browser, *topics).json()
        assert second["queue"] != first["queue"]
        assert second[f"ticket:{NUMBER}"] != first[f"ticket:{NUMBER}"]
        assert second["me"] == first["me"]
        gone()
        third = ask(browser, *topics).json()
        assert all(third[topic] != second[topic] for topic in topics[:3])

    def test_internal_work_is_nothing_a_client_could_count(self, zhida, ticket):
        keys = [f"ticket:{NUMBER}/client", f"client:{zhida.client_org.pk}"]
        before = database_versions(keys)
        Ticket.objects.update(updated_at=database_now(), last_seq=9)
        assert database_versions(keys) == before
        assert system_actor(zhida.tenant.pk).client_id is None


class TestPresence:
    def test_colleagues_see_who_else_has_it_open(self, zhida, sign_in, ticket):
        engineer, colleague = sign_in(zhida, "engineer"), sign_in(zhida, "colleague")
        part = reverse("presence", args=[NUMBER])
        first = ask(engineer, f"presence:{NUMBER}").json()
        assert first[f"presence:{NUMBER}"] == 0
        assert "Engineer" not in engineer.get(part).content.decode()
        ask(colleague, f"presence:{NUMBER}")
        assert ask(engineer, f"presence:{NUMBER}").json()[f"presence:{NUMBER}"] != 0
        page = engineer.get(part).content.decode()
        assert "Colleague of zhida" in page
        assert "Engineer of zhida" not in page

    def test_it_fades_when_nobody_asks_any_more(
        self, zhida, sign_in, ticket, monkeypatch
    ):
        ask(sign_in(zhida, "colleague"), f"presence:{NUMBER}")
        later = time.time() + pulse.PRESENCE + 1
        monkeypatch.setattr("servicedesk.lib.pulse.time.time", lambda: later)
        assert pulse.present(f"presence:{NUMBER}", tenant_id=zhida.tenant.pk) == []

    def test_clients_neither_see_it_nor_are_seen(self, zhida, sign_in, ticket):
        browser = sign_in(zhida, "client")
        ask(browser, f"presence:{NUMBER}", f"presence:{NUMBER}/client")
        assert pulse.present(f"presence:{NUMBER}", tenant_id=zhida.tenant.pk) == []
        assert browser.get(reverse("presence", args=[NUMBER])).status_code == 404

    def test_a_ticket_out_of_ones_view_is_absent(self, zhida, sign_in, ticket):
        browser = sign_in(zhida, "elsewhere")
        for number in (NUMBER, "ZD-2026-999999", "nonsense"):
            assert browser.get(reverse("presence", args=[number])).status_code == 404
