"""Text that people type, made fit for one line: a name, a number, an address."""

from __future__ import annotations

import unicodedata

#: Signs that are not seen but turn or split what stands beside them.
_HIDDEN = frozenset("\u200b\u200e\u200f\u2028\u2029\u2060\ufeff") | frozenset(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def one_line(value: str) -> str:
    """The text in one composed form, on one line, without hidden or control characters."""
    composed = unicodedata.normalize("NFC", value)
    shown = (
        " " if unicodedata.category(sign) == "Cc" else sign
        for sign in composed
        if sign not in _HIDDEN
    )
    return " ".join("".join(shown).split())
