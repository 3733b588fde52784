"""The company's logo: taken as a picture and nothing else, shown on pages and papers."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw, PngImagePlugin

from activity.models import Entry
from documents.frame import Face, job_of
from documents.registry import Composed
from people.services import change_logo, remove_logo
from people.services.logo import BYTES_MOST
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.now import database_now
from servicedesk.lib.vault import path_of
from tenants.hosts import forget_tenants
from tenants.models import Tenant
from tests.accounts.hands import browser, signed_in

CANARY = b"CANARY-in-a-chunk"
ADDRESS = "/setup/tenant/logo"


@pytest.fixture(autouse=True)
def _fresh(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    forget_tenants()


def drawn(form: str = "PNG", size: tuple[int, int] = (300, 100), **more: Any) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((10, 10, 90, 90), fill="#0b6bcb")
    target = io.BytesIO()
    image.save(target, form, **more)
    return target.getvalue()


def with_a_note() -> bytes:
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", CANARY.decode())
    return drawn(pnginfo=note) + CANARY


def bomb() -> bytes:
    """A small file that says it has thirty-six million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", 6_000, 6_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def upload(who: Client, data: bytes, name: str = "logo.png") -> Any:
    return who.post(ADDRESS, {"image": SimpleUploadedFile(name, data)})


def stored(house: Any) -> Tenant:
    return Tenant.objects.get(pk=house.tenant.pk)


@pytest.mark.parametrize("data", [with_a_note(), drawn("JPEG")])
def test_a_logo_is_drawn_anew_and_shown(zhida: Any, data: bytes) -> None:
    admin = signed_in(zhida, "admin")
    assert upload(admin, data).status_code == 302
    shown = browser(zhida).get("/logo.png")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert shown.content.startswith(b"\x89PNG")
    assert CANARY not in shown.content
    assert Image.open(io.BytesIO(shown.content)).size == (300, 100)
    page = admin.get("/setup/tenant/").content.decode()
    assert f'src="/logo.png?{stored(zhida).logo_sha256[:12]}"' in page
    assert 'class="brand-logo"' in page
    assert Entry.objects.filter(verb="settings.changed").count() == 1


def test_a_large_one_is_made_as_small_as_paper_needs(zhida: Any) -> None:
    assert (
        upload(signed_in(zhida, "admin"), drawn(size=(3000, 1000))).status_code == 302
    )
    shown = browser(zhida).get("/logo.png").content
    assert Image.open(io.BytesIO(shown)).size == (1200, 400)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SVG, "no PNG or JPEG"),
        (drawn("GIF"), "no PNG or JPEG"),
        (b"%PDF-1.7", "no PNG or JPEG"),
        (drawn()[:200], "no PNG or JPEG"),
        (bomb(), "too many pixels"),
        (drawn() + b"\0" * BYTES_MOST, "larger than 2 MB"),
        (b"", "empty"),
    ],
    ids=["svg", "gif", "pdf", "torn", "bomb", "large", "empty"],
)
def test_anything_else_is_refused_and_changes_nothing(
    zhida: Any, data: bytes, said: str
) -> None:
    answer = upload(signed_in(zhida, "admin"), data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert stored(zhida).logo == ""


def test_a_picture_of_one_colour_is_no_logo(zhida: Any) -> None:
    plain = io.BytesIO()
    Image.new("RGBA", (100, 100), (255, 255, 255, 0)).save(plain, "PNG")
    with pytest.raises(ServiceError) as refused:
        change_logo(
            actor=zhida.actor("admin"), now=database_now(), image=plain.getvalue()
        )
    assert refused.value.code == "blank"


def test_it_is_removed_with_its_file(
    zhida: Any, django_capture_on_commit_callbacks: Any
) -> None:
    admin = signed_in(zhida, "admin")
    upload(admin, drawn())
    kept = path_of(stored(zhida).logo)
    assert kept.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(f"{ADDRESS}/remove").status_code == 302
    assert not kept.exists()
    assert browser(zhida).get("/logo.png").status_code == 404
    assert "brand-logo" not in admin.get("/setup/tenant/").content.decode()


def test_only_an_administrator_changes_it(zhida: Any) -> None:
    for name in ("boss", "engineer", "client_manager"):
        assert upload(signed_in(zhida, name), drawn()).status_code == 404
    for verb in (change_logo, remove_logo):
        more = {"image": drawn()} if verb is change_logo else {}
        with pytest.raises(ServiceError):
            verb(actor=zhida.actor("engineer"), now=database_now(), **more)


def test_another_company_shows_its_own(world: Any, zhida: Any) -> None:
    upload(signed_in(zhida, "admin"), drawn())
    assert browser(world.other).get("/logo.png").status_code == 404


def test_papers_carry_it(zhida: Any) -> None:
    upload(signed_in(zhida, "admin"), drawn())
    with zhida.scope():
        tenant = stored(zhida)
    face = Face(
        kind="service_report",
        title="Report",
        number="ZD-DOC-2026-000001",
        version=1,
        token="x" * 22,
        language="en",
        made_at=database_now(),
    )
    composed = Composed(template="documents/paper.html", context={}, assets={})
    job = job_of(composed, tenant=tenant, face=face)
    assert job.assets["logo"][1].startswith(b"\x89PNG")
    assert 'src="asset:logo"' in job.html
