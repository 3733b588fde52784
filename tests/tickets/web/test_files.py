"""Files are given out after the permission check, and never run."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.tickets.web.test_filing import PNG
from tickets.models import Attachment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def picture(ticket, do):
    upload = SimpleUploadedFile("故障 照片.png", PNG, "image/png")
    do(ticket, "reply", by="client", body="Look", files=[upload])
    return Attachment.objects.get()


@pytest.fixture
def log(ticket, do):
    upload = SimpleUploadedFile("a.txt", b"<b>hi</b>\n", "text/html")
    do(ticket, "reply", by="client", body="Log", files=[upload])
    return Attachment.objects.get()


def get(browser, name, file):
    return browser.get(reverse(f"tickets:{name}", args=[file.pk]))


def test_a_file_is_a_download_that_no_browser_runs(browse, picture):
    answer = get(browse("agent"), "attachment", picture)
    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "%E6%95%85%E9%9A%9C" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_picture_is_previewed_as_the_very_type_it_is(browse, picture):
    answer = get(browse("client"), "preview", picture)
    assert b"".join(answer.streaming_content) == PNG
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_nothing_but_a_picture_is_previewed(browse, log):
    assert get(browse("agent"), "preview", log).status_code == 404


@pytest.mark.parametrize("name", ["attachment", "preview"])
@pytest.mark.parametrize("who", ["rival", "peer", "elsewhere"])
def test_files_of_others_are_absent(browse, picture, who, name):
    assert get(browse(who), name, picture).status_code == 404


def test_files_of_another_tenant_are_absent(browse, picture):
    assert get(browse("admin", house="other"), "attachment", picture).status_code == 404


def test_a_file_that_is_gone_is_absent(browse, picture, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    assert get(browse("agent"), "attachment", picture).status_code == 404
