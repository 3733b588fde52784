"""The press prints what it is given, alike every time, and reaches nothing else (CVE-2026-22200 of
osTicket, CVE-2025-68616 and CVE-2026-49452 of WeasyPrint)."""

from __future__ import annotations

import importlib
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from documents.press import Job, NoPress, Press, SpoiledJob, why_no_press
from documents.press.press import FONTS
from tests.test_house import APPS, ROOT

#: The module itself; the package offers a function of that name.
site = importlib.import_module("documents.press.press")
CSS = "body { font-family: 'Noto Sans SC' }"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    b'width="99" height="99"><image href="%(file)s" width="9" height="9"/>'
    b'<use href="%(file)s#a"/><image xlink:href="%(url)s" width="9" height="9"/></svg>'
)
CANARY = "CANARY-4711-of-another-file"


def job(body: str, **given: Any) -> Job:
    values = {"html": f"<title>t</title>{body}", "css": [CSS], "identifier": "1"}
    return Job(**(values | given))


def picture(kind: str = "PNG", size: tuple[int, int] = (256, 256)) -> bytes:
    target = io.BytesIO()
    mode = "RGBA" if kind == "PNG" else "RGB"
    Image.new(mode, size, "teal").save(target, kind)
    return target.getvalue()


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


# -- what it makes -------------------------------------------------------------------------------


def test_a_paper_has_its_words_its_fonts_and_its_pictures(press: Press) -> None:
    words = "服务报告 ZD-2026-000123：按时完成 ✓ 38℃ 煊堃"
    made = press.print(
        job(
            f"<p>{words} <b>粗</b></p><img src='asset:p' alt='p'>",
            assets={"p": ("image/png", picture())},
        )
    )
    pdf = PdfReader(io.BytesIO(made.pdf))
    assert made.pages == len(pdf.pages) == 1
    assert words in pdf.pages[0].extract_text()
    assert len(pdf.pages[0].images) == 1
    fonts = {font["/BaseFont"] for font in _fonts(pdf)}
    # Six letters before a plus are the mark of a subset.
    assert all(re.match(r"/[A-Z]{6}\+Noto-Sans-SC", name) for name in fonts)
    assert len(fonts) == 2
    for font in _fonts(pdf):
        inner = font["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in inner["/FontDescriptor"]
    assert len(made.pdf) < 60_000


def _fonts(pdf: PdfReader) -> list[Any]:
    resources: Any = pdf.pages[0]["/Resources"]
    found = resources["/Font"].get_object()
    return [font.get_object() for font in found.values()]


def test_it_is_for_archives_and_for_readers_aloud(press: Press) -> None:
    made = press.print(job("<h1>标题</h1><p lang='zh'>文</p>"))
    root: Any = PdfReader(io.BytesIO(made.pdf)).trailer["/Root"]
    assert b"pdfaid" in root["/Metadata"].get_data()
    assert root["/MarkInfo"]["/Marked"]


def test_the_same_job_gives_the_same_bytes_in_another_process(press: Press) -> None:
    twice = job(
        "<h1>同</h1><table><tr><td>1<td>2</table><img src='asset:a' alt='a'>"
        "<img src='asset:b' alt='b'>",
        assets={
            "a": ("image/png", picture()),
            "b": ("image/jpeg", picture("JPEG")),
        },
    )
    first = press.print(twice).pdf
    press.print(job("<p>something else in between"))
    other = Press(["env", "PYTHONHASHSEED=7"])
    try:
        assert first == press.print(twice).pdf == other.print(twice).pdf
    finally:
        other.close()


def test_fonts_of_the_machine_are_not_used(press: Press) -> None:
    made = press.print(job("<p style='font-family: DejaVu Sans, monospace'>abc</p>"))
    fonts = _fonts(PdfReader(io.BytesIO(made.pdf)))
    assert all("Noto-Sans-SC" in font["/BaseFont"] for font in fonts)


# -- what it can't reach -------------------------------------------------------------------------


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(CANARY)
    return path


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server that notes whoever comes."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

        def log_message(self, *_args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", seen
    server.shutdown()
    server.server_close()


def corpus(file: str, url: str) -> list[str]:
    """Every way into a page that we know, for a file and for an address."""
    found = []
    for target in (file, url, f"{url}?redirect", file.replace("file://", "FILE:")):
        found += [
            f"<img src='{target}' alt='x'>",
            f"<img srcset='{target} 2x' alt='x'>",
            f"<link rel=stylesheet href='{target}'>",
            f"<link rel=attachment href='{target}'>",
            f"<a rel=attachment href='{target}'>x</a>",
            f"<style>@import url({target});</style>",
            f"<style>@font-face {{ font-family: f; src: url({target}) }} p {{ font-family: f }}</style><p>x",
            f"<style>body {{ background: url({target}) }}</style>",
            f"<style>p::before {{ content: url({target}) }}</style><p>x",
            f"<ul style='list-style-image: url({target})'><li>x</ul>",
            f"<div style='border-image-source: url({target}); border: 1px solid'>x</div>",
            f"<object data='{target}'></object><embed src='{target}'>",
            f"<iframe src='{target}'></iframe>",
            f"<svg><image href='{target}' width='9' height='9'/><use href='{target}#a'/></svg>",
            f"<base href='{target}'><img src='x.png' alt='x'><link rel=stylesheet href='x.css'>",
            f"<style>@page {{ background: url({target}) }}</style>",
            f"<style>@color-profile x {{ src: url({target}) }}</style>",
        ]
    found += [
        "<img src='../../../../etc/passwd' alt='x'>",
        "<img src='/etc/passwd' alt='x'>",
        "<img src='asset:../../etc/passwd' alt='x'>",
        "<img src='asset:nothing' alt='x'>",
        "<img src='data:image/svg+xml,<svg/>' alt='x'>",
        "<img src='/dev/urandom' alt='x'><img src='file:///dev/zero' alt='x'>",
        "<img src='ftp://127.0.0.1/x' alt='x'><img src='//127.0.0.1/x' alt='x'>",
        "<img src='asset:svg' alt='x'>",
    ]
    return found


def hostile(secret: Path, url: str) -> Job:
    """All of the corpus on one paper, and an image of ours that points elsewhere."""
    file = secret.as_uri()
    svg = SVG % {b"file": file.encode(), b"url": url.encode()}
    body = "".join(corpus(file, url))
    return job(f"<p>{body}</p>", assets={"svg": ("image/svg+xml", svg)})


def test_no_address_and_no_file_gets_into_a_paper(
    press: Press, secret: Path, listener: tuple[str, list[str]]
) -> None:
    url, seen = listener
    made = press.print(hostile(secret, url))
    assert seen == []
    pdf = PdfReader(io.BytesIO(made.pdf))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "CANARY" not in text
    assert "root:" not in text
    assert pdf.attachments == {}
    assert not any(page.images for page in pdf.pages)
    assert CANARY.encode() not in made.pdf


def need_strace() -> None:
    """Fail with what to install; ``make test`` does it on Debian."""
    assert shutil.which("strace"), (
        "The press is watched by strace: apt-get install strace"
    )


#: Programs and their libraries, the machine's description, fonts, and a folder of its own.
ALLOWED = (
    *("/usr/", "/lib", "/etc/ld.so", "/etc/localtime", "/proc/", "/sys/"),
    *(sys.prefix, sys.base_prefix, str(FONTS)),
    str(Path(tempfile.gettempdir()) / "press-"),
)


def test_the_system_is_asked_for_nothing_but_programs_and_fonts(
    secret: Path, tmp_path: Path
) -> None:
    need_strace()
    trace = tmp_path / "trace"
    watched = Press(
        ["strace", "-f", "-qq", "-e", "trace=connect,open,openat", "-o", str(trace)]
    )
    try:
        watched.print(job("<p>before"))  # whatever is loaded late
        start = trace.stat().st_size
        watched.print(hostile(secret, "http://127.0.0.1:9/"))
    finally:
        watched.close()
    lines = trace.read_text()[start:].splitlines()
    assert lines, "strace saw nothing"
    assert [line for line in lines if "connect(" in line] == []
    opened = [
        m[1] for line in lines if (m := re.search(r'open(?:at)?\(.*?"(.*?)"', line))
    ]
    assert opened, "a print opens at least its own temporary file"
    absolute = [name for name in opened if name.startswith("/")]
    assert [name for name in absolute if not name.startswith(ALLOWED)] == []
    assert str(secret) not in trace.read_text()


def test_it_prints_where_there_is_no_network_at_all() -> None:
    """Every call of the system that belongs to a network fails, from the start of the program."""
    need_strace()
    fails = ["-e", "trace=%network", "-e", "inject=%network:error=ENETUNREACH"]
    alone = Press(["strace", "-f", "-qq", *fails, "-o", os.devnull])
    try:
        assert alone.print(job("<p>文")).pages == 1
    finally:
        alone.close()


def test_it_knows_no_secret_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", CANARY)
    press = Press()
    try:
        press.print(job("<p>x"))
        pid = press._process.pid
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    finally:
        press.close()
    assert CANARY.encode() not in environment
    for name in (b"DATABASE", b"REDIS", b"SECRET", b"EMAIL"):
        assert name not in environment + command


# -- what it may not take ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "body", "given"),
    [
        ("too_slow", "<p>" + "x y " * 1_000_000, {"seconds": 1}),
        ("too_slow", "<table><td>" + "<p>x" * 450_000, {"seconds": 1}),
        ("broken", "<div><table><td>" * 400, {}),  # deeper than Python goes
        ("too_large", "<img src='asset:huge' alt='x'>", {"bytes": 350 * 1024 * 1024}),
        (
            "too_many_pages",
            "<p style='break-after: page'>x</p>" * 12,
            {"pages_most": 10},
        ),
    ],
    ids=["words", "paragraphs", "depth", "picture", "pages"],
)
def test_a_job_beyond_its_allowance_ends_and_the_next_one_is_printed(
    press: Press, code: str, body: str, given: dict[str, Any]
) -> None:
    assets = (
        {"huge": ("image/png", picture(size=(7_000, 7_000)))} if "huge" in body else {}
    )
    with pytest.raises(SpoiledJob) as refused:
        press.print(job(body, assets=assets, **given))
    assert refused.value.code == code
    assert press.print(job("<p>next")).pages == 1


def test_a_press_that_died_is_started_again(press: Press) -> None:
    press.print(job("<p>x"))
    press._process.kill()
    press._process.wait()
    assert press.print(job("<p>x")).pages == 1


def test_every_fork_has_twenty_seconds_and_half_a_gigabyte() -> None:
    plain = job("<p>x")
    assert (plain.seconds, plain.bytes) == (20, 512 * 1024 * 1024)


# -- where it can't be ---------------------------------------------------------------------------


def test_without_pango_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "child.py"
    text = site.PROGRAM.read_text().replace(
        "    import weasyprint  # noqa: PLC0415 - may be missing\n",
        "    raise OSError(\"cannot load library 'libpango-1.0-0'\")\n",
    )
    program.write_text(text)
    monkeypatch.setattr(site, "PROGRAM", program)
    with pytest.raises(NoPress, match=r"libpangoft2-1\.0-0.*cannot load library"):
        Press().print(job("<p>x"))


def test_without_fonts_it_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(site, "FONTS", tmp_path)
    with pytest.raises(NoPress, match="make assets"):
        Press().print(job("<p>x"))
    assert "make assets" in why_no_press()


def test_here_it_can_print() -> None:
    assert why_no_press() == ""


def test_the_site_itself_never_loads_weasyprint() -> None:
    importing = [
        path.relative_to(ROOT)
        for app in (*APPS, "servicedesk")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"^\s*(import|from) weasyprint", path.read_text(), re.MULTILINE)
    ]
    assert importing == [Path("documents/press/child.py")]
