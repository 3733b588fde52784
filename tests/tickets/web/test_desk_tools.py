"""Bulk work, the hand-over of a shift, canned replies, saved views."""

from __future__ import annotations

import pytest
from django.urls import reverse

from activity.models import Entry
from tests.tickets.web.conftest import HTMX, fresh, text
from tickets.models import CannedReply, SavedView

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"tickets:{name}", args=args)


def test_ticked_tickets_are_assigned_together(browse, zhida, file):
    one, two, three = file(), file(), file()
    asked = browse("agent").post(
        url("bulk"), {"number": [one.number, two.number]}, **HTMX
    )
    assert "Assign 2 tickets" in text(asked)
    answer = browse("agent").post(
        url("bulk"),
        {"number": [one.number, two.number], "assignee": zhida.engineer.pk},
        **HTMX,
    )
    assert answer.status_code == 204
    assert "2 tickets assigned." in answer["HX-Trigger"]
    assert fresh(one).assignee_id == fresh(two).assignee_id == zhida.engineer.pk
    assert fresh(three).assignee_id is None


def test_without_scripts_it_leads_back_to_the_list(browse, zhida, ticket):
    answer = browse("agent").post(
        url("bulk"),
        {
            "number": [ticket.number],
            "assignee": zhida.engineer.pk,
            "back": "/tickets/?tab=all",
        },
    )
    assert answer["Location"] == "/tickets/?tab=all"


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example/", "javascript:x"]
)
def test_the_way_back_stays_here(browse, zhida, ticket, back):
    answer = browse("agent").post(
        url("bulk"), {"number": [ticket.number], "assignee": "", "back": back}
    )
    assert answer["Location"] == url("queue")


def test_a_ticket_out_of_view_is_not_assigned(browse, zhida, ticket):
    answer = browse("elsewhere").post(
        url("bulk"), {"number": [ticket.number], "assignee": zhida.elsewhere.pk}
    )
    assert answer.status_code == 422
    assert fresh(ticket).assignee_id is None


def test_nothing_ticked_is_said(browse, zhida):
    answer = browse("agent").post(url("bulk"), {"assignee": zhida.engineer.pk})
    assert answer.status_code == 422
    assert "Tick the tickets first." in text(answer)


@pytest.fixture
def shift(zhida, file, do):
    tickets = [file(), file()]
    for ticket in tickets:
        do(ticket, "assign", by="agent", assignee=zhida.engineer)
    return tickets


def test_a_shift_is_handed_over_with_a_note(browse, zhida, shift):
    page = text(browse("engineer").get(url("hand_over")))
    assert all(ticket.number in page for ticket in shift)
    answer = browse("engineer").post(
        url("hand_over"),
        {
            "from_membership": zhida.engineer.pk,
            "to_membership": zhida.colleague.pk,
            "number": [shift[0].number],
            "note": "The key is at the gate.",
        },
    )
    assert answer.status_code == 302
    assert fresh(shift[0]).assignee_id == zhida.colleague.pk
    assert fresh(shift[1]).assignee_id == zhida.engineer.pk
    assert shift[0].events.get(kind="handed_over").internal


def test_a_hand_over_without_a_note_keeps_what_was_ticked(browse, zhida, shift):
    answer = browse("engineer").post(
        url("hand_over"),
        {
            "from_membership": zhida.engineer.pk,
            "to_membership": zhida.colleague.pk,
            "number": [shift[1].number],
            "note": "",
        },
    )
    page = text(answer)
    assert answer.status_code == 422
    assert f'value="{shift[1].number}" checked' in page
    assert f'value="{shift[0].number}" checked' not in page


def test_the_work_of_another_is_listed_on_choosing(browse, zhida, shift):
    listed = browse("agent").get(
        url("hand_over_list"), {"from_membership": zhida.engineer.pk}, **HTMX
    )
    assert shift[0].number in text(listed)
    none = browse("agent").get(
        url("hand_over_list"), {"from_membership": zhida.colleague.pk}, **HTMX
    )
    assert "This person has no open work." in text(none)


# -- canned replies --------------------------------------------------------------------------------


def write(browser, **values):
    given = {"title": "Greeting", "body": "Hello {{ 7|add:7 }} {% now 'Y' %} {0}"}
    return browser.post(url("canned_reply_new"), given | values)


def test_a_reply_is_picked_as_plain_text(browse, zhida):
    assert write(browse("agent")).status_code == 302
    page = text(browse("engineer").get(url("pick_reply"), {"target": "id_reply_body"}))
    assert "Hello {{ 7|add:7 }} {% now &#x27;Y&#x27; %} {0}" in page
    assert Entry.objects.filter(verb="canned_reply.created").exists()


def test_a_title_is_given_once(browse):
    write(browse("agent"))
    answer = write(browse("agent"), body="Another")
    assert answer.status_code == 422
    assert "Another reply has this title already." in text(answer)
    assert CannedReply.objects.count() == 1


def test_a_reply_is_changed_taken_out_of_use_and_back(browse):
    write(browse("agent"))
    reply = CannedReply.objects.get()
    browse("agent").post(url("canned_reply", reply.pk), {"title": "Hi", "body": "Hi!"})
    reply.refresh_from_db()
    assert reply.title == "Hi"
    browse("agent").post(url("canned_reply_switch", reply.pk), {"active": "0"})
    assert "Hi!" not in text(browse("agent").get(url("pick_reply")))
    browse("agent").post(url("canned_reply_switch", reply.pk), {"active": "1"})
    assert "Hi!" in text(browse("agent").get(url("pick_reply")))


def test_canned_replies_are_for_staff(browse):
    for name in ("canned_replies", "pick_reply", "canned_reply_new"):
        assert browse("client").get(url(name)).status_code == 404


def test_an_empty_list_of_replies_invites(browse):
    assert "No canned replies yet" in text(browse("agent").get(url("canned_replies")))


# -- saved views -----------------------------------------------------------------------------------------


def keep(browser, **values):
    return browser.post(
        url("views"), {"name": "Urgent", "query": "tab=all&severity=3"} | values
    )


def test_a_view_is_one_click(browse, zhida):
    answer = keep(browse("agent"))
    view = SavedView.objects.get()
    assert answer["Location"] == f"/tickets/?tab=all&severity=3&view={view.pk}"
    assert "tab=all&amp;severity=3&amp;view=" in text(browse("agent").get(url("queue")))


def test_ones_own_views_are_not_shown_to_others_unless_shared(browse):
    keep(browse("agent"))
    assert "Urgent</a>" not in text(browse("engineer").get(url("queue")))
    keep(browse("agent"), is_shared="on")
    assert "Urgent</a>" in text(browse("engineer").get(url("queue")))


def test_only_its_owner_deletes_a_view(browse):
    keep(browse("agent"), is_shared="on")
    view = SavedView.objects.get()
    assert browse("engineer").post(url("view_delete", view.pk)).status_code == 404
    assert browse("agent").post(url("view_delete", view.pk)).status_code == 302
    assert not SavedView.objects.exists()


def test_a_view_holds_a_filter_and_nothing_else(browse):
    keep(browse("agent"), query="tab=mine&evil=1&q=a%0Ab&javascript:alert(1)//")
    assert SavedView.objects.get().query == "tab=mine&q=a%0Ab"
