"""A standard's file that is no good YAML, or has wrong keys or types, is refused."""

from __future__ import annotations

import time

import pytest

from tests.sla.standard_file import FILE, HERE, Fault, broken, faults, load

SOURCE = "source: 一份文件"
NAME = "name: {zh: 小标准, en: Small standard}"
TIER_NAME = "    name: {zh: 一般, en: General}"
PAUSES = "    may_pause: [customer]"
URGENT = "severities: [urgent]"
RESPONSE = "      first_response:\n        limit: 2h"
LIMIT = "        limit: 2h\n        from: received\n        calendar"
LOW = "tiers.low"
TARGET = f"{LOW}.targets.first_response"
BOSS = "  boss: {after: 30min, tell: general_manager}"


def source(value: str) -> tuple[str, str]:
    return SOURCE, f"source: {value}  {HERE}"


def name(english: str) -> tuple[str, str]:
    return NAME, f"name: {{zh: 小标准, en: {english}}}  {HERE}"


FAULTS = {
    "an unknown key": Fault(
        TIER_NAME, f"    colour: red  {HERE}\n{TIER_NAME}", f"{LOW}.colour", "unknown_key"
    ),
    "a misspelt key": Fault(
        PAUSES, f"    may_pauze: []  {HERE}\n{PAUSES}", f"{LOW}.may_pauze", "did_you_mean"
    ),
    "an unknown key at the top": Fault(
        SOURCE, f"{SOURCE}\ncolour: red  {HERE}", "colour", "unknown_key"
    ),
    "an unknown key in a target": Fault(
        LIMIT, f"        priority: 1  {HERE}\n{LIMIT}", f"{TARGET}.priority", "unknown_key"
    ),
    "an unknown key in a step": Fault(
        BOSS, f"{BOSS[:-1]}, cc: me}}  {HERE}", "escalation.boss.cc", "unknown_key"
    ),
    "an unknown language": Fault(
        TIER_NAME,
        f"    name: {{zh: 一般, en: General, de: Normal}}  {HERE}",
        f"{LOW}.name.de",
        "unknown_key",
    ),
    "a missing key": Fault(f"  low:\n    {'severities: [general, serious]'}\n{TIER_NAME}",
        f"  low:  {HERE}\n    severities: [general, serious]", LOW, "missing_key"
    ),
    "a missing limit": Fault(
        RESPONSE, f"      first_response:  {HERE}", TARGET, "missing_key"
    ),
    "a missing language": Fault(
        NAME, f"name: {{zh: 小标准}}  {HERE}", "name", "missing_key"
    ),
    "a missing calendar": Fault(
        "format: 1", f"format: 1  {HERE}", "", "missing_key"
    ),
    "a metric that nobody named": Fault(
        RESPONSE,
        f"      quick: {{limit: 1h, from: received}}  {HERE}\n{RESPONSE}",
        f"{LOW}.targets.quick",
        "missing_key",
    ),
    "a repeated key": Fault(
        LIMIT, f"        limit: 3h\n        limit: 2h  {HERE}{LIMIT[17:]}",
        f"{TARGET}.limit", "duplicate_key",
    ),
    "a repeated target": Fault(
        "      arrival:\n        limit: 0",
        f"      first_response: {{}}  {HERE}\n      arrival:\n        limit: 0",
        TARGET, "duplicate_key",
    ),
    "a key that is a list": Fault(SOURCE, f"[a, b]: c  {HERE}", "", "complex_key"),
    "a key that is an alias": Fault(SOURCE, f"*name : c  {HERE}", "", "complex_key"),
    "a key with capitals": Fault("key: small", f"key: Small  {HERE}", "key", "bad_key"),
    "a tier with a long key": Fault(
        "  high:", f"  {'h' * 41}:  {HERE}", f"tiers.{'h' * 41}", "bad_key"
    ),
    "no value": Fault(*source(""), "source", "no_value"),
    "only spaces": Fault(*source('"  "'), "source", "no_value"),
    "a text where keys belong": Fault(
        "warning: {at: 75%, tell: assignee}", f"warning: 75%  {HERE}",
        "warning", "not_a_table",
    ),
    "a list where keys belong": Fault(
        NAME, f"name: [小标准]  {HERE}", "name", "not_a_table"
    ),
    "a text where a list belongs": Fault(
        URGENT, f"severities: urgent  {HERE}", "tiers.high.severities", "not_a_list"
    ),
    "keys where a text belongs": Fault(*source("{a: b}"), "source", "not_a_text"),
    "a list in a list": Fault(
        PAUSES, f"    may_pause: [[customer]]  {HERE}", f"{LOW}.may_pause[1]", "not_a_text"
    ),
    "nothing in a list": Fault(
        PAUSES, f"    may_pause: [~]  {HERE}", f"{LOW}.may_pause[1]", "no_value"
    ),
    "a control character": Fault(*name('"Small\\x07"'), "name.en", "bad_character"),
    "half a surrogate": Fault(*name('"Small\\ud800"'), "name.en", "bad_character"),
    "a line break in a name": Fault(*name('"Small\\n1"'), "name.en", "bad_character"),
    "a very long name": Fault(*name("x" * 101), "name.en", "too_long_text"),
    "another format": Fault("format: 1", f"format: 2  {HERE}", "format", "unknown_format"),
    "an alias": Fault(*source("*other"), "source", "alias"),
    "an anchor": Fault(*source("&one 一份文件"), "source", "anchor"),
    "a tag": Fault(*source("!!str 一份文件"), "source", "tag"),
    "a second document": Fault(SOURCE, f"---  {HERE}\n{SOURCE}", "", "many_documents"),
    "a tab": Fault(f"    {URGENT}", f"\t{URGENT}  {HERE}", "", "tab"),
    "a colon too many": Fault(*source("标准: 一份文件"), "", "stray_colon"),
    "an open bracket": Fault(
        f"    {URGENT}\n    name:", f"    severities: [urgent\n    name:  {HERE}", "", "syntax"
    ),
    "deep nesting": Fault(
        *source("[" * 30 + "]" * 30), "source" + "[1]" * 8, "too_deep"
    ),
    "a character that is none": Fault(*source("a\x00b"), "", "not_printable"),
}  # fmt: skip
FAULTS["a missing calendar"] = Fault(
    "format: 1\nkey: small\nname: {zh: 小标准, en: Small standard}\n"
    "source: 一份文件\ncalendar: always",
    f"format: 1  {HERE}\nkey: small\nname: {{zh: 小标准, en: Small standard}}\n"
    "source: 一份文件",
    "",
    "missing_key",
)


def test_the_file_itself_is_good():
    assert faults(FILE) == []
    assert load(FILE).key == "small"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_with_line_key_and_reason(fault):
    fault.check()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("# only a comment\n", "empty_file"),
        ("just words", "not_a_table"),
        ("- a\n- list\n", "not_a_table"),
        ("x" * (64 * 1024 + 1), "too_large"),
        ("标" * (22 * 1024), "too_large"),
    ],
)
def test_what_is_no_standard_at_all(text, code):
    assert faults(text) == [(1, "", code)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (SOURCE, 'source: "一份文件', "colon"),
        ("calendar: always", "calendar always", "colon"),
        (SOURCE, "source: %x", "syntax"),
    ],
)
def test_what_the_parser_can_not_make_out_has_a_line_too(old, new, code):
    [(line, path, found)] = faults(broken(old, new))
    assert (path, found) == ("", code)
    assert line > 1


BOMBS = {
    "a billion laughs": "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
    "a merge": "base: &base {a: 1}\nother:\n  <<: *base\n",
    "code": "!!python/object/apply:os.system [ls]",
    "brackets": "[" * 60_000,
    "braces": "{" * 60_000,
    "dashes": "- " * 30_000,
    "question marks": "? " * 30_000,
    "quotation marks": '"' * 60_000,
    "keys": "".join(f"k{n}: 1\n" for n in range(6_000)),
    "one long key": f"{'k' * 60_000}: 1",
    "anchors": "".join(f"k{n}: &a{n} 1\n" for n in range(4_000)),
    "hashes": "key: #" + "#" * 60_000,
    "digits": f"format: {'9' * 60_000}",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_hostile_file_is_refused_soon(text):
    begun = time.perf_counter()
    assert faults(text)
    assert time.perf_counter() - begun < 10


def test_every_fault_is_told_at_once():
    text = FILE
    for old, new in [
        ("format: 1", "format: 7"),
        ("zone: Asia/Shanghai", "zone: Mars"),
        ("[general, serious]", "[general, serious, awful]"),
        ("limit: 8h", "limit: eight"),
        ("after: 30min", "after: -30min"),
    ]:
        text = text.replace(old, new)
    assert [(path, code) for _, path, code in faults(text)] == [
        ("format", "unknown_format"),
        ("calendars.office.zone", "unknown_zone"),
        ("escalation.boss.after", "negative_duration"),
        ("tiers.low.severities[3]", "bad_choice"),
        ("tiers.low.targets.resolution.limit", "bad_duration"),
    ]


def test_what_yaml_would_misread_is_taken_as_it_is_written():
    text = FILE.replace("zh: 一般, en: General", "zh: 否, en: no")
    assert load(text).tiers[0].name.en == "no"
    text = FILE.replace("source: 一份文件", "source: 09:00")
    assert load(text).source == "09:00"
