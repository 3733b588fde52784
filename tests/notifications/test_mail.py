"""E-mails: the recipient's language and zone; nothing that people wrote becomes a header."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.utils import getaddresses

import pytest
from django.test import override_settings
from django.utils import translation

from notifications.channels import Letter, Note
from notifications.channels.email.compose import compose
from notifications.kinds import all_kinds
from notifications.readable import one_line, readable
from notifications.render import render

DUE = "2026-03-01T01:30:00+00:00"
HEADERS = {
    "content-type",
    "mime-version",
    "subject",
    "from",
    "to",
    "date",
    "message-id",
    "auto-submitted",
    "x-auto-response-suppress",
    "references",
}
#: What has been tried on others (RT CVE-2012-4730, osTicket 7c5c584f9, Sentry f7d362576663).
HOSTILE = [
    "Eve\r\nBcc: victim@example.com",
    "Eve\nSubject: forged",
    "Eve\r\n\r\n<script>alert(1)</script>",
    "Eve\x0bBcc: victim@example.com",
    "Eve\x85Bcc: victim@example.com",
    "Eve\u2028Bcc: victim@example.com",
    "Eve\x00",
    'Eve" <victim@example.com>, "',
    "Eve <victim@example.com>",
    "victim@example.com, eve",
    "Eve, Mallory",
    "Eve; Mallory",
    "group:victim@example.com;",
    "(comment) Eve",
    "=?utf-8?q?Eve=0D=0ABcc=3A_victim=40example=2Ecom?=",
    "<a href='https://evil.example'>Eve</a>",
    "\u202egro.elpmaxe@mictiv\u202c",
    "E\u200bv\u2066e",
    "\\",
    '"',
    "",
    " ",
    "名" * 300,
    "%(number)s %s {0.__class__} {{ 7|add:7 }} {% load x %}",
]


def note(kind="clock_missed", **params):
    values = {
        "number": "ZD-2026-000001",
        "title": "No picture",
        "metric": "arrival",
        "severity": 3,
        "due_at": DUE,
        "as": "department_manager",
    }
    return Note(kind, values | params, datetime(2026, 3, 1, 2, tzinfo=UTC), "ticket", 7)


def letter(*notes, **changes):
    values = {
        "uid": "<0b5c@localhost>",
        "tenant_id": 1,
        "tenant_name": "Zhida",
        "site": "http://zhida.localhost:8000",
        "name": "Li Ming",
        "address": "li@example.com",
        "language": "en",
        "zone": "Asia/Shanghai",
        "notes": notes or (note(),),
    }
    return Letter(**(values | changes))


def parsed(mail):
    return email.message_from_bytes(
        mail.message().as_bytes(), policy=email.policy.default
    )


def test_the_words_are_in_the_recipients_language_and_the_tenants_zone():
    english, chinese = compose(letter()), compose(letter(language="zh-hans"))
    assert english.subject == "Missed: Arrival of ZD-2026-000001"
    assert "Arrival was due at 2026-03-01 09:30 and is not done." in english.body
    assert "Severity now: Urgent." in english.body
    assert "You are told as: Department manager." in english.body
    assert '<html lang="zh-Hans">' in chinese.alternatives[0][0]
    assert chinese.subject == "超时：ZD-2026-000001 “到场”已超时"
    assert "当前紧急程度：紧急。" in chinese.body
    tokyo = compose(letter(zone="Asia/Tokyo"))
    assert "2026-03-01 10:30" in tokyo.body


def test_the_language_of_the_process_does_not_matter():
    with translation.override("zh-hans"):
        mail = compose(letter())
    assert mail.subject == "Missed: Arrival of ZD-2026-000001"


def test_an_e_mail_says_what_it_is_and_where_it_leads():
    mail = parsed(compose(letter()))
    assert {name.lower() for name in mail} == HEADERS
    assert mail["Message-ID"] == "<0b5c@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = (part.get_content() for part in mail.iter_parts())
    for body in (text, html):
        assert "http://zhida.localhost:8000/" in body


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("where", ["name", "tenant_name", "title", "by"])
def test_nothing_that_people_wrote_becomes_a_header_or_a_recipient(hostile, where):
    made = {
        "name": letter(name=hostile),
        "tenant_name": letter(tenant_name=hostile),
        "title": letter(note(title=hostile)),
        "by": letter(note("handed_over", count=2, by=hostile)),
    }[where]
    raw = compose(made)
    mail = parsed(raw)
    assert sorted(name.lower() for name in mail) == sorted(HEADERS)
    assert [a for _, a in getaddresses([str(mail["To"])])] == ["li@example.com"]
    assert [a for _, a in getaddresses([str(mail["From"])])] == ["service@localhost"]
    assert raw.recipients() == raw.to
    assert len(raw.recipients()) == 1
    assert "\n" not in str(mail["Subject"])
    for char in str(mail["To"]) + str(mail["From"]) + str(mail["Subject"]):
        assert char.isprintable()
    assert "<script>" not in raw.alternatives[0][0]
    assert "<a href='https://evil" not in raw.alternatives[0][0]


@pytest.mark.parametrize(
    "address", ["li@example.com\nBcc: x@example.com", "no address", "a@b, c@d", ""]
)
def test_an_address_that_is_none_fails_this_letter_alone(address):
    with pytest.raises(ValueError):  # noqa: PT011 the library's words
        compose(letter(address=address)).message()


def test_a_digest_lists_all_and_says_how_many():
    mail = compose(
        letter(
            note("assigned", title="A"), note(title="B"), note("assigned", title="C")
        )
    )
    assert mail.subject == "3 messages: Missed: Arrival of ZD-2026-000001"
    assert mail.body.index("“B”") < mail.body.index("“A”") < mail.body.index("“C”")


@override_settings(DEFAULT_FROM_EMAIL="Desk <desk@example.com>")
def test_it_comes_from_the_tenant_by_the_installations_address():
    assert compose(letter()).from_email == "Zhida <desk@example.com>"


def test_a_sentence_with_an_empty_place_is_left_out():
    words = render("clock_missed", {"number": "ZD-1", "metric": "arrival"})
    assert words.title == "Missed: Arrival of ZD-1"
    assert words.lines == ["Please acknowledge with a plan."]


def test_a_reminder_lists_everything_that_nobody_acknowledged():
    items = [
        {"metric": "arrival", "missed_at": DUE},
        {"metric": "nonsense", "missed_at": "x"},
        7,
    ]
    words = render("reminder", {"number": "ZD-1", "title": "T", "items": items})
    assert words.items == [
        "Arrival – missed since 2026-03-01 01:30, nobody has acknowledged it",
        "nonsense – missed since x, nobody has acknowledged it",
    ]


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_has_words_for_whatever_it_is_given(kind, language):
    with translation.override(language):
        full = dict.fromkeys(_places(kind), "1")
        words = render(kind.key, full | {"items": [full]})
        assert words.title
        assert "%(" not in words.title + "".join(words.lines) + "".join(words.items)
        assert len(words.lines) == len(kind.body)
        assert render(kind.key, {}).title  # nothing given: still not an error
        assert words.path.startswith("/")


def _places(kind):
    class Places(dict):
        def __missing__(self, key):
            names.append(key)
            return ""

    names = []
    for text in (kind.title, *kind.body, kind.item):
        str(text) % Places()
    return names


def test_a_merged_ticket_says_where_it_goes_on():
    words = render(
        "state_changed", {"number": "ZD-1", "state": "merged", "reason": "ZD-2"}
    )
    assert words.title == "ZD-1: Merged"
    assert words.lines == ["It goes on as ZD-2."]


def test_words_of_people_stay_on_one_line():
    assert one_line(" a\r\n\tb\u2028c\u202ed\x00 ") == "a b cd"
    assert one_line("x" * 400) == "x" * 299 + "…"


def test_values_become_words():
    found = readable(
        {
            "wait": "parts",
            "late_s": 5400,
            "problem": "all_away",
            "state": "closed",
            "severity_before": 1,
            "n": 3,
            "none": None,
            "list": [1],
            "by": "time",
        }
    )
    assert found["wait"] == "Waiting for parts"
    assert found["late_s"] == "1 h 30 min"
    assert found["problem"] == "everybody is away"
    assert found["state"] == "Closed"
    assert found["severity_before"] == "General"
    assert (found["n"], found["none"], found["by"]) == ("3", "", "")
    assert found["by_time"]
    assert "list" not in found


def test_messages_lead_to_what_they_are_about():
    assert (
        render("assigned", {"number": "ZD-2026-000001"}).path
        == "/tickets/ZD-2026-000001"
    )
    assert render("handed_over", {"by": "Li", "count": 2}).path == "/tickets/?tab=mine"
    assert render("assigned", {}).path == "/"  # no such page: the start
