"""The pages: one's own messages, what comes by e-mail, the demo's mailbox, dead letters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from notifications.models import Delivery, MailboxMail, Message
from notifications.services import Draft, queue
from servicedesk.lib.now import database_now


def tell(house, name, *, key="k", kind="assigned", now=None, **params):
    with house.scope():
        instant = now or database_now()
        queue(
            [
                Draft(
                    recipient_id=house.people[name].pk,
                    kind=kind,
                    dedupe_key=key,
                    topic="ticket",
                    topic_id=1,
                    params={"number": "ZD-2026-000001", "title": "No picture"} | params,
                )
            ],
            now=instant,
        )
        return Message.objects.order_by("-pk").first()


def unread(house, name):
    with house.scope():
        return Message.objects.filter(
            recipient=house.people[name], read_at=None
        ).count()


@pytest.fixture
def engineer(zhida, sign_in):
    return sign_in(zhida, "engineer")


def get(browser, name, *args, **query):
    return browser.get(reverse(f"notifications:{name}", args=args), query)


def post(browser, name, *args, **data):
    return browser.post(reverse(f"notifications:{name}", args=args), data)


class TestInbox:
    def test_one_sees_ones_own_messages_newest_first(self, zhida, engineer):
        tell(zhida, "engineer", key="1", title="First")
        tell(zhida, "engineer", key="2", title="Second")
        tell(zhida, "colleague", title="Of a colleague")
        page = get(engineer, "inbox").content.decode()
        assert page.index("Second") < page.index("First")
        assert "Of a colleague" not in page

    def test_nothing_yet_is_said(self, engineer, zhida):
        assert "Nothing unread" in get(engineer, "inbox").content.decode()
        assert (
            "No notifications yet"
            in get(engineer, "inbox", show="all").content.decode()
        )

    def test_opening_a_message_marks_it_and_leads_on(self, zhida, engineer):
        message = tell(zhida, "engineer")
        answer = post(engineer, "open", message.pk)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert unread(zhida, "engineer") == 0
        assert "No picture" not in get(engineer, "inbox").content.decode()
        assert "No picture" in get(engineer, "inbox", show="all").content.decode()

    def test_looking_changes_nothing(self, zhida, engineer):
        message = tell(zhida, "engineer")
        for name, args in (("inbox", ()), ("bell", ()), ("settings", ())):
            assert get(engineer, name, *args).status_code == 200
        assert get(engineer, "open", message.pk).status_code == 405
        assert unread(zhida, "engineer") == 1

    def test_read_and_unread_again(self, zhida, engineer):
        message = tell(zhida, "engineer")
        post(engineer, "mark", message.pk)
        assert unread(zhida, "engineer") == 0
        answer = post(engineer, "mark", message.pk, **{"as": "unread", "show": "all"})
        assert answer["Location"] == reverse("notifications:inbox") + "?show=all"
        assert unread(zhida, "engineer") == 1

    def test_all_read_takes_what_the_page_showed_not_what_came_since(
        self, zhida, engineer
    ):
        shown = tell(zhida, "engineer", key="1")
        tell(zhida, "engineer", key="2")
        post(engineer, "read_all", up_to=shown.pk)
        assert unread(zhida, "engineer") == 1

    @pytest.mark.parametrize("up_to", ["", "-1", "x", "9" * 40, "²"])
    def test_nonsense_marks_nothing(self, zhida, engineer, up_to):
        tell(zhida, "engineer")
        assert post(engineer, "read_all", up_to=up_to).status_code == 302
        assert unread(zhida, "engineer") == 1

    def test_nobody_elses_message_can_be_opened_or_marked(self, world, zhida, engineer):
        for message in (tell(zhida, "colleague"), tell(world.other, "engineer")):
            assert post(engineer, "open", message.pk).status_code == 404
            assert post(engineer, "mark", message.pk).status_code == 404
        post(engineer, "read_all", up_to=2**62)
        assert unread(zhida, "colleague") == 1
        assert unread(world.other, "engineer") == 1

    def test_pages_by_cursor(self, zhida, engineer):
        for n in range(35):
            tell(zhida, "engineer", key=str(n), title=f"Ticket-{n:02d}")
        first = get(engineer, "inbox")
        assert "Ticket-34" in first.content.decode()
        assert "Ticket-04" not in first.content.decode()
        second = get(engineer, "inbox", cursor=first.context["page"].next)
        assert "Ticket-04" in second.content.decode()
        assert "Ticket-34" not in second.content.decode()
        back = get(engineer, "inbox", cursor=second.context["page"].previous)
        assert "Ticket-34" in back.content.decode()
        assert get(engineer, "inbox", cursor="nonsense").status_code == 200

    def test_what_people_wrote_is_shown_as_text(self, zhida, engineer):
        tell(zhida, "engineer", title="<script>alert(1)</script>")
        page = get(engineer, "inbox").content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_whoever_is_not_signed_in_is_asked_to(self, zhida, client):
        answer = client.get(reverse("notifications:inbox"), HTTP_HOST=zhida.host)
        assert answer.status_code == 302
        assert reverse("account_login") in answer["Location"]

    def test_few_queries_whatever_the_number(
        self, zhida, engineer, django_assert_max_num_queries
    ):
        for n in range(30):
            tell(zhida, "engineer", key=str(n))
        get(engineer, "inbox")
        with django_assert_max_num_queries(12):
            get(engineer, "inbox")


class TestBell:
    def test_it_counts_what_is_unread(self, zhida, engineer):
        tell(zhida, "engineer", key="1")
        tell(zhida, "engineer", key="2")
        assert (
            '<span class="bell-count">2</span>'
            in get(engineer, "bell").content.decode()
        )

    def test_what_came_since_is_said_in_a_toast(self, zhida, engineer):
        old = tell(zhida, "engineer", key="1", title="Old")
        tell(zhida, "engineer", key="2", kind="clock_missed", metric="arrival")
        part = get(engineer, "bell", after=old.pk).content.decode()
        assert "Missed: Arrival of ZD-2026-000001" in part
        assert "tone-bad" in part
        assert "Old" not in part

    def test_without_a_place_to_start_from_nothing_is_said(self, zhida, engineer):
        tell(zhida, "engineer")
        assert "data-toast-id" not in get(engineer, "bell").content.decode()

    def test_what_is_old_or_read_is_no_news(self, zhida, engineer):
        tell(zhida, "engineer", key="1", now=database_now() - timedelta(hours=1))
        message = tell(zhida, "engineer", key="2")
        post(engineer, "mark", message.pk)
        assert "data-toast-id" not in get(engineer, "bell", after=0).content.decode()

    def test_every_page_carries_it(self, zhida, engineer):
        message = tell(zhida, "engineer")
        page = get(engineer, "settings").content.decode()
        assert 'id="bell"' in page
        assert 'data-topic="me"' in page
        assert f"{reverse('notifications:bell')}?after={message.pk}" in page


class TestSettings:
    def test_a_kind_can_be_switched_off_and_on(self, zhida, engineer):
        form = get(engineer, "settings").context["form"]
        assert form["assigned"].initial is True
        answer = post(engineer, "settings", replied="on", handed_over="on")
        assert answer.status_code == 302
        zhida.engineer.refresh_from_db()
        assert zhida.engineer.mail_settings["assigned"] is False
        assert "replied" not in zhida.engineer.mail_settings
        tell(zhida, "engineer")
        assert not Delivery.objects.exists()
        assert unread(zhida, "engineer") == 1

    def test_escalations_stay_on_and_the_reason_is_shown(self, zhida, engineer):
        page = get(engineer, "settings")
        assert "clock_missed" not in page.context["form"].fields
        assert "be switched off: whoever" in page.content.decode()
        post(engineer, "settings", clock_missed="")
        zhida.engineer.refresh_from_db()
        assert "clock_missed" not in zhida.engineer.mail_settings

    def test_a_client_chooses_among_what_clients_get(self, zhida, sign_in):
        fields = get(sign_in(zhida, "client"), "settings").context["form"].fields
        assert "received" in fields
        assert "assigned" not in fields


class TestMailbox:
    def mail(self, house, name, subject, html=""):
        with house.scope():
            address = house.people[name].user.email
            return MailboxMail.objects.create(
                uid="<1@x>",
                sender="Desk <desk@x>",
                recipients=f"{name.title()} <{address}>",
                subject=subject,
                body="See http://zhida.localhost/x",
                html=html,
            )

    def test_administrators_see_the_tenants_mails_others_their_own(
        self, world, zhida, sign_in
    ):
        self.mail(zhida, "engineer", "To the engineer")
        self.mail(zhida, "manager", "To the manager")
        self.mail(world.other, "engineer", "To a stranger")
        seen = get(sign_in(zhida, "admin"), "mailbox").content.decode()
        assert "To the engineer" in seen
        assert "To the manager" in seen
        assert "To a stranger" not in seen
        own = get(sign_in(zhida, "engineer"), "mailbox").content.decode()
        assert "To the engineer" in own
        assert "To the manager" not in own

    def test_another_ones_mail_is_not_there(self, world, zhida, sign_in):
        engineer = sign_in(zhida, "engineer")
        own = self.mail(zhida, "engineer", "Mine")
        assert get(engineer, "mail", own.pk).status_code == 200
        for house, name in ((zhida, "manager"), (world.other, "engineer")):
            assert (
                get(engineer, "mail", self.mail(house, name, "x").pk).status_code == 404
            )

    def test_html_of_a_mail_can_not_act(self, zhida, sign_in):
        evil = (
            "<style>*{display:none}</style><script>alert(1)</script>"
            '<p style="x" onclick="alert(1)">Words <a href="javascript:alert(1)">a</a>'
            '<a href="https://x.example/">b</a><img src="https://track.example/x.png"></p>'
        )
        mail = self.mail(zhida, "engineer", "x", html=evil)
        page = get(sign_in(zhida, "engineer"), "mail", mail.pk).content.decode()
        assert "Words" in page
        for bad in (
            "alert(1)",
            "javascript:",
            "track.example",
            "onclick",
            "display:none",
        ):
            assert bad not in page
        assert 'href="https://x.example/"' in page

    def test_in_production_there_is_none(self, zhida, sign_in, settings):
        mail = self.mail(zhida, "engineer", "x")
        settings.ENVIRONMENT = "production"
        engineer = sign_in(zhida, "engineer")
        assert get(engineer, "mailbox").status_code == 404
        assert get(engineer, "mail", mail.pk).status_code == 404

    def test_what_a_request_sends_is_kept_for_its_tenant(self, zhida, settings):
        from django.core.mail import send_mail

        settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
        send_mail("Subject", "Body", None, ["a@example.com"])
        assert MailboxMail.objects.get().tenant_id == zhida.tenant.pk

    @pytest.fixture(autouse=True)
    def _demo(self, settings):
        settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
        settings.ENVIRONMENT = "demo"


class TestUndelivered:
    @pytest.fixture
    def dead(self, zhida):
        tell(zhida, "engineer", title="Never arrived")
        Delivery.objects.update(
            state="dead", last_error="550 <b>no such user</b>", attempts=40
        )
        return Delivery.objects.get()

    def test_administrators_see_what_was_given_up_and_why(self, zhida, dead, sign_in):
        page = get(sign_in(zhida, "admin"), "dead").content.decode()
        assert "engineer@zhida.example" in page
        assert "550 &lt;b&gt;no such user" in page
        assert "40 tries" in page

    def test_nobody_else_does(self, zhida, dead, sign_in):
        for name in ("engineer", "manager", "boss", "client"):
            browser = sign_in(zhida, name)
            assert get(browser, "dead").status_code == 404
            assert post(browser, "dead_decide", dead.pk, "again").status_code == 404

    def test_another_tenants_administrator_finds_nothing(
        self, world, zhida, dead, sign_in
    ):
        stranger = sign_in(world.other, "admin")
        assert "Never arrived" not in get(stranger, "dead").content.decode()
        post(stranger, "dead_decide", dead.pk, "dismiss")
        dead.refresh_from_db()
        assert dead.state == "dead"

    @pytest.mark.parametrize(
        ("verb", "state"), [("again", "queued"), ("dismiss", "moot")]
    )
    def test_they_decide_once(self, zhida, dead, sign_in, verb, state):
        admin = sign_in(zhida, "admin")
        assert post(admin, "dead_decide", dead.pk, verb).status_code == 302
        dead.refresh_from_db()
        assert dead.state == state
        assert post(admin, "dead_decide", dead.pk, verb).status_code == 302
        assert post(admin, "dead_decide", dead.pk, "nonsense").status_code == 404

    def test_none_is_said(self, zhida, sign_in):
        assert (
            "Every e-mail was delivered"
            in get(sign_in(zhida, "admin"), "dead").content.decode()
        )
