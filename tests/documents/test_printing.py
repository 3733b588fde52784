"""Papers are made by a worker, one version after the other, whatever dies on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from documents.models import Document
from documents.press import NoPress, SpoiledJob
from documents.services import Wanted, printing, queue_documents, try_again
from documents.services.printing import LEASE, claim, print_once
from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from servicedesk.lib.now import database_now
from servicedesk.lib.vault import read_kept
from tests.documents.conftest import (
    LETTER,
    Letters,
    QuickPress,
    ask,
    fresh,
    make,
    print_all,
)
from tests.world import World

SECOND = timedelta(seconds=1)


def test_a_paper_is_asked_for_then_made(
    committed: World, letters: Letters, quick: QuickPress
) -> None:
    house = committed.zhida
    asked = ask(house)
    assert (asked.state, asked.version, asked.number) == ("queued", 0, "")
    assert len(asked.token) == 22
    print_all(quick)
    made = fresh(house, asked)
    year = made.made_at.year
    assert (made.state, made.version, made.is_current) == ("ready", 1, True)
    assert made.number == f"ZD-DOC-{year}-000001"
    assert (made.pages, made.size) == (1, len(read_kept(made.stored)))
    assert made.requested_by_id == house.engineer.pk
    assert letters.told == [(made.number, 1)]
    html = quick.jobs[0].html
    assert letters.words in html
    assert f"zhida.localhost:8000/check/{made.token}" in html


def test_asking_twice_makes_it_once(committed: World, quick: QuickPress) -> None:
    house = committed.zhida
    assert ask(house) == ask(house, by="agent")
    print_all(quick)
    assert len(quick.jobs) == 1


def test_what_would_say_the_same_is_not_made_again(
    committed: World, letters: Letters, quick: QuickPress
) -> None:
    house = committed.zhida
    first = make(house, quick)
    second = make(house, quick)
    assert (second.state, second.superseded_by_id) == ("unchanged", first.pk)
    assert fresh(house, first).is_current
    assert len(quick.jobs) == 1
    assert letters.told == [(first.number, 1)]


def test_a_change_is_a_new_version_that_says_so(
    committed: World, letters: Letters, quick: QuickPress
) -> None:
    house = committed.zhida
    first = make(house, quick)
    letters.words = "It has failed again."
    second = make(house, quick)
    assert (second.number, second.version, second.is_current) == (first.number, 2, True)
    assert second.token != first.token
    old = fresh(house, first)
    assert (old.is_current, old.superseded_by_id) == (False, second.pk)
    assert "replaces version 1" in quick.jobs[1].html


def test_each_language_and_subject_is_a_paper_of_its_own(
    committed: World, quick: QuickPress
) -> None:
    house = committed.zhida
    numbers = [
        make(house, quick).number,
        make(house, quick, language="zh-hans").number,
        make(house, quick, subject_id=8).number,
        make(committed.other, quick).number,
    ]
    assert [number[-6:] for number in numbers] == [
        "000001",
        "000002",
        "000003",
        "000001",
    ]
    assert numbers[3].startswith("OT-DOC-")
    assert 'lang="zh-Hans"' in quick.jobs[1].html


# -- turns -------------------------------------------------------------------------------------


def test_a_tenant_with_many_papers_does_not_hold_up_another(
    committed: World, quick: QuickPress
) -> None:
    now = database_now()
    for number in range(10):
        ask(committed.zhida, number, now=now - SECOND * (20 - number))
    theirs = ask(committed.other, now=now)
    for _ in range(2):
        print_once(now=now, with_press=quick)
    assert fresh(committed.other, theirs).state == "ready"


def test_what_a_person_waits_for_comes_before_what_the_platform_wants(
    committed: World, quick: QuickPress
) -> None:
    house, now = committed.zhida, database_now()
    with house.scope():
        wanted = [Wanted(LETTER, number, "en") for number in range(20)]
        queue_documents(wanted, now=now - SECOND)
    asked = ask(house, 99, now=now)
    print_once(now=now, with_press=quick)
    assert fresh(house, asked).state == "ready"


def test_the_platform_queues_many_in_one_statement(
    committed: World, django_assert_num_queries: Any
) -> None:
    now = database_now()
    wanted = [Wanted(LETTER, number % 50, "en") for number in range(100)]
    with committed.zhida.scope():
        with django_assert_num_queries(1):
            queue_documents(wanted, now=now)
        assert Document.objects.count() == 50


def test_versions_of_one_paper_are_made_one_after_the_other(
    committed: World, letters: Letters, quick: QuickPress
) -> None:
    house, now = committed.zhida, database_now()
    first = ask(house, now=now)
    taken = claim(now=now)
    with house.scope():
        printing.prepare(taken, now=now)  # a worker that is slow
    second = ask(house, now=now)
    assert print_once(now=now + SECOND, with_press=quick)
    assert fresh(house, second).state == "queued"
    assert fresh(house, second).attempts == 0  # waiting for one's turn is no try
    later = now + LEASE + SECOND  # the worker is taken for dead
    print_all(quick, now=later)
    letters.words = "Something new"
    print_all(quick, now=later + SECOND * 3)
    assert (fresh(house, first).version, fresh(house, second).version) == (1, 2)
    assert fresh(house, second).is_current


# -- what dies ---------------------------------------------------------------------------------


def test_a_worker_that_dies_leaves_a_lease_that_runs_out(
    committed: World, quick: QuickPress
) -> None:
    house, now = committed.zhida, database_now()
    asked = ask(house, now=now)
    claim(now=now)  # and dies
    assert not print_once(now=now + LEASE - SECOND, with_press=quick)
    assert print_once(now=now + LEASE, with_press=quick)
    assert fresh(house, asked).state == "ready"


def test_a_worker_that_was_overtaken_finishes_nothing(
    committed: World, letters: Letters, quick: QuickPress
) -> None:
    house, now = committed.zhida, database_now()
    asked = ask(house, now=now)
    slow = claim(now=now)
    with house.scope():
        draft = printing.prepare(slow, now=now)
    assert print_once(now=now + LEASE, with_press=quick)
    first = fresh(house, asked)
    with house.scope():
        printing.finish(slow, draft, quick.print(quick.jobs[0]), now=now)
    assert fresh(house, asked).stored == first.stored
    assert letters.told == [(first.number, 1)]


def test_a_failure_is_tried_again_later_then_given_up(
    committed: World, quick: QuickPress
) -> None:
    house, now = committed.zhida, database_now()
    asked = ask(house, now=now)
    quick.error = SpoiledJob("too_slow")
    waits = []
    for _ in range(4):
        assert print_once(now=now, with_press=quick)
        row = fresh(house, asked)
        waits.append((row.wake_at - now).total_seconds())
        now = row.wake_at
    assert waits[:3] == [15, 60, 240]
    assert (row.state, row.number, row.version) == ("failed", "", 0)
    assert row.last_error.startswith("too_slow")
    assert not print_once(now=now + timedelta(days=1), with_press=quick)


def test_what_was_given_up_can_be_asked_for_again(
    committed: World, quick: QuickPress
) -> None:
    house = committed.zhida
    with house.scope():
        Document.objects.filter(pk=ask(house).pk).update(state="failed")
        failed = Document.objects.get()
        values: dict[str, Any] = {"document": failed, "now": database_now()}
        with pytest.raises(NotPermitted):
            try_again(actor=house.actor("client"), **values)
        again = try_again(actor=house.actor("engineer"), **values)
    print_all(quick)
    assert fresh(house, again).version == 1
    with house.scope(), pytest.raises(Conflict, match="not_failed"):
        try_again(
            document=fresh(house, again),
            actor=house.actor("engineer"),
            now=database_now(),
        )


def test_one_that_kills_its_worker_each_time_is_given_up(
    committed: World, quick: QuickPress
) -> None:
    house, now = committed.zhida, database_now()
    asked = ask(house, now=now)
    for _ in range(4):
        assert claim(now=now)
        now += LEASE
    assert print_once(now=now, with_press=quick)
    assert fresh(house, asked).state == "failed"
    assert quick.jobs == []


def test_a_composer_that_fails_holds_up_nobody_else(
    committed: World, letters: Letters, quick: QuickPress
) -> None:
    house = committed.zhida
    letters.error = LookupError("gone")
    bad = ask(house)
    print_all(quick)
    letters.error = None
    good = make(house, quick, subject_id=8)
    assert fresh(house, bad).last_error.startswith("LookupError")
    assert good.state == "ready"


def test_without_a_press_papers_wait(committed: World, quick: QuickPress) -> None:
    house, now = committed.zhida, database_now()
    asked = ask(house, now=now)
    quick.error = NoPress("Install Pango.")
    assert not print_once(now=now, with_press=quick)
    row = fresh(house, asked)
    assert (row.attempts, row.last_error) == (0, "Install Pango.")
    quick.error = None
    assert print_once(now=now + timedelta(minutes=1), with_press=quick)
    assert fresh(house, asked).state == "ready"


# -- who and what ------------------------------------------------------------------------------


def test_who_may_not_have_it_made_is_refused(committed: World) -> None:
    with pytest.raises(NotPermitted):
        ask(committed.zhida, by="client")


def test_an_unknown_language_is_refused(committed: World) -> None:
    with pytest.raises(ServiceError, match="language_unknown"):
        ask(committed.zhida, language="xx")
