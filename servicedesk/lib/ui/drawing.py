"""Words in drawings: SVG text does not wrap, so lines are broken here. Pure Python."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: The width of a character in ems: a Chinese one is square, a Latin one about half of that.
WIDE, NARROW = 1.0, 0.56
_WIDE = frozenset("WFA")


def width_of(text: str) -> float:
    """About how wide a text is, in ems."""
    return sum(
        WIDE if unicodedata.east_asian_width(char) in _WIDE else NARROW for char in text
    )


def lines_of(text: str, width: float, *, most: int = 2) -> tuple[str, ...]:
    """A text in at most so many lines of a width in ems; what does not fit ends in “…”."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width_of(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    lines.append(line.rstrip())
    if len(lines) <= most and all(width_of(one) <= width for one in lines):
        return tuple(lines)
    kept = lines[:most]
    kept[-1] = _cut(kept[-1] if len(lines) <= most else kept[-1] + "…", width)
    return tuple(_cut(one, width) for one in kept)


def _pieces(text: str) -> Iterator[str]:
    """Where a line may break: after a space, and between Chinese characters."""
    word = ""
    for char in text:
        if unicodedata.east_asian_width(char) in _WIDE:
            if word:
                yield word
                word = ""
            yield char
        else:
            word += char
            if char == " ":
                yield word
                word = ""
    if word:
        yield word


def _cut(line: str, width: float) -> str:
    if width_of(line) <= width:
        return line
    kept = line.rstrip("…")
    while kept and width_of(kept + "…") > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"
