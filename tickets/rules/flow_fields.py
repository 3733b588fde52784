"""Reading what was entered with a step: typed, required where it has to be.

What a browser or a program sends is a mapping; what comes out can be stored as JSON. A
moment is an ISO instant with its zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from tickets.rules.flow import Answer, Field, FieldKind, Step

LINE_MOST = 200
TEXT_MOST = 4_000
_NUMBER = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,4})?")


class FieldError(ValueError):
    """A field's value is refused: ``code`` is "missing", "unknown", "too_long" or "invalid"."""

    def __init__(self, field: str, code: str, *, limit: int = 0) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.limit = limit


def read_values(
    step: Step, answer: Answer, given: Mapping[str, Any]
) -> dict[str, str | bool]:
    """The values of a step's fields, in their order. Raises FieldError for the first fault."""
    for key in given:
        if step.field(key) is None:
            raise FieldError(key, "unknown")
    found: dict[str, str | bool] = {}
    for one in step.fields:
        value = given.get(one.key)
        if value is None or (isinstance(value, str) and not value.strip()):
            if one.required or one.key in answer.needs:
                raise FieldError(one.key, "missing")
            continue
        found[one.key] = _READ[one.kind](one, value)
    return found


def _line(one: Field, value: Any) -> str:
    return " ".join(_words(one, value, LINE_MOST).split())


def _text(one: Field, value: Any) -> str:
    return _words(one, value, TEXT_MOST)


def _words(one: Field, value: Any, most: int) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise FieldError(one.key, "invalid")
    words = value.strip()
    if len(words) > most:
        raise FieldError(one.key, "too_long", limit=most)
    return words


def _number(one: Field, value: Any) -> str:
    words = str(value).strip() if not isinstance(value, bool) else ""
    if not _NUMBER.fullmatch(words):
        raise FieldError(one.key, "invalid")
    return words.replace(",", ".")


def _choice(one: Field, value: Any) -> str:
    if not any(option.key == value for option in one.options):
        raise FieldError(one.key, "invalid")
    return str(value)


def _yes_no(one: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value) not in {"yes", "no"}:
        raise FieldError(one.key, "invalid")
    return bool(value == "yes")


def _moment(one: Field, value: Any) -> str:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise FieldError(one.key, "invalid") from None
    if at.tzinfo is None:
        raise FieldError(one.key, "invalid")
    return at.astimezone(UTC).isoformat()


_READ: Mapping[FieldKind, Callable[[Field, Any], str | bool]] = {
    FieldKind.LINE: _line,
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _yes_no,
    FieldKind.MOMENT: _moment,
}
