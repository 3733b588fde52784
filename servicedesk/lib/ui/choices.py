"""Small values that components take, so that page authors need not shape dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityChoice:
    """One card to choose from when filing: in the client's words, not ours.

    ``promise`` are short lines: "answered within 2 h", "solved within 8 h".
    """

    value: Any
    name: Any
    means: Any
    example: Any = ""
    promise: Sequence[Any] = ()
