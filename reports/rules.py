"""What a report is asked, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: tickets received in [start, end), and of whom."""

    start: datetime
    end: datetime
    departments: frozenset[int] | None  # None: of all
    assignee: int | None = None
    client: int | None = None
