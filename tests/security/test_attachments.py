"""Rows 25, 33–35: files that browsers run (FreeScout #1359, RT CVE-2016-6127), names that lead
elsewhere (FreeScout CVE-2026-28289), bombs (OTRS CVE-2026-48187), files given out to whoever
knows the address (Mattermost CVE-2026-3473).
"""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from servicedesk.lib.errors import ServiceError
from servicedesk.lib.now import database_now
from servicedesk.lib.vault import path_of
from tests.security.site import body_of
from tests.tickets.web.test_filing import PNG
from tickets import services
from tickets.attachments import ALLOWED, clean_name, sniff
from tickets.models import Attachment, Follower

pytestmark = pytest.mark.django_db

#: What a browser would run or take for something else, if it were shown in place.
ACTIVE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "bom": b"\xef\xbb\xbf  <html><body onload=alert(1)>",
    "xhtml": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
    "xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
    "js": b"alert(document.domain)//",
    "mht": b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<script>",
    "exe": b"MZ\x90\x00\x03" + bytes(60),
    "swf": b"FWS\x09" + bytes(60),
    "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
    "gifjs": b"GIF89a=1;alert(1)//" + bytes(20),
    "utf16": "<script>alert(1)</script>".encode("utf-16"),
}
ENDINGS = (
    "png",
    "svg",
    "html",
    "htm",
    "xhtml",
    "xml",
    "js",
    "pdf",
    "txt",
    "csv",
    "gif",
)
HOSTILE = (
    *(
        "../../etc/passwd.png",
        "..\\..\\boot.ini.png",
        "a/b\x00.png",
        ".htaccess\u200b.png",
    ),
    *(
        "\u202egnp.exe.png",
        "..%2f..%2fx.png",
        "\uff0e\uff0e\uff0fx.png",
        "x.png. . .",
        "CON.png",
    ),
    *(
        "名" * 300 + ".png",
        'a";\r\nSet-Cookie: x=1.png',
        "<img src=x>.png",
        "\ud800.png",
    ),
)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def send(zhida, media):
    """A client's reply with a file; the attachment that it became."""
    ticket = services.file_ticket(
        actor=zhida.actor("client"),
        now=database_now(),
        client=zhida.client_org,
        title="Look",
        requester=zhida.people["client"],
    )

    def reply(name, content, declared="image/png"):
        upload = SimpleUploadedFile("x", content, declared)
        upload._name = name  # as it is sent, not as Django would clean it
        services.reply(
            actor=zhida.actor("client"),
            now=database_now(),
            ticket=ticket,
            body="Here",
            files=[upload],
        )
        return Attachment.objects.latest("pk")

    return reply


def taken():
    """The kinds and endings that are taken of all that browsers run."""
    for kind, content in ACTIVE.items():
        for ending in ENDINGS:
            try:
                media_type = sniff(content, f"a.{ending}")
            except ServiceError:
                continue
            yield kind, ending, media_type


def test_of_what_browsers_run_only_harmless_kinds_are_taken():
    found = set(taken())
    assert {kind for kind, _ending, _type in found} <= {"js", "pdf", "gifjs", "mht"}
    for kind, ending, media_type in found:
        assert ending in ALLOWED[media_type], kind
        assert media_type in {"text/plain", "application/pdf", "image/gif"}


@pytest.mark.parametrize("kind", ["js", "pdf"])
def test_what_is_taken_is_never_shown_in_place(zhida, sign_in, send, kind):
    ending = {"js": "txt", "pdf": "pdf"}[kind]
    file = send(f"a.{ending}", ACTIVE[kind], "text/html")
    browser = sign_in(zhida, "agent")
    for url in (f"/tickets/files/{file.pk}", f"/api/v1/attachments/{file.pk}/content"):
        answer = browser.get(url)
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert b"".join(answer.streaming_content) == ACTIVE[kind]
    assert browser.get(f"/tickets/files/{file.pk}/preview").status_code == 404


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_of_a_name_gets_into_a_path_or_a_header(
    zhida, sign_in, send, media, name
):
    file = send(name, PNG)
    tenant, one, two = file.stored.split("/")
    assert tenant == str(zhida.tenant.pk)
    assert set(one + two) <= set("0123456789abcdef")
    assert path_of(file.stored).is_relative_to(media)
    assert file.name == clean_name(name)
    answer = sign_in(zhida, "agent").get(f"/tickets/files/{file.pk}")
    header = answer["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert header.isascii()
    assert header.isprintable()
    assert "Set-Cookie" not in answer.headers
    b"".join(answer.streaming_content)


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@example("a.abcdefg h")
@example("e\u200d\u0301.png")
@example("x" * 109 + " .png")
@example("\u2025\u2024/")
def test_cleaning_a_name_twice_changes_nothing(name):
    once = clean_name(name)
    assert clean_name(once) == once
    assert once
    assert len(once) <= 120
    assert not set(once) & set('<>:"/\\|?*\0\r\n\u2028\u202e\u200b')
    assert not once.startswith((".", " "))
    assert not once.endswith((".", " "))


def png(width, height):
    """A picture that says it is large, with nothing in it."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"0")))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def archive():
    """A kilobyte that unpacks to hundreds of megabytes, in a thousand entries."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("big", bytes(20_000_000))
        for number in range(1_000):
            target.writestr(f"{number}/" * 40, b"")
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("a.png", png(50_000, 50_000), False),
        ("a.png", png(2**31 - 1, 2**31 - 1), False),
        ("a.png", PNG[:20], False),
        ("a.gif", b"GIF89a" + b"\xff" * 200, False),
        ("a.zip", archive(), True),
    ],
    ids=["pixels", "more pixels", "torn", "no GIF", "archive"],
)
def test_a_bomb_is_never_unpacked(send, name, content, kept):
    begin = time.process_time()
    if kept:
        assert send(name, content).size == len(content)
    else:
        with pytest.raises(ServiceError):
            send(name, content)
    assert time.process_time() - begin < 1


def statuses(browser, urls):
    answers = [browser.get(url) for url in urls]
    for answer in answers:
        body_of(answer)
    return {answer.status_code for answer in answers}


def test_a_file_is_only_for_who_sees_its_ticket_now(world, zhida, sign_in, send):
    file = send("a.png", PNG)
    urls = [f"/tickets/files/{file.pk}", f"/tickets/files/{file.pk}/preview"]
    urls += [f"/api/v1/attachments/{file.pk}{tail}" for tail in ("", "/content")]
    follower = Follower.objects.create(
        ticket=file.ticket, membership=zhida.people["peer"], added_at=database_now()
    )
    peer = sign_in(zhida, "peer")
    assert statuses(peer, urls) == {200}
    follower.delete()
    for browser in (peer, sign_in(zhida, "rival"), sign_in(world.other, "admin")):
        assert statuses(browser, urls) == {404}
    for lane in ("media", "static", "static/media", "files"):
        assert peer.get(f"/{lane}/{file.stored}").status_code == 404
