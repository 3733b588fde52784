"""The duty roster: whose turn it is, where nobody is, who may write it; skills."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from activity.models import Entry
from people import services
from people.models import Shift, Skill
from people.rota import ShiftLine, gaps, on_duty, present, turns
from people.rules import Away
from servicedesk.lib.errors import NotPermitted, ServiceError
from tests.accounts.hands import signed_in
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 3, 2)
EVERY_DAY = frozenset(range(1, 8))


def at(hour: float, day: int = 0) -> datetime:
    start = datetime.combine(MONDAY, time(), ZONE).astimezone(UTC)
    return start + timedelta(days=day, hours=hour)


def line(**values) -> ShiftLine:
    given: dict[str, Any] = {
        "key": 1,
        "name": "Day",
        "weekdays": EVERY_DAY,
        "starts": time(8),
        "ends": time(20),
        "from_on": date(2026, 1, 1),
        "until_on": None,
        "people": frozenset({7}),
    }
    return ShiftLine(**(given | values))


def of(*lines, start=None, end=None):
    return turns(lines, start=start or at(0), end=end or at(24), zone=ZONE)


@pytest.mark.parametrize(
    ("values", "hour", "is_on"),
    [
        ({}, 8, True),
        ({}, 7.99, False),
        ({}, 20, False),
        ({"starts": time(20), "ends": time(8)}, 23, True),
        ({"starts": time(20), "ends": time(8)}, 3, True),  # since Sunday evening
        ({"starts": time(20), "ends": time(8), "weekdays": {1}}, 3, False),
        ({"starts": time(0), "ends": time(0)}, 12, True),  # around the clock
        ({"weekdays": {2, 3}}, 12, False),
        ({"until_on": MONDAY}, 12, True),
        ({"until_on": MONDAY - timedelta(days=1)}, 12, False),
        ({"from_on": MONDAY + timedelta(days=1)}, 12, False),
    ],
)
def test_whose_turn_it_is(values, hour, is_on):
    assert (7 in on_duty(of(line(**values)), [], at(hour))) is is_on


def test_who_is_away_is_not_on_duty_and_a_turn_without_anybody_is_none():
    away = Away(7, at(10), at(12))
    whole = Away(7, at(0), at(24))
    found = of(line())
    assert on_duty(found, [away], at(11)) == frozenset()
    assert on_duty(found, [away], at(12)) == {7}
    assert present(found, [away]) == found
    assert present(found, [whole]) == []


def test_where_nobody_is_on_duty():
    day, night = line(), line(key=2, starts=time(20), ends=time(6))
    found = of(day, night)
    assert gaps(found, start=at(0), end=at(24)) == [(at(6), at(8))]
    assert gaps([], start=at(0), end=at(1)) == [(at(0), at(1))]


@pytest.fixture
def save(zhida):
    def shift(by="admin", **values):
        given = {
            "name": "Day",
            "weekdays": [1, 2, 3, 4, 5],
            "starts": time(8),
            "ends": time(18),
            "from_on": MONDAY,
            "members": [zhida.engineer],
        }
        return services.save_shift(
            actor=zhida.actor(by),
            now=FOUNDED,
            department=zhida.department,
            **(given | values),
        )

    return shift


def test_a_shift_is_written_changed_and_taken_out_and_the_journal_says_so(zhida, save):
    row = save(by="manager")
    save(shift=row, name="Early", members=[zhida.engineer, zhida.people["colleague"]])
    assert row.members.count() == 2
    changed = Entry.objects.get(verb="shift.changed")
    assert changed.data["name"] == ["Day", "Early"]
    services.remove_shift(actor=zhida.actor("admin"), now=FOUNDED, shift=row)
    assert not Shift.objects.exists()
    assert Entry.objects.get(verb="shift.removed").data["name"] == ["Early", ""]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"members": []}, "members"),
        ({"members": ["elsewhere"]}, "members"),
        ({"until_on": MONDAY - timedelta(days=1)}, "until_on"),
        ({"name": " "}, "name"),
    ],
)
def test_a_line_that_makes_no_sense_names_its_field(zhida, save, values, field):
    if values.get("members"):
        values = {"members": [zhida.people["elsewhere"]]}
    with pytest.raises(ServiceError) as refused:
        save(**values)
    assert refused.value.field == field


@pytest.mark.parametrize("who", ["engineer", "agent", "client"])
def test_only_who_leads_writes_the_roster(save, who):
    with pytest.raises(NotPermitted):
        save(by=who)


def test_the_page_teaches_shows_and_warns(zhida, save, rf):
    path = f"/departments/{zhida.department.pk}/roster/"
    browser = signed_in(zhida, "manager")
    assert "No duty roster yet" in browser.get(path).content.decode()
    answer = browser.post(
        f"{path}new/",
        {
            "name": "Night",
            "weekdays": ["6", "7"],
            "starts": "20:00",
            "ends": "08:00",
            "members": [zhida.engineer.pk],
            "from_on": "2026-01-01",
            "until_on": "",
        },
    )
    assert answer.status_code == 302
    page = browser.get(path).content.decode()
    assert "20:00–08:00" in page
    assert zhida.engineer.user.name in page
    assert "Nobody is on duty in the coming seven days" in page
    assert signed_in(zhida, "engineer").get(path).status_code == 200
    assert signed_in(zhida, "engineer").get(f"{path}new/").status_code == 404


def test_skills_are_words_separated_by_any_comma(zhida):
    browser = signed_in(zhida, "manager")
    path = f"/people/{zhida.engineer.pk}/skills/"
    answer = browser.post(path, {"categories": "Camera，camera, Screen、\nServer"})
    assert answer.status_code == 302
    known = Skill.objects.order_by("category").values_list("category", flat=True)
    assert list(known) == ["Screen", "Server", "camera"]
    assert "Screen" in browser.get(f"/people/{zhida.engineer.pk}/").content.decode()
    browser.post(path, {"categories": ""})
    assert not Skill.objects.exists()
