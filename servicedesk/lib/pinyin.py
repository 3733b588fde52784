"""Chinese names in the order in which people look for them.

The database sorts by code point, which for Chinese is no order at all; the key is an
ordinary column, filled by the service that saves the name.
"""

from __future__ import annotations

KEY_LENGTH = 240


def sort_key(name: str) -> str:
    """The pinyin of a name, sign by sign with its tone; other letters in lower case.

    Names of equal sound are told apart by the name itself.
    """
    # Its dictionary takes a fifth of a second to read: only processes that save names do.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    syllables = lazy_pinyin(
        name.strip(), style=Style.TONE3, neutral_tone_with_five=True
    )
    return f"{' '.join(syllables).lower()}\u0001{name}"[:KEY_LENGTH]
