"""A program of its own: a scan comes on standard input, its QR codes go to standard output.

It opens files of strangers, so it has an allowance of time and memory, and knows no Django, no
database and no secret. What exceeds its allowance is killed by the system.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

SECONDS = 10
MEMORY = 1536 * 1024 * 1024
#: Pages of a PDF that are looked at, and the longer side that a page is drawn with.
PAGES = 10
SIDE = 2600
#: A second look, where small print and the noise of a camera hide a code.
SMALLER = 1300
PIXELS = 60_000_000


def limit() -> None:
    """Put this process on its allowance."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def pictures(data: bytes, media_type: str) -> Iterator[Any]:
    """Each page as a grey picture."""
    if media_type == "application/pdf":
        yield from drawn(data)
    else:
        from PIL import Image, ImageOps  # noqa: PLC0415 - under the allowance

        picture: Any = Image.open(io.BytesIO(data), formats=["PNG", "JPEG"])
        if picture.width * picture.height > PIXELS:
            raise ValueError("too many pixels")
        picture.draft("L", (SIDE, SIDE))
        yield ImageOps.exif_transpose(picture).convert("L")


def drawn(data: bytes) -> Iterator[Any]:
    """The first pages of a PDF, as they would be seen."""
    import pypdfium2  # noqa: PLC0415 - under the allowance

    document = pypdfium2.PdfDocument(data)
    for number in range(min(len(document), PAGES)):
        page = document[number]
        scale = min(SIDE / max(*page.get_size(), 1), 6)
        yield page.render(scale=scale, grayscale=True).to_pil().convert("L")


def codes(picture: Any) -> Iterator[str]:
    """The texts on a picture; where nothing is found, of it made smaller and clearer."""
    import zxingcpp  # noqa: PLC0415 - under the allowance
    from PIL import ImageOps  # noqa: PLC0415 - as above

    wanted = zxingcpp.barcode_formats_from_str("QRCode")
    picture.thumbnail((SIDE * 2, SIDE * 2))
    found = zxingcpp.read_barcodes(picture, wanted)
    if not found:
        picture.thumbnail((SMALLER, SMALLER))
        clear = ImageOps.autocontrast(picture, cutoff=2)
        found = zxingcpp.read_barcodes(clear, wanted)
    for one in found:
        yield one.text


def main() -> int:
    """Read one scan."""
    limit()
    data = sys.stdin.buffer.read()
    found: dict[str, None] = {}
    for picture in pictures(data, sys.argv[1]):
        found |= dict.fromkeys(codes(picture))
    json.dump(list(found), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
