"""The same sentences as a Chinese service manager would say them."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicedesk.local.translations import compile_all
from tests.tickets.rules.histories import histories, moments
from tests.tickets.rules.stories import STANDARDS, ZONE, Told, at
from tickets.explain import length, sentence
from tickets.rules.derive import derive
from tickets.rules.explain import explain

#: What may stand in a Chinese sentence besides Chinese.
PLAIN = set("0123456789:-/ ,。:()、")


@pytest.fixture(autouse=True, scope="module")
def _chinese():
    compile_all()
    with translation.override("zh-hans"):
        yield


def says(told: Told, now: str, key: str) -> str:
    clocks = [c for c in told.clocks(now) if c.key.startswith(key)]
    clock = clocks[-1]
    return sentence(
        explain(clock, standard=STANDARDS[clock.standard], now=at(now)), ZONE
    )


VISIT = Told().answered("10:30").visit("11:00").agreed("11:00", "+1 10:00")


@pytest.mark.parametrize(
    ("told", "now", "key", "expected"),
    [
        (Told(), "09:00", "resolution", "17:00 截止:从 09:00 起 8 小时。"),
        (
            VISIT,
            "11:00",
            "resolution",
            (
                "明天 16:00 截止:从 09:00 起 8 小时,不计等待预约上门的 23 小时。"
                "现暂停至明天 10:00。"
            ),
        ),
        (
            VISIT,
            "11:00",
            "first",
            "按时完成,提前 30 分钟:10:30 完成,11:00 截止(从 09:00 起 2 小时)。",
        ),
        (VISIT, "11:00", "arrival", "已约定明天 10:00。"),
        (
            Told().raised("10:00", 3),
            "10:10",
            "resolution.urgent",
            "12:00 截止:从 10:00 升为紧急起 2 小时。",
        ),
        (
            Told("09:00", 3).visit("09:10"),
            "09:10",
            "resolution.urgent.on_site",
            "工程师到场后开始计时,限 2 小时。",
        ),
        (
            Told().waits("10:00"),
            "12:00",
            "resolution",
            "自 10:00 起暂停(等待您回复),恢复后还剩 7 小时。",
        ),
        (
            Told(),
            "+3 12:00",
            "first",
            (
                "已超时 3 天 1 小时,仍在计时:3月2日 11:00 截止(从 3月2日 09:00 起"
                " 2 小时)。"
            ),
        ),
    ],
)
def test_sentences(told, now, key, expected):
    assert says(told, now, key).translate(NARROW) == expected.translate(NARROW)


#: Full-width marks are written narrow in this file, so that they can be told apart.
NARROW = str.maketrans("\uff0c\uff1a\uff08\uff09", ",:()")


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_no_english_is_left(data):
    facts = data.draw(histories(standards=(1, 2, 3, 4)))
    now = data.draw(moments(facts))
    for clock in derive(facts, standards=STANDARDS, now=now):
        told = explain(clock, standard=STANDARDS[clock.standard], now=now)
        words = sentence(told, ZONE).translate(NARROW)
        others = {c for c in words if not "\u4e00" <= c <= "\u9fff"}
        assert others <= PLAIN, words
        assert "  " not in words


def test_lengths():
    assert length(at("10:30") - at("09:00")) == "1 小时 30 分钟"
    assert length(at("+2 10:00") - at("09:00")) == "2 天 1 小时"
