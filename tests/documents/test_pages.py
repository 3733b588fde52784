"""The papers of a subject on its page; their files; the public page behind the QR code."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from documents.models import Document
from documents.services import present_sheet, sign
from servicedesk.lib.now import database_now
from servicedesk.lib.vault import path_of, read_kept
from tests.documents.conftest import LETTER, THING, Letters, QuickPress, drawing, make
from tests.world import House, World

check_page = importlib.import_module("documents.views.check")
HTMX: Any = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def house(zhida: House, letters: Letters, same_connection: None) -> House:
    return zhida


@pytest.fixture
def browse(
    house: House, world: World, sign_in: Callable[[House, str], Client]
) -> Callable[..., Client]:
    known: dict[tuple[str, str], Client] = {}

    def browser(name: str, tenant: str = "zhida") -> Client:
        key = (name, tenant)
        if key not in known:
            known[key] = sign_in(getattr(world, tenant), name)
        return known[key]

    return browser


def listed(browser: Client, subject_id: int) -> str:
    answer = browser.get(reverse("documents:papers", args=[THING, subject_id]), **HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def ask_for(browser: Client, subject_id: int, **values: str) -> Any:
    values = {"kind": LETTER, "language": "en"} | values
    url = reverse("documents:make", args=[THING, subject_id])
    return browser.post(url, values, **HTMX)


# -- the list ----------------------------------------------------------------------------------


def test_a_paper_is_asked_for_on_the_page_and_appears_there(
    house: House, browse: Any, quick: QuickPress
) -> None:
    staff = browse("engineer")
    assert "Not made yet" in listed(staff, 7)
    waiting = ask_for(staff, 7).content.decode()
    assert "Being made" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    made = make(house, quick)
    page = listed(staff, 7)
    assert made.number in page
    assert "hx-trigger" not in page.split(">", 1)[0]
    assert reverse("documents:open", args=[made.pk]) in page


def test_earlier_versions_are_folded(
    house: House, browse: Any, letters: Letters, quick: QuickPress
) -> None:
    old = make(house, quick)
    letters.words = "Other words"
    make(house, quick)
    page = listed(browse("engineer"), 7)
    assert "1 earlier version" in page
    assert reverse("documents:open", args=[old.pk]) in page


def test_a_failure_is_said_and_can_be_tried_again(
    house: House, browse: Any, quick: QuickPress
) -> None:
    failed = make(house, quick)
    Document.objects.filter(pk=failed.pk).update(state="failed", is_current=False)
    staff = browse("engineer")
    assert "Failed" in listed(staff, 7)
    answer = staff.post(reverse("documents:again", args=[failed.pk]), **HTMX)
    assert "Being made" in answer.content.decode()


def test_clients_read_and_do_not_ask(
    house: House, browse: Any, quick: QuickPress
) -> None:
    theirs = house.client_org.pk
    made = make(house, quick, theirs)
    client = browse("client")
    page = listed(client, theirs)
    assert made.number in page
    assert "<form" not in page
    assert ask_for(client, theirs).status_code == 404


@pytest.mark.parametrize(
    "values", [{"kind": "nobody's"}, {"language": "xx"}, {"kind": ""}]
)
def test_what_is_not_offered_is_absent(browse: Any, values: dict[str, str]) -> None:
    assert ask_for(browse("engineer"), 7, **values).status_code == 404
    assert not Document.objects.exists()


def test_a_subject_that_one_may_not_see_has_no_list(house: House, browse: Any) -> None:
    rival = browse("rival")
    url = reverse("documents:papers", args=[THING, house.client_org.pk])
    assert rival.get(url).status_code == 404
    unknown = reverse("documents:papers", args=["nothing", 1])
    assert browse("admin").get(unknown).status_code == 404


def test_without_a_press_the_page_says_so_to_staff(
    house: House, browse: Any, quick: QuickPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = importlib.import_module("documents.views.papers")
    monkeypatch.setattr(papers, "why_no_press", lambda: "apt-get install pango")
    assert "apt-get install pango" in listed(browse("engineer"), 7)
    assert "pango" not in listed(browse("client"), house.client_org.pk)


# -- the file ----------------------------------------------------------------------------------


def test_a_paper_opens_in_place_or_is_downloaded(
    house: House, browse: Any, quick: QuickPress
) -> None:
    made = make(house, quick)
    staff = browse("engineer")
    shown = staff.get(reverse("documents:open", args=[made.pk]))
    assert shown.content == read_kept(made.stored)
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline")
    assert f"Letter {made.number} version 1.pdf" in shown["Content-Disposition"]
    assert shown["Content-Security-Policy"].startswith("default-src 'none';")
    kept = staff.get(reverse("documents:download", args=[made.pk]))
    assert kept.content == shown.content
    assert kept["Content-Disposition"].startswith("attachment")
    assert kept["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for answer in (shown, kept):
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_named_in_the_papers_language(
    house: House, browse: Any, quick: QuickPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(house, quick)
    Document.objects.filter(pk=made.pk).update(language="zh-hans")
    papers = importlib.import_module("documents.views.papers")
    named = replace(
        papers.paper_of(made.kind), title=pgettext_lazy("paper", "Service report")
    )
    monkeypatch.setattr(papers, "paper_of", lambda kind: named)
    shown = browse("engineer").get(reverse("documents:open", args=[made.pk]))
    name = unquote(shown["Content-Disposition"])
    assert f"服务报告 {made.number} 第 1 版.pdf" in name


@pytest.mark.parametrize("page", ["open", "download"])
def test_papers_of_others_are_absent(
    house: House, browse: Any, quick: QuickPress, page: str
) -> None:
    made = make(house, quick, house.client_org.pk)
    url = reverse(f"documents:{page}", args=[made.pk])
    assert browse("client").get(url).status_code == 200
    for stranger in (browse("rival"), browse("admin", "other")):
        assert stranger.get(url).status_code == 404


def test_a_paper_that_is_not_made_yet_has_no_file(
    house: House, browse: Any, quick: QuickPress
) -> None:
    staff = browse("engineer")
    ask_for(staff, 7)
    waiting = Document.objects.get()
    assert staff.get(reverse("documents:open", args=[waiting.pk])).status_code == 404


def test_a_file_that_was_changed_on_the_disk_is_not_given_out(
    house: House, browse: Any, quick: QuickPress
) -> None:
    made = make(house, quick)
    path = path_of(made.stored)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    answer = browse("engineer").get(reverse("documents:open", args=[made.pk]))
    assert answer.status_code == 409
    assert "not what was kept" in answer.content.decode()


def test_a_signature_is_seen_by_who_sees_its_subject(
    house: House, browse: Any, world: World
) -> None:
    now, actor = database_now(), house.actor("engineer")
    sheet = present_sheet(
        subject_kind=THING,
        subject_id=house.client_org.pk,
        content={"a": 1},
        now=now,
        actor=actor,
    )
    given: dict[str, Any] = {
        "sheet": sheet,
        "sha256": sheet.sha256,
        "role": "client",
        "now": now,
    }
    drawn = sign(name="李", image=drawing(), signed_at=now, actor=actor, **given)
    scanned = sign(
        name="李",
        image=b"%PDF-1.7\n",
        how="paper",
        signed_at=now,
        actor=actor,
        **given,
    )
    url = reverse("documents:signature", args=[drawn.pk])
    shown = browse("client").get(url)
    assert shown["Content-Type"] == "image/png"
    assert shown.content == read_kept(drawn.stored)
    assert browse("rival").get(url).status_code == 404
    assert browse("admin", "other").get(url).status_code == 404
    scan = browse("client").get(reverse("documents:signature", args=[scanned.pk]))
    assert scan["Content-Disposition"].startswith("attachment")
    assert scan["Content-Type"] == "application/octet-stream"


# -- the public check --------------------------------------------------------------------------


@pytest.fixture
def anybody(house: House) -> Client:
    return Client(
        SERVER_NAME=house.host, HTTP_HOST=house.host, HTTP_ACCEPT_LANGUAGE="en"
    )


def check(browser: Client, token: str, file: bytes | None = None) -> Any:
    url = reverse("check:paper", args=[token])
    if file is None:
        return browser.get(url)
    return browser.post(url, {"file": SimpleUploadedFile("x.pdf", file)})


def test_anybody_can_ask_whether_a_paper_is_genuine(
    house: House, anybody: Client, quick: QuickPress
) -> None:
    made = make(house, quick)
    answer = check(anybody, made.token)
    page = answer.content.decode()
    assert answer.status_code == 200
    for said in ("genuine and current", made.number, made.sha256):
        assert said in page


def test_the_page_tells_nothing_of_what_is_in_it(
    house: House, anybody: Client, letters: Letters, quick: QuickPress
) -> None:
    letters.words = "CANARY of the client"
    page = check(anybody, make(house, quick).token).content.decode()
    for secret in ("CANARY", "Letter", "Water works", house.engineer.user.name):
        assert secret not in page


def test_a_paper_that_was_replaced_is_said_to_be(
    house: House, anybody: Client, letters: Letters, quick: QuickPress
) -> None:
    old = make(house, quick)
    letters.words = "Other words"
    make(house, quick)
    page = check(anybody, old.token).content.decode()
    assert "no longer current" in page
    assert "Version 2 has replaced it" in page


@pytest.mark.parametrize("token", ["x" * 22, "x" * 500, "%00", "../../etc/passwd"])
def test_an_unknown_token_is_absent_like_anything(
    house: House, anybody: Client, token: str
) -> None:
    assert anybody.get(f"/check/{token}").status_code == 404


def test_a_token_of_another_tenant_is_absent(
    house: House, world: World, anybody: Client, quick: QuickPress
) -> None:
    made = make(house, quick)
    elsewhere = Client(SERVER_NAME=world.other.host, HTTP_HOST=world.other.host)
    assert check(elsewhere, made.token).status_code == 404


def test_a_paper_that_is_still_being_made_is_not_genuine_yet(
    house: House, anybody: Client, browse: Any
) -> None:
    ask_for(browse("engineer"), 7)
    assert check(anybody, Document.objects.get().token).status_code == 404


def test_a_file_is_compared_byte_for_byte_without_scripts(
    house: House, anybody: Client, letters: Letters, quick: QuickPress
) -> None:
    old = make(house, quick)
    letters.words = "Other words"
    new = make(house, quick)
    file = read_kept(new.stored)
    answers = [
        check(anybody, new.token, sent).content.decode().split("<template", 1)[0]
        for sent in (file, file[:-1] + b"?", read_kept(old.stored))
    ]
    assert "is the one that was issued" in answers[0]
    assert "not the one that was issued" in answers[1]
    assert "It is version 1, byte for byte." in answers[2]


def test_who_comes_too_often_waits(
    house: House, anybody: Client, quick: QuickPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_page, "LIMIT", 3)
    made = make(house, quick)
    answers = [check(anybody, made.token) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 15 * 60
    assert check(anybody, "x" * 22).status_code == 429


def test_the_address_on_the_paper_is_that_of_the_page(
    house: House, anybody: Client, quick: QuickPress
) -> None:
    make(house, quick)
    address = re.search(r"zhida\.localhost:8000(/check/\S+?)<", quick.jobs[0].html)
    assert anybody.get(address[1]).status_code == 200
