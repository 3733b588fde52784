"""How durations are written in a file, and read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

DAY = timedelta(days=1)
MAX_DAYS = 3660

_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds", "秒"), "s"),
    **dict.fromkeys(("min", "minute", "minutes", "分", "分钟"), "min"),
    **dict.fromkeys(("h", "hour", "hours", "小时"), "h"),
    **dict.fromkeys(("d", "day", "days", "天"), "d"),
}
_PART = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([^\W\d_]+)\s*")
_ISO = re.compile(
    r"P(?:(?P<d>\d{1,9})D)?"
    r"(?:T(?:(?P<h>\d{1,9})H)?(?:(?P<min>\d{1,9})M)?(?:(?P<s>\d{1,9}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)


class NotationError(ValueError):
    """A value is written in a way that can't be read: a code of the file's messages."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Span:
    """A duration as written: its length, and whether it was written in days."""

    length: timedelta
    in_days: bool


def read_duration(text: str) -> Span:
    """A duration: 10min, 2h, 1h30min, 30d, 0, PT2H, or 2小时. A day is 24 hours."""
    shown = text[:40]
    if text.startswith("-"):
        raise NotationError("negative_duration", value=shown)
    if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text, re.ASCII):
        if Decimal(text) == 0:
            return Span(timedelta(0), in_days=False)
        raise NotationError("no_unit", value=shown)
    parts = _iso_parts(text) or _parts(text)
    if not parts:
        raise NotationError("bad_duration", value=shown)
    micros = sum(number * _SECONDS[unit] for unit, number in parts.items()) * 1_000_000
    if micros > MAX_DAYS * 86400 * 1_000_000:
        raise NotationError("duration_too_long", value=shown, limit=MAX_DAYS)
    if micros != int(micros):
        raise NotationError("bad_duration", value=shown)
    return Span(timedelta(microseconds=int(micros)), in_days="d" in parts)


def _iso_parts(text: str) -> dict[str, Decimal]:
    match = _ISO.fullmatch(text)
    found = match.groupdict() if match else {}
    return {unit: Decimal(number) for unit, number in found.items() if number}


def _parts(text: str) -> dict[str, Decimal]:
    parts: dict[str, Decimal] = {}
    place = 0
    while place < len(text):
        match = _PART.match(text, place)
        if match is None:
            return {}
        if match[2] == "m":
            raise NotationError("minutes_or_months")
        unit = _UNITS.get(match[2])
        if unit is None or unit in parts:
            return {}
        parts[unit] = Decimal(match[1])
        place = match.end()
    return parts


def write_duration(length: timedelta, *, in_days: bool = False) -> str:
    """The shortest exact way to write a duration; whole days as such where they are clear."""
    if not length:
        return "0"
    if in_days and not length % DAY:
        return f"{length // DAY}d"
    hours, rest = divmod(length, timedelta(hours=1))
    minutes, rest = divmod(rest, timedelta(minutes=1))
    micros = rest // timedelta.resolution
    seconds = f"{micros // 1_000_000}.{micros % 1_000_000:06}".rstrip("0").rstrip(".")
    written = [
        (hours, f"{hours}h"),
        (minutes, f"{minutes}min"),
        (micros, f"{seconds}s"),
    ]
    return "".join(part for number, part in written if number)
