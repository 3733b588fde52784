"""Rows 24, 26, 28: what people write is run by nobody: no markup (Znuny CVE-2024-32492, some
forty commits of osTicket), no link that acts (FreeScout #5438, RT 01cecdeeca), no template
(ServiceNow CVE-2024-4879, ERPNext CVE-2025-66434).
"""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.security.crawl import walk
from tests.security.hostile import HOSTILE

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawl")]
#: Where an address may lead, and what only looks like one.
SCHEMES = ("http:", "https:", "mailto:", "tel:")
ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href"}
EXECUTED = "x-ran"


class Reader(HTMLParser):
    """What a browser would find in a page that must not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag.startswith("x-"):
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith(("on", "x-", "hx-on")) or name in {"style", "srcdoc"}:
                self.faults.append(f"<{tag} {name}>")
            if name in ADDRESSES and not is_harmless(value or ""):
                self.faults.append(f"<{tag} {name}={value!r}>")


def is_harmless(address: str) -> bool:
    plain = "".join(c for c in address if c > " ").lower()
    scheme = plain.partition(":")[0]
    return (
        ":" not in plain or "/" in scheme or "?" in scheme or plain.startswith(SCHEMES)
    )


@pytest.mark.parametrize("role", ["admin", "client"])
def test_hostile_words_stay_words(zhida, sign_in, role):
    wrong, with_words = [], set()
    for one in walk(zhida, sign_in, role).seen:
        if not one.is_html:
            continue
        reader = Reader()
        reader.feed(one.text)
        reader.close()
        wrong += [f"{one.name}: {fault}" for fault in reader.faults]
        if EXECUTED in one.text:
            wrong.append(f"{one.name}: a template was run")
        if "&lt;x-bad&gt;" in one.text:
            with_words.add(one.name)
    assert wrong == []
    expected = {"admin": 50, "client": 12}[role]
    assert len(with_words) >= expected, "The words have to be there to be harmless."


def test_json_says_them_as_they_are(zhida, sign_in):
    answers = [one for one in walk(zhida, sign_in, "client").seen if one.name == "api"]
    titles = [t["title"] for one in answers for t in _results(one) if "title" in t]
    assert HOSTILE in titles


def _results(one):
    if one.response.status_code != 200:
        return []
    return one.response.json().get("results", [])


@pytest.mark.parametrize(
    ("address", "harmless"),
    [
        ("javascript:alert(1)", False),
        (" java\tscript:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("https://ok.example", True),
        ("/tickets/?q=a:b", True),
        ("#e3", True),
    ],
)
def test_the_reader_knows_what_acts(address, harmless):
    assert is_harmless(address) is harmless
