"""Pictures that people send: measured before they are unpacked, and drawn anew.

What is kept or printed is our own encoding of the picture: nothing that hid in the file (a
place, a script, a second file behind the first) comes along.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from PIL import Image, ImageOps

#: More than a phone's camera makes; a picture beyond it is a bomb.
PIXELS_MOST: Final = 60_000_000


class BadPicture(ValueError):
    """The bytes are no picture that is taken here; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_picture(
    data: bytes, *, formats: Sequence[str], pixels_most: int = PIXELS_MOST
) -> Image.Image:
    """A picture whose header was read, and nothing more yet.

    ``formats`` are Pillow's names (PNG, JPEG …). Raises BadPicture ``not_a_picture`` or
    ``too_many_pixels``.
    """
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=list(formats))
    except Exception as error:
        raise BadPicture("not_a_picture") from error
    if image.width * image.height > pixels_most:
        raise BadPicture("too_many_pixels")
    return image


def as_png(data: bytes, *, formats: Sequence[str], box: tuple[int, int]) -> bytes:
    """The picture as a PNG that fits into ``box`` (width, height in pixels).

    Raises BadPicture as :func:`open_picture` does, ``blank`` when nothing is on it.
    """
    image = open_picture(data, formats=formats)
    try:
        image.draft("RGB", box)
        drawn = ImageOps.exif_transpose(image).convert("RGBA")
    except Exception as error:
        raise BadPicture("not_a_picture") from error
    if is_blank(drawn):
        raise BadPicture("blank")
    drawn.thumbnail(box)
    return _encoded(drawn, "PNG", optimize=True)


def as_jpeg(
    data: bytes, *, formats: Sequence[str], box: tuple[int, int], quality: int = 80
) -> bytes:
    """A photo as a JPEG that fits into ``box``, upright, without what the camera noted.

    Raises BadPicture as :func:`open_picture` does.
    """
    image = open_picture(data, formats=formats)
    try:
        # A JPEG is unpacked at an eighth, a quarter or half its size where that is enough.
        image.draft("RGB", box)
        photo = ImageOps.exif_transpose(image)
        if photo.mode not in {"RGB", "L"}:
            ground = Image.new("RGBA", photo.size, "white")
            ground.alpha_composite(photo.convert("RGBA"))
            photo = ground.convert("RGB")
        photo.thumbnail(box)
    except Exception as error:
        raise BadPicture("not_a_picture") from error
    return _encoded(photo, "JPEG", quality=quality)


def is_blank(image: Image.Image) -> bool:
    """Whether a picture shows one colour only, seen on white paper."""
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return len(paper.convert("RGB").getcolors(maxcolors=1) or ()) == 1


def _encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    target = io.BytesIO()
    # A copy of the pixels alone: chunks and profiles of the original stay behind.
    plain = Image.new(image.mode, image.size)
    plain.paste(image)
    plain.save(target, form, **options)
    return target.getvalue()
