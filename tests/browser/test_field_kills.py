"""Killed and restarted again and again over a day's work: nothing lost, nothing twice.

``TEST_LONG=1`` makes it a hundred kills over five jobs with fifty photos; else it is three over
one job. Seeded, and told on failure, so that a red round can be walked again.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.browser.phone import Phone, picture
from tests.browser.test_field import phones

LONG = bool(os.environ.get("TEST_LONG"))
JOBS, PHOTOS, KILLS = (5, 10, 100) if LONG else (1, 4, 3)
SEED = int(os.environ.get("FIELD_SEED", "20261125"))
WHO = "elsewhere@zhida.example"
__all__ = ["phones"]


@dataclass(frozen=True)
class Act:
    """Something to do in a job; ``count``: how many acts of the verb there then are."""

    purpose: str
    verb: str
    count: int
    do: Callable[[Phone], None]


def day() -> list[Act]:
    """All acts of the day, in order."""
    acts: list[Act] = []
    for number in range(1, JOBS + 1):
        purpose = f"Round {number} of the pump house"
        acts += [Act(purpose, *act) for act in job(number)]
    return acts


def job(number: int) -> list[tuple[str, int, Callable[[Phone], None]]]:
    """The acts of one job: verb, how many of it there then are, and what a thumb does."""
    photos = [
        ("photo", place + 1, photograph(100 * number + place))
        for place in range(PHOTOS)
    ]
    return [
        ("accept", 1, lambda phone: phone.step("Accept")),
        ("check", 1, tick),
        ("depart", 1, lambda phone: phone.step("I am leaving")),
        ("arrive", 1, lambda phone: phone.step("I have arrived")),
        *photos[: PHOTOS // 2],
        ("record", 1, note),
        ("part", 1, part),
        *photos[PHOTOS // 2 :],
        ("finish", 1, finish),
        ("sign", 1, sign),
        ("rate", 1, rate),
    ]


def photograph(number: int) -> Callable[[Phone], None]:
    return lambda phone: phone.photo(picture(number))


def tick(phone: Phone) -> None:
    phone.page.get_by_role("button", name="Badge needed").click()


def note(phone: Phone) -> None:
    phone.sheet("Write it down", "Keep", found="The pump hums", done="Greased")


def part(phone: Phone) -> None:
    phone.sheet("Add a part", "Keep", name="Seal", quantity="1")


def finish(phone: Phone) -> None:
    phone.step("Finished")
    phone.fill("Finished", outcome="solved", done="Greased and tested")


def sign(phone: Phone) -> None:
    phone.step("Let the customer sign")
    phone.page.get_by_label("Name of who signs").fill("Li Na")
    phone.draw()
    phone.page.get_by_role("button", name="Sign", exact=True).click()


def rate(phone: Phone) -> None:
    phone.page.get_by_role("button", name="5 of 5 stars").click()


class Day:
    """A day's work by somebody whose phone dies all the time."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.left = day()
        self.orders: dict[str, int] = {}
        self.said: list[str] = []  # uids of which the page has said that they are kept
        self.sign_ins = 0
        self.chance = random.Random(SEED)

    def work(self, kills: int) -> None:
        """Do it all, killed so many times on the way."""
        for kill in range(kills):
            share = -(-len(self.left) // (kills - kill))
            self.round(share)
        while self.left:
            self.round(len(self.left), kill=False)
            self.phone.close()

    def round(self, share: int, *, kill: bool = True) -> None:
        """Open, work on, with or without a network; die at any moment."""
        offline = self.chance.random() < 0.5
        self.phone.open(offline=offline, sync=self.chance.random() < 0.5)
        self.seen()
        for _ in range(min(share, len(self.left))):
            self.act()
            if self.chance.random() < 0.15:
                offline = not offline
                self.phone.offline(yes=offline)
        if kill:
            self.die()

    def die(self) -> None:
        """At rest, in the middle of sending, or in the middle of the next act."""
        way = self.chance.choice(["rest", "sending", "acting"])
        with suppress(PlaywrightError):
            if way == "sending":
                self.phone.offline(yes=False)
            elif way == "acting" and self.left and self.left[0].verb == "photo":
                self.open_job(self.left[0].purpose)
                self.left[0].do(self.phone)
            self.phone.page.wait_for_timeout(self.chance.randrange(0, 250))
        self.phone.kill()

    def seen(self) -> None:
        """What the phone has kept; what was killed half way is done again, or was kept."""
        page = self.phone.page
        if page.url.endswith("/accounts/login/?next=/field/"):
            self.phone.sign_in(WHO)
        page.locator("#field-main[data-drawn]").wait_for()
        kept = self.phone.kept()
        uids = {item["uid"] for item in kept}
        assert set(self.said) <= uids, "An act that was kept is gone."
        self.said = [item["uid"] for item in kept]
        done = Counter((item["order"], item["verb"]) for item in kept)
        while self.left and self.is_done(self.left[0], done):
            self.left.pop(0)

    def is_done(self, act: Act, done: Counter[tuple[int, str]]) -> bool:
        order = self.orders.get(act.purpose)
        return order is not None and done[order, act.verb] >= act.count

    def open_job(self, purpose: str) -> None:
        self.phone.job(purpose)
        self.orders[purpose] = int(self.phone.page.url.rpartition("/")[2])

    def act(self) -> None:
        """The next act, until the page has kept it."""
        act = self.left[0]
        before = len(self.phone.kept())
        self.open_job(act.purpose)
        act.do(self.phone)
        for _ in range(100):
            kept = self.phone.kept()
            if len(kept) > before:
                break
            self.phone.page.wait_for_timeout(50)
        assert len(kept) == before + 1, (act, kept[before:])
        self.said = [item["uid"] for item in kept]
        self.left.pop(0)


ROWS = """
SELECT json_build_object(
  'state', w.state,
  'items', (SELECT json_agg(i.uid) FROM tickets_fielditem i WHERE i.work_order_id = w.id),
  'verbs', (SELECT json_agg(i.verb) FROM tickets_fielditem i WHERE i.work_order_id = w.id),
  'photos', (SELECT json_agg(a.sha256) FROM tickets_attachment a WHERE a.work_order_id = w.id),
  'parts', (SELECT count(*) FROM tickets_workpart p WHERE p.work_order_id = w.id),
  'signatures', (SELECT count(*) FROM documents_signature g WHERE g.uid IN
     (SELECT i.uid FROM tickets_fielditem i WHERE i.work_order_id = w.id))
) FROM tickets_workorder w WHERE w.purpose = %s
"""


def check(day_: Day, live_site: Any, number: int) -> None:
    """Everything of a job has arrived, once, and nothing else."""
    purpose = f"Round {number} of the pump house"
    row = live_site.one(ROWS, purpose)
    order = day_.orders[purpose]
    kept = [item for item in day_.phone.kept() if item["order"] == order]
    assert row["state"] == "signed"
    assert sorted(row["items"]) == sorted(item["uid"] for item in kept)
    wanted = Counter(verb for verb, _count, _do in job(number))
    assert Counter(row["verbs"]) == wanted
    photos = [item["sha256"] for item in kept if item["verb"] == "photo"]
    assert sorted(row["photos"]) == sorted(photos)
    assert len(set(photos)) == PHOTOS
    assert (row["parts"], row["signatures"]) == (1, 1)


@pytest.mark.timeout(3600 if LONG else 300)
def test_nothing_is_lost_and_nothing_arrives_twice(phones, live_site, capsys):
    phone = phones()
    phone.open(path="/accounts/login/")
    phone.sign_in(WHO)
    phone.close()
    work = Day(phone)
    work.work(KILLS)
    page = phone.open()
    phone.all_sent(seconds=120)
    expect(page.locator("#field-state")).to_contain_text("All sent")
    for number in range(1, JOBS + 1):
        check(work, live_site, number)
    sent = len(phone.kept())
    with capsys.disabled():
        print(
            f"\n{KILLS} kills, {sent} acts, {JOBS * PHOTOS} photos: each arrived once"
        )
