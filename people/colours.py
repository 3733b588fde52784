"""The tenant's accent colour as a stylesheet, readable wherever it is used (WCAG AA)."""

from __future__ import annotations

import colorsys
import re
from functools import lru_cache

AA = 4.5
WHITE = (1.0, 1.0, 1.0)
#: The grounds on which accent-coloured text stands: the greyest light page, the palest dark
#: card; and how much of the accent itself a chosen entry's ground is tinted with.
LIGHT_GROUND, DARK_GROUND = (0.949, 0.957, 0.965), (0.118, 0.149, 0.188)
TINT = 0.16
DEFAULT = "#066fd1"

Rgb = tuple[float, float, float]


def parse(text: str) -> Rgb:
    """A colour written #rrggbb; anything else is the default colour."""
    clean = text if re.fullmatch(r"#[0-9a-fA-F]{6}", text) else DEFAULT
    red, green, blue = (int(clean[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def css(colour: Rgb) -> str:
    """#rrggbb."""
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours by WCAG 2.2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable(colour: Rgb, ground: Rgb, *, lighter: bool) -> Rgb:
    """The colour, made lighter or darker until text in it can be read on the ground."""
    hue, light, saturation = colorsys.rgb_to_hls(*colour)
    end = 1.0 if lighter else 0.0
    while contrast(colour, ground) < AA and light != end:
        light = min(1.0, light + 0.01) if lighter else max(0.0, light - 0.01)
        colour = colorsys.hls_to_rgb(hue, light, saturation)
        colour = parse(css(colour))  # what the browser gets, not what we meant
    return colour


def shaded(colour: Rgb, amount: float) -> Rgb:
    """Darker (negative) or lighter by a share of the whole scale."""
    hue, light, saturation = colorsys.rgb_to_hls(*colour)
    return colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light + amount)), saturation)


def tinted(ground: Rgb, colour: Rgb) -> Rgb:
    """A ground with a little of the colour in it."""
    red, green, blue = (
        under * (1 - TINT) + over * TINT
        for under, over in zip(ground, colour, strict=True)
    )
    return red, green, blue


@lru_cache(maxsize=1024)
def stylesheet(accent: str) -> str:
    """Custom properties for an accent colour: as it is, as text, as a ground for white."""
    colour = parse(accent)
    fill = readable(colour, WHITE, lighter=False)
    on_light = readable(fill, tinted(LIGHT_GROUND, colour), lighter=False)
    on_dark = readable(colour, tinted(DARK_GROUND, colour), lighter=True)
    red, green, blue = (round(part * 255) for part in fill)
    return (
        ":root,[data-bs-theme]{"
        f"--sd-accent:{css(colour)};"
        f"--sd-accent-fill:{css(fill)};"
        f"--sd-accent-hover:{css(shaded(fill, -0.06))};"
        f"--sd-accent-text:light-dark({css(on_light)},{css(on_dark)});"
        f"--tblr-primary:{css(fill)};"
        f"--tblr-primary-rgb:{red},{green},{blue};"
        "}\n"
    )
