"""Every verb through its form: done, refused beside its field, and told about a conflict."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from servicedesk.lib.now import database_now
from tests.tickets.web.conftest import HTMX, fresh, text
from tickets.models import Follower, Ticket

pytestmark = pytest.mark.django_db


def act(browser, ticket, verb, htmx=True, **values):
    url = reverse("tickets:act", args=[ticket.number, verb])
    if "version" not in values:
        values["version"] = version_shown(browser.get(url))
    return browser.post(url, values, **(HTMX if htmx else {}))


def version_shown(response):
    """What the person has seen, as the form carries it."""
    found = re.search(r'name="version" value="(\d*)"', text(response))
    return found[1] if found else ""


def local(instant):
    zone = timezone.get_fixed_timezone(480)
    return timezone.localtime(instant, zone).strftime("%Y-%m-%dT%H:%M")


def tomorrow():
    return local(database_now() + timedelta(days=1))


PLAIN = [
    ("reply", {"body": "We are on it."}, {}),
    ("add_note", {"body": "Spare is in store 2."}, {}),
    ("answer", {"body": "Remote first, then a visit."}, {"state": "in_progress"}),
    ("triage", {"severity": 3, "reason": "All is down"}, {"severity": 3}),
    ("decide_visit", {"needed": "yes"}, {"visit": "needed"}),
    ("agree_appointment", {"at": tomorrow, "asked_by": "us"}, {"state": "waiting"}),
    ("offer_appointment", {"at": tomorrow, "note": "With a lift"}, {}),
    ("depart", {}, {}),
    ("arrive", {}, {"state": "in_progress"}),
    ("propose_solution", {"body": "Replace the board."}, {}),
    ("raise_severity", {"to": 3, "reason": "Worse"}, {"severity": 3}),
    ("lower_severity", {"to": 1, "reason": "Workaround"}, {"severity": 1}),
    (
        "agree_contingency",
        {"kind": "spare", "body": "A loaner until Monday.", "agreed_with": "Ms Ma"},
        {},
    ),
    (
        "record_step",
        {"step": "collect", "answer": "done", "field_symptom": "Black"},
        {"state": "in_progress", "flow_step": "classify"},
    ),
    ("resolve", {"body": "Board replaced."}, {"state": "resolved"}),
    ("cancel", {"reason": "A mistake"}, {"state": "cancelled"}),
]


@pytest.mark.parametrize(("verb", "values", "after"), PLAIN, ids=[p[0] for p in PLAIN])
def test_a_verb_is_done_through_its_form(browse, ticket, verb, values, after):
    given = {k: v() if callable(v) else v for k, v in values.items()}
    shown = browse("engineer").get(reverse("tickets:act", args=[ticket.number, verb]))
    assert shown.status_code == 200
    answer = act(browse("engineer"), ticket, verb, **given)
    assert answer.status_code == 204, text(answer)
    assert "ticket:moved" in json.loads(answer["HX-Trigger"])
    now = fresh(ticket)
    assert now.last_seq > ticket.last_seq
    assert {name: getattr(now, name) for name in after} == after


@pytest.mark.parametrize(("verb", "values", "after"), PLAIN, ids=[p[0] for p in PLAIN])
def test_without_scripts_it_goes_back_to_the_ticket(
    browse, ticket, verb, values, after
):
    given = {k: v() if callable(v) else v for k, v in values.items()}
    answer = act(browse("engineer"), ticket, verb, htmx=False, **given)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("tickets:detail", args=[ticket.number])


REFUSED = [
    ("reply", {"body": " "}, "Write a few words here."),
    ("answer", {"body": ""}, "Write a few words here."),
    (
        "agree_appointment",
        {"at": "2020-01-01T10:00", "asked_by": "us"},
        "Choose a time that lies ahead.",
    ),
    (
        "agree_appointment",
        {"at": "soon", "asked_by": "us"},
        "Write it as 2026-11-22 14:05.",
    ),
    ("triage", {"severity": 3, "reason": ""}, "Write a few words here."),
    (
        "depart",
        {"happened_at": "2020-01-01T10:00", "time_reason": "x"},
        "before the request was received",
    ),
    ("depart", {"happened_at": tomorrow}, "This time lies in the future."),
    ("start_wait", {"wait": "rain", "note": "x"}, "Select a valid choice"),
    ("resolve", {"body": "x" * 20_001}, "at most 20000 characters"),
    (
        "merge",
        {"into": "ZD-2026-999999", "reason": "same"},
        "Choose a ticket of the same client and project.",
    ),
]


@pytest.mark.parametrize(("verb", "values", "words"), REFUSED)
def test_a_refusal_names_what_is_wrong_and_changes_nothing(
    browse, ticket, verb, values, words
):
    given = {k: v() if callable(v) else v for k, v in values.items()}
    answer = act(browse("engineer"), ticket, verb, **given)
    assert answer.status_code == 422
    assert words in text(answer)
    assert fresh(ticket).last_seq == ticket.last_seq


def test_assigning_and_taking_away(browse, zhida, ticket):
    act(browse("agent"), ticket, "assign", assignee=zhida.engineer.pk)
    assert fresh(ticket).assignee_id == zhida.engineer.pk
    act(browse("agent"), ticket, "assign", assignee="")
    assert fresh(ticket).assignee_id is None


def test_nobody_of_a_client_can_be_assigned(browse, zhida, ticket):
    answer = act(browse("agent"), ticket, "assign", assignee=zhida.client.pk)
    assert answer.status_code == 422


def test_waiting_and_going_on(browse, ticket, do):
    do(ticket, "answer", body="We look into it.")
    act(browse("engineer"), ticket, "start_wait", wait="parts", note="A new fan")
    assert (fresh(ticket).state, fresh(ticket).wait_reason) == ("waiting", "parts")
    act(browse("engineer"), ticket, "end_wait")
    assert fresh(ticket).state == "in_progress"


def test_the_client_confirms(browse, ticket, do):
    do(ticket, "resolve", body="Done.")
    act(browse("client"), ticket, "confirm", body="Thanks")
    assert fresh(ticket).state == "closed"


def test_staff_confirm_only_with_who_said_so(browse, ticket, do):
    do(ticket, "resolve", body="Done.")
    assert act(browse("engineer"), ticket, "confirm", body="").status_code == 422
    act(browse("engineer"), ticket, "confirm", body="Ms Ma, by phone")
    assert fresh(ticket).state == "closed"


def test_the_client_refuses_with_a_reason(browse, ticket, do):
    do(ticket, "resolve", body="Done.")
    assert act(browse("client"), ticket, "refuse", reason="").status_code == 422
    act(browse("client"), ticket, "refuse", reason="Still black")
    assert fresh(ticket).state == "in_progress"


def test_the_client_reopens_what_is_closed(browse, ticket, do):
    do(ticket, "resolve", body="Done.")
    do(ticket, "confirm", by="client", body="")
    act(browse("client"), ticket, "reopen", reason="It is back")
    assert fresh(ticket).state == "in_progress"


def test_a_clients_reply_carries_files(browse, ticket):
    log = SimpleUploadedFile("boot.log", b"error 42\n", "text/plain")
    act(browse("client"), ticket, "reply", body="See the log", files=[log])
    assert fresh(ticket).attachments.get().name == "boot.log"


def test_merging_and_undoing_it(browse, file):
    gone, survivor = file(), file()
    answer = act(browse("agent"), gone, "merge", into=survivor.number, reason="Same")
    assert answer.status_code == 204
    assert fresh(gone).merged_into_id == survivor.pk
    act(browse("agent"), gone, "unmerge")
    assert fresh(gone).merged_into_id is None


def test_merging_offers_only_the_same_client_and_project(browse, zhida, file):
    ticket, same = file(), file()
    rival = file(
        by="rival", client=zhida.rival_org, project=zhida.rival_project, title="Theirs"
    )
    loose = file(project=None, title="Loose")
    page = text(
        browse("agent").get(reverse("tickets:act", args=[ticket.number, "merge"]))
    )
    assert same.number in page
    for other in (rival, loose):
        assert other.number not in page


def test_one_that_is_not_listed_goes_by_its_number(browse, file, monkeypatch):
    monkeypatch.setattr("tickets.forms.relations.LISTED", 1)
    ticket, old, _new = file(), file(minutes=9), file(minutes=2)
    page = text(
        browse("agent").get(reverse("tickets:act", args=[ticket.number, "merge"]))
    )
    assert "Only the newest are listed." in page
    answer = act(
        browse("agent"), ticket, "merge", number=old.number.lower(), reason="Same"
    )
    assert answer.status_code == 204
    assert fresh(ticket).merged_into_id == old.pk


def test_nothing_chosen_to_merge_with_is_said(browse, file):
    ticket, _other = file(), file()
    answer = act(browse("agent"), ticket, "merge", reason="Same")
    assert "Choose the ticket that goes on." in text(answer)


def test_the_minute_of_the_receipt_is_not_before_it(browse, file):
    ticket = file(minutes=2)
    answer = act(
        browse("engineer"),
        ticket,
        "answer",
        body="At once",
        happened_at=local(ticket.received_at),
        time_reason="By phone",
    )
    assert answer.status_code == 204, text(answer)


def test_a_manager_acknowledges_with_a_plan(browse, file, do):
    ticket = file(minutes=90)
    do(ticket, "reply", by="agent", body="Late.")
    escalation = ticket.escalations.get()
    answer = act(
        browse("manager"),
        ticket,
        "acknowledge",
        escalation=escalation.pk,
        plan="Two people go",
    )
    assert answer.status_code == 204
    escalation.refresh_from_db()
    assert escalation.plan == "Two people go"
    again = act(
        browse("manager"), ticket, "acknowledge", escalation=escalation.pk, plan="x"
    )
    assert again.status_code == 422
    assert "needs no answer any more" in text(again)


def test_correcting_the_time_of_an_event(browse, file, do):
    ticket = file(minutes=50)
    do(ticket, "answer", body="We look into it.")
    event = ticket.events.get(kind="answered")
    earlier = local(database_now() - timedelta(minutes=40))
    answer = act(
        browse("engineer"),
        ticket,
        "correct",
        event=event.seq,
        at=earlier,
        reason="Phoned",
    )
    assert answer.status_code == 204
    clock = ticket.clocks.get(metric="first_response", counts=True)
    assert clock.finished_at < event.happened_at


def test_following_and_no_longer(browse, zhida, ticket):
    act(browse("client"), ticket, "follow", membership=zhida.peer.pk)
    assert Follower.objects.get().membership_id == zhida.peer.pk
    act(browse("client"), ticket, "unfollow", membership=zhida.peer.pk)
    assert not Follower.objects.exists()


def test_a_client_adds_no_stranger_and_no_staff(browse, zhida, ticket):
    for name in ("rival", "engineer"):
        person = zhida.people[name].pk
        answer = act(browse("client"), ticket, "follow", membership=person)
        assert answer.status_code == 422


# -- somebody else was quicker -----------------------------------------------------------------


def test_what_happened_meanwhile_is_told_and_what_was_typed_is_kept(browse, ticket, do):
    seen = ticket.last_seq
    do(ticket, "answer", body="I have it already.")
    answer = act(browse("agent"), ticket, "resolve", body="My words", version=seen)
    page = text(answer)
    assert answer.status_code == 422
    assert "This has happened meanwhile:" in page
    assert "I have it already." in page
    assert "My words" in page
    assert fresh(ticket).state == "in_progress"
    assert f'name="version" value="{fresh(ticket).last_seq}"' in page


def test_sent_again_it_is_done(browse, ticket, do):
    seen = ticket.last_seq
    do(ticket, "answer", body="I have it already.")
    act(browse("agent"), ticket, "resolve", body="My words", version=seen)
    assert act(browse("agent"), ticket, "resolve", body="My words").status_code == 204
    assert fresh(ticket).state == "resolved"


def test_a_verb_that_the_state_forbids_is_refused_in_words(browse, ticket, do):
    do(ticket, "cancel", reason="Mistake")
    answer = act(browse("engineer"), ticket, "resolve", body="Done")
    assert answer.status_code == 422
    assert "This can&#x27;t be done while the ticket is" in text(answer)


def test_what_is_internal_sends_no_client_back(browse, ticket, do):
    url = reverse("tickets:act", args=[ticket.number, "reply"])
    seen = version_shown(browse("client").get(url))
    do(ticket, "add_note", body="INTERNAL-WORDS")
    answer = act(browse("client"), ticket, "reply", body="Hello?", version=seen)
    assert answer.status_code == 204


def test_a_client_is_told_of_what_is_public(browse, ticket, do):
    url = reverse("tickets:act", args=[ticket.number, "reply"])
    seen = version_shown(browse("client").get(url))
    do(ticket, "add_note", body="INTERNAL-WORDS")
    do(ticket, "reply", body="Which room is it?")
    answer = act(browse("client"), ticket, "reply", body="Hello?", version=seen)
    assert answer.status_code == 422
    assert "Which room is it?" in text(answer)
    assert "INTERNAL-WORDS" not in text(answer)


def test_a_miss_meanwhile_sends_no_answer_back(browse, file, do):
    ticket = file(minutes=90)
    answer = act(browse("engineer"), ticket, "answer", body="At once", version=1)
    assert answer.status_code == 204
    assert ticket.events.filter(kind="missed").exists()


def test_ones_own_acts_in_another_window_are_no_conflict(browse, ticket, do):
    seen = ticket.last_seq
    do(ticket, "add_note", by="engineer", body="Mine")
    answer = act(browse("engineer"), ticket, "answer", body="Plan", version=seen)
    assert answer.status_code == 204


def test_the_box_for_words_comes_back_empty_after_sending(browse, ticket):
    answer = act(browse("engineer"), ticket, "answer", body="Plan A", place="compose")
    page = text(answer)
    assert answer.status_code == 200
    assert answer["HX-Retarget"] == "#compose"
    assert "Plan A" not in page
    assert "Send the answer" not in page
    assert "Send the reply" in page


def test_an_unknown_verb_is_absent(browse, ticket):
    url = f"/tickets/{ticket.number}/explode"
    assert browse("agent").get(url).status_code == 404


def test_get_changes_nothing(browse, ticket, do):
    before = Ticket.objects.values().get(pk=ticket.pk)
    for verb in ("confirm", "cancel", "resolve", "unmerge", "depart", "end_wait"):
        browse("agent").get(reverse("tickets:act", args=[ticket.number, verb]))
    assert Ticket.objects.values().get(pk=ticket.pk) == before


@pytest.mark.parametrize("htmx", [True, False])
def test_a_form_on_a_page_of_its_own_is_sent_by_the_browser(browse, ticket, htmx):
    url = reverse("tickets:act", args=[ticket.number, "cancel"])
    shown = text(browse("engineer").get(url, **(HTMX if htmx else {})))
    # In the dialog the answer takes the form's place; a page of its own has no such place.
    assert ('hx-target="#act-body"' in shown) is htmx


def test_whoever_cancels_is_told_who_reads_the_reason(browse, ticket):
    url = reverse("tickets:act", args=[ticket.number, "cancel"])
    ours, theirs = (text(browse(name).get(url)) for name in ("agent", "client"))
    assert "The client reads this." in ours
    assert "Cancel the ticket" in ours
    assert "The service desk reads this." in theirs
    assert theirs.count("Cancel the request") >= 3, "Title, heading, button."
    assert "The client reads this." not in theirs
    assert "Cancel the ticket" not in theirs


def test_of_a_ticket_that_has_ended_it_is_said(browse, ticket, do):
    do(ticket, "cancel", reason="A mistake")
    page = browse("agent").get(reverse("tickets:detail", args=[ticket.number]))
    assert "It was cancelled." in text(page)
