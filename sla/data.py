"""A compiled standard as JSON, for the row of its version, and back. Pure.

Driven by the fields of :mod:`sla.rules`: a field that is added there is written and read
without a change here, and takes its default in what was stored before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
_SECOND = timedelta(seconds=1)


def to_data(value: Any) -> Any:
    """A value of :mod:`sla.rules` as JSON: lengths of time in seconds, days in ISO 8601."""
    if is_dataclass(value):
        return {f.name: to_data(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {to_data(key): to_data(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(to_data(item) for item in value)
    if isinstance(value, tuple):
        return [to_data(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, timedelta):
        whole, rest = divmod(value, _SECOND)
        return whole if not rest else value / _SECOND
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, time)):
        return value.isoformat()
    return value


def from_data(kind: type[Value], data: Any) -> Value:
    """The value of a dataclass of :mod:`sla.rules` that :func:`to_data` wrote."""
    value: Value = _read(kind, data)
    return value


def _read(hint: Any, data: Any) -> Any:
    if data is None:
        return None
    origin = get_origin(hint)
    if origin is UnionType:
        return _read(next(arm for arm in get_args(hint) if arm is not NoneType), data)
    if origin is not None:
        return _read_many(origin, get_args(hint), data)
    if is_dataclass(hint):
        hints = _hints(hint)
        known = {name: _read(hints[name], data[name]) for name in hints if name in data}
        return hint(**known)
    return _read_scalar(hint, data)


def _read_many(origin: Any, arms: tuple[Any, ...], data: Any) -> Any:
    if origin is frozenset:
        return frozenset(_read(arms[0], item) for item in data)
    if origin is tuple and arms[-1] is Ellipsis:
        return tuple(_read(arms[0], item) for item in data)
    if origin is tuple:
        return tuple(_read(arm, item) for arm, item in zip(arms, data, strict=True))
    key, value = arms
    return {_read(key, name): _read(value, item) for name, item in data.items()}


def _read_scalar(hint: Any, data: Any) -> Any:
    if hint is timedelta:
        return timedelta(seconds=data)
    if hint in {date, time}:
        return hint.fromisoformat(data)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(data)
    return data


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
