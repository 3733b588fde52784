"""The journal: written by every administrative action, read with filters, never changed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils.translation import override

from activity.models import Entry
from activity.queries import journal_page
from activity.services import changes, record, timeline
from activity.words import TOPICS, say
from servicedesk.lib.now import database_now
from tests.accounts.hands import signed_in
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def lines(zhida):
    """A hundred and twenty lines, an hour apart; some by the boss, some about clients."""
    for number in range(120):
        record(
            actor=zhida.actor("boss" if number % 3 else "admin"),
            now=FOUNDED + number * HOUR,
            verb="client.changed" if number % 2 else "department.changed",
            target=zhida.engineer if number % 5 == 0 else None,
            data={"n": number},
        )


def test_a_line_says_who_what_when_and_from_where(zhida):
    actor = zhida.actor("admin", address="198.51.100.7")
    entry = record(
        actor=actor,
        now=FOUNDED,
        verb="department.changed",
        target=zhida.things.department,
        data=changes({"name": "a", "x": 1}, {"name": "b", "x": 1}),
    )
    entry.refresh_from_db()
    assert entry.at == FOUNDED
    assert entry.actor_user_id == zhida.admin.user_id
    assert entry.address == "198.51.100.7"
    assert entry.object_label == "Field service"
    assert entry.data == {"name": ["a", "b"]}
    assert list(timeline(object_type="department", object_id=entry.object_id)) == [
        entry
    ]


@pytest.mark.parametrize(
    "sentence", ["UPDATE activity_entry SET verb='x'", "DELETE FROM activity_entry"]
)
def test_the_application_can_neither_change_nor_delete_it(zhida, sentence, lines):
    with (
        pytest.raises(ProgrammingError, match="denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sentence)


def walk(rows, size):
    """All pages forwards, then all backwards."""
    forwards, cursor = [], ""
    while True:
        page = journal_page(rows, cursor=cursor, size=size)
        forwards.append(page)
        if not page.next:
            break
        cursor = page.next
    backwards = [page]
    while page.previous:
        page = journal_page(rows, cursor=page.previous, size=size)
        backwards.append(page)
    return forwards, backwards


@pytest.mark.parametrize("size", [7, 50, 60, 119, 120, 121])
def test_pages_join_without_gaps(zhida, lines, size):
    forwards, backwards = walk(Entry.objects.all(), size)
    everything = list(Entry.objects.order_by("-at", "-id"))
    assert [row for page in forwards for row in page.rows] == everything
    assert [row for page in reversed(backwards) for row in page.rows] == everything


def test_lines_of_one_instant_are_told_apart(zhida):
    for _ in range(10):
        record(actor=zhida.actor("admin"), now=FOUNDED, verb="client.changed")
    ours = Entry.objects.filter(verb="client.changed")
    forwards, _backwards = walk(ours, 3)
    assert len({row.pk for page in forwards for row in page.rows}) == 10


@pytest.mark.parametrize(
    "cursor", ["", "x", "====", "W10", "bnVsbA", "WyIyMDI2IiwxLDBd"]
)
def test_a_broken_cursor_is_the_first_page(zhida, lines, cursor):
    page = journal_page(Entry.objects.all(), cursor=cursor, size=5)
    assert page.rows[0].data == {"n": 119}


def test_the_page_filters(zhida, lines):
    admin = signed_in(zhida, "admin")

    def shown(query):
        response = admin.get(f"/journal/?{query}")
        assert response.status_code == 200
        return [line["entry"] for line in response.context["lines"]]

    assert len(shown("")) == 50
    assert {one.verb for one in shown("what=client")} == {"client.changed"}
    assert {one.actor_label for one in shown("who=boss")} == {"Boss of zhida"}
    of_engineer = shown(f"type=membership&id={zhida.engineer.pk}")
    assert {one.object_id for one in of_engineer} == {zhida.engineer.pk}
    day = shown("since=2026-01-02&until=2026-01-02")
    assert len(day) == 24  # by the tenant's calendar
    assert min(one.at for one in day).isoformat() == "2026-01-01T16:00:00+00:00"
    assert shown("who=%00&what=x&since=never&id=1;drop&type=x") is not None


def test_what_is_written_is_shown_as_text(zhida):
    record(
        actor=replace(zhida.actor("admin"), name="<script>alert(1)</script>"),
        now=database_now(),
        verb="client.changed",
        data={"note": ["<b>", "=1+1"]},
    )
    page = signed_in(zhida, "admin").get("/journal/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_the_journal_as_a_file(zhida, lines):
    admin = signed_in(zhida, "admin")
    response = admin.get("/journal/?export=csv&what=client")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 61
    assert Entry.objects.filter(verb="list.exported").exists()


def test_only_this_tenants_lines_are_shown(world, zhida, lines):
    page = signed_in(world.other, "admin").get("/journal/")
    assert not [one for one in page.context["lines"] if one["entry"].data.get("n")]


def test_refused_access_is_written_although_the_page_was_refused(zhida):
    client = signed_in(zhida, "engineer")
    assert client.get("/setup/").status_code == 404
    entry = Entry.objects.get(verb="access.refused")
    assert entry.data == {"path": "/setup/"}
    assert entry.actor_user_id == zhida.engineer.user_id


def test_verbs_are_said_in_words():
    with override("en"):
        assert say("department.changed") == "Departments: changed"
        assert say("session.started") == "Signed in"
        assert say("rocket.launched_twice") == "rocket: launched twice"
        assert say("odd") == "odd"
    assert next(iter(TOPICS)) == "session"
