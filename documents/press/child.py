"""The press: makes PDFs out of HTML, and can reach nothing else.

A program of its own: it knows no Django, no database and no secret of the site. It reads
jobs from standard input and answers each on standard output; every job is printed in a fork
that has 20 seconds, 512 MiB and no way to an address or a file but the job's own assets.

A frame is the length of a JSON header (4 bytes, big-endian), the header, and the blobs whose
lengths the header names. Job: ``{"html", "css": […], "assets": {id: media type}, "identifier",
"pages_most", "seconds", "bytes", "blobs": […]}``. Answer: ``{"ok": true, "pages", "seconds", "peak", "blobs"}``
or ``{"ok": false, "code", "detail"}``.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import resource
import signal
import struct
import sys
import tempfile
from typing import Any, BinaryIO

WARM_CSS = "body { font-family: 'Noto Sans SC' } b { font-weight: 700 }"
WARM_HTML = "<title>-</title><table><tr><td>\u6587 a<b>\u4ef6 1</b></td></tr></table>"
CHUNK = 1024 * 1024
FILE_MOST = 64 * 1024 * 1024


def read_frame(source: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next header and its blobs; None at the end."""
    size = source.read(4)
    if len(size) < 4:
        return None
    header = json.loads(source.read(struct.unpack(">I", size)[0]))
    return header, [source.read(length) for length in header.get("blobs", [])]


def write_frame(
    target: BinaryIO, header: dict[str, Any], blobs: list[bytes] | None = None
) -> None:
    """Write a header and its blobs."""
    blobs = blobs or []
    text = json.dumps(header | {"blobs": [len(blob) for blob in blobs]}).encode()
    target.write(struct.pack(">I", len(text)) + text)
    target.writelines(blobs)
    target.flush()


def limit(job: dict[str, Any]) -> None:
    """Put this process on its allowance: what exceeds it is killed by the system."""
    seconds, memory = int(job["seconds"]), int(job["bytes"])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_MOST, FILE_MOST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)


def print_job(job: dict[str, Any], blobs: list[bytes], target: BinaryIO) -> None:
    """Print one job and write the answer's frame into a file."""
    import weasyprint  # noqa: PLC0415 - loaded once, before the fork

    assets = dict(zip(job["assets"], blobs, strict=True))

    class OwnAssets(weasyprint.URLFetcher):  # type: ignore[misc]
        """Gives the job's assets by their id; everything else is refused."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _colon, name = url.partition(":")
            if scheme != "asset" or name not in assets:
                message = "only the paper's own assets"
                raise ValueError(message)
            kind = {"Content-Type": job["assets"][name]}
            return weasyprint.urls.URLFetcherResponse(url, assets[name], kind)

    fetcher = OwnAssets()
    sheets = [
        weasyprint.CSS(string=text, url_fetcher=fetcher, base_url="asset:")
        for text in job["css"]
    ]
    html = weasyprint.HTML(string=job["html"], url_fetcher=fetcher, base_url="asset:")
    document = html.render(stylesheets=sheets, font_config=_Shared.fonts)
    pages = len(document.pages)
    if pages > job["pages_most"]:
        write_frame(target, {"ok": False, "code": "too_many_pages", "detail": pages})
        return
    pdf = document.write_pdf(
        pdf_identifier=job["identifier"].encode(), pdf_variant=job.get("variant")
    )
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"seconds": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * 1024}
    write_frame(target, {"ok": True, "pages": pages} | cost, [pdf])


def warm_up() -> None:
    """Load everything once, before any fork: WeasyPrint, the fonts, what parsing needs."""
    import weasyprint  # noqa: PLC0415 - may be missing
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - as above

    _Shared.fonts = FontConfiguration()
    css = weasyprint.CSS(string=WARM_CSS, font_config=_Shared.fonts)
    html = weasyprint.HTML(string=WARM_HTML, base_url="asset:")
    html.write_pdf(stylesheets=[css], font_config=_Shared.fonts, pdf_variant="pdf/a-2a")
    gc.collect()
    gc.freeze()


class _Shared:
    """What every fork finds ready."""

    fonts: Any = None


def fork_and_print(job: dict[str, Any], blobs: list[bytes], answers: BinaryIO) -> None:
    """Print a job in a fork, and pass on what it wrote, or why it died."""
    with tempfile.TemporaryFile() as result:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                gc.disable()  # it lives for one paper
                limit(job)
                print_job(job, blobs, result)
                status = 0
            except MemoryError:
                status = 3
            except Exception as error:
                detail = f"{type(error).__name__}: {error}"[:300]
                result.seek(0)
                result.truncate()
                write_frame(result, {"ok": False, "code": "broken", "detail": detail})
                status = 0
            finally:
                os._exit(status)
        _pid, status = os.waitpid(child, 0)
        if status == 0:
            result.seek(0)
            while piece := result.read(CHUNK):
                answers.write(piece)
            answers.flush()
        else:
            write_frame(answers, {"ok": False, **_death(status)})


def _death(status: int) -> dict[str, str]:
    """Why a fork ended without an answer."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        late = number in {signal.SIGALRM, signal.SIGXCPU}
        code = "too_slow" if late else "too_large"
        return {"code": code, "detail": signal.Signals(number).name}
    return {"code": "too_large", "detail": "out of memory"}


def main() -> int:
    """Print jobs until standard input ends."""
    logging.getLogger("weasyprint").addHandler(logging.NullHandler())
    answers = sys.stdout.buffer
    try:
        warm_up()
    except Exception as error:
        write_frame(answers, {"ok": False, "code": "no_press", "detail": str(error)})
        return 1
    write_frame(answers, {"ok": True})
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        fork_and_print(*frame, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
