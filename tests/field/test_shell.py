"""The app's frame: nothing of anybody in it, everything that it needs named, words for all."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from PIL import Image

from servicedesk.lib.ui.words import script_words
from tests.world import PASSWORD
from tickets.queries import field_words
from tickets.queries.field_shell import FILES, SCRIPTS, SIZES, icon

FOLDER = Path(django_settings.BASE_DIR) / "static/js/field"


def test_the_shell_holds_nothing_of_whoever_opened_it(zhida, sign_in, phone):
    mine = phone.browser.get("/field/").content.decode()
    other = sign_in(zhida, "colleague").get("/field/").content.decode()
    assert mine == other
    assert "csrf" not in mine
    assert zhida.engineer.user.email not in mine
    assert PASSWORD not in mine


def test_the_worker_keeps_the_shell_of_the_version_that_the_page_names(phone):
    page = phone.browser.get("/field/").content.decode()
    version = re.search(r'data-version="([0-9a-f]{20})"', page)[1]
    assert phone.day()["shell"] == version
    worker = phone.browser.get(f"/field/sw.js?v={version}")
    assert worker["Content-Type"].startswith("text/javascript")
    assert f'"version": "{version}"' in worker.content.decode()
    assert "default-src 'none'" in worker["Content-Security-Policy"]


def test_another_language_is_another_version(zhida, phone):
    before = phone.day()["shell"]
    user = zhida.engineer.user
    user.language = "zh-hans"
    user.save()
    assert phone.day()["shell"] != before


def test_a_worker_names_no_version_that_is_none(zhida):
    browser = Client(SERVER_NAME=zhida.host, HTTP_HOST=zhida.host)
    text = browser.get("/field/sw.js", {"v": '");alert(1)//'}).content.decode()
    assert "alert" not in text


def test_every_script_of_the_app_is_kept_on_the_phone():
    found = {path.stem for path in FOLDER.glob("*.js")}
    assert found == {*SCRIPTS, "worker"}
    outside = re.compile(r'from "\.\./([a-z-]+)\.js"')
    for path in FOLDER.glob("*.js"):
        for name in outside.findall(path.read_text()):
            assert f"js/{name}.js" in FILES, f"{path.name} imports {name}.js"
        for name in re.findall(r'import\("\.\./\.\./(.+?)"\)', path.read_text()):
            assert name in FILES, f"{path.name} imports {name}"


def test_every_word_that_the_app_says_is_there_and_none_is_for_nothing():
    ours = {
        key
        for group in (
            field_words.FRAME,
            field_words.JOB,
            field_words.ACTS,
            field_words.OUTBOX,
        )
        for key in group
    }
    assert not ours & script_words().keys(), "Two words under one key."
    source = "".join(path.read_text() for path in FOLDER.glob("*.js"))
    said = set(re.findall(r'word\("([a-z_]+)"', source))
    assert said - field_words.field_words().keys() == set()
    for key in ours:
        stem = key.partition("_")[0]
        assert f'"{key}"' in source or f"`{stem}_${{" in source or key in source, key


def test_the_manifest_names_the_company_and_is_open_to_the_browser(zhida):
    browser = Client(SERVER_NAME=zhida.host, HTTP_HOST=zhida.host)
    manifest = browser.get("/field/app.webmanifest").json()
    assert zhida.tenant.name in manifest["name"]
    assert (manifest["scope"], manifest["start_url"]) == ("/field/", "/field/")
    assert manifest["theme_color"] == zhida.tenant.accent
    for one in manifest["icons"]:
        answer = browser.get(one["src"])
        size = Image.open(io.BytesIO(answer.content)).size
        assert one["sizes"] == f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", [1, 10_000])
def test_an_icon_comes_in_its_sizes_only(zhida, size):
    browser = Client(SERVER_NAME=zhida.host, HTTP_HOST=zhida.host)
    assert browser.get(f"/field/icon-{size}.png").status_code == 404


def test_an_icon_has_the_companys_colour():
    image = Image.open(io.BytesIO(icon(SIZES[0], "#aa3311"))).convert("RGB")
    assert image.getpixel((0, 0)) == (0xAA, 0x33, 0x11)
