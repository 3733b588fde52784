"""Serializer fields that take what the schema says and nothing beside it.

REST framework's own fields are forgiving ("5" is an integer, 1 is true, a time without a zone
is somebody's guess). What a program sends by mistake is told to it instead.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from people.actors import Actor
from tickets.models import Ticket

BIGGEST = 2**63 - 1
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})"
)
_DIGITS = re.compile(r"[0-9]{1,19}")
#: Severities as programs write them.
SEVERITIES = {1: "general", 2: "serious", 3: "urgent"}
LEVELS = {word: number for number, word in SEVERITIES.items()}


class Input(serializers.Serializer[Any]):
    """What somebody sends. A name that is not known is refused, so that no typo is lost.

    In ``context`` are the actor and the instant of the request.
    """

    def get_fields(self) -> dict[str, Any]:
        """The fields; of a JSON body those that it names, or that act without being named.

        Each serializer has copies of its own, and copying dozens that nobody has sent costs
        more than reading what was.
        """
        sent = getattr(self, "initial_data", None)
        if type(sent) is not dict:
            return super().get_fields()
        return {
            name: copy.deepcopy(field)
            for name, field in self._declared_fields.items()
            if name in sent
            or field.required
            or field.default is not empty
            or isinstance(field, Owner)
        }

    def to_internal_value(self, data: Any) -> Any:
        """The values, or ValidationError naming each unknown field."""
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields)
            if unknown:
                words = [_("There is no such field here.")]
                raise serializers.ValidationError(
                    {str(name)[:100]: words for name in sorted(unknown, key=str)[:20]}
                )
        return super().to_internal_value(data)

    @property
    def actor(self) -> Actor:
        """Who sends it."""
        actor: Actor = self.context["actor"]
        return actor


class Nothing(Input):
    """Nothing needs to be said."""


class Output(serializers.Serializer[Any]):
    """What is answered, for the schema; the values are made by plain functions."""


class Text(serializers.CharField):
    """Words. A number is no text."""

    def to_internal_value(self, data: Any) -> str:
        """The words, trimmed."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number as a number."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false, and no other word for it."""

    def to_internal_value(self, data: Any) -> bool:
        """The truth."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Instant(serializers.DateTimeField):
    """An instant in ISO 8601 with its zone, such as 2026-03-02T09:00:00+08:00."""

    default_error_messages = {
        "zone": _("Write a time with its zone, such as 2026-03-02T09:00:00+08:00."),
        "impossible": _("There is no such time."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        """The instant in UTC."""
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            self.fail("zone")
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("impossible")


class Day(serializers.DateField):
    """A date in ISO 8601."""

    def to_internal_value(self, value: Any) -> date:
        """The day."""
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class Choice(serializers.ChoiceField):
    """One of some words, spelled exactly."""

    def to_internal_value(self, data: Any) -> Any:
        """The word."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Level(Choice):
    """A severity by its word; its number inside."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=tuple(LEVELS), **kwargs)

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        """The number."""
        return LEVELS[super().to_internal_value(data)]


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": BIGGEST})
class Ref(serializers.Field[Any, Any, Any, Any]):
    """A row by its id, of those that the actor may name. Absent and forbidden are the same.

    ``rows`` gives the queryset for an actor; the row itself is the value.
    """

    default_error_messages = {
        "unknown": _(
            "Select a valid choice. That choice is not one of the available choices."
        ),
        "invalid": _("Enter the id, a whole number."),
    }

    def __init__(self, rows: Callable[[Actor], QuerySet[Any]], **kwargs: Any) -> None:
        self._rows = rows
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """The row."""
        return self.find(self.id_of(data))

    def id_of(self, data: Any) -> int:
        """What was sent, if it has the form of an id."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data

    def find(self, pk: int) -> Any:
        """The row with an id. Raises ValidationError where the actor may name none."""
        found = None
        if 0 < pk <= BIGGEST:
            found = self.row(pk, self.context["actor"])
        if found is None:
            self.fail("unknown")
        return found

    def row(self, pk: int, actor: Actor) -> Any:
        """The row with an id, of those that the actor may name; None for any other."""
        return next(iter(self._rows(actor).filter(pk=pk)), None)

    def to_representation(self, value: Any) -> Any:
        """The id."""
        return value.pk


class Owner(Ref):
    """A row by its id that something else of the same body may name, too.

    The value is the id: whoever validates the body asks :meth:`Ref.find` only where nothing
    else has brought the row.
    """

    def to_internal_value(self, data: Any) -> int:
        """The id."""
        return self.id_of(data)


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 24})
class TicketRef(Ref):
    """A ticket by its number, of those that the actor may see."""

    default_error_messages = {
        "invalid": _("Enter the ticket's number, such as ZD-2026-000123.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Ticket.objects.visible_to, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """The ticket."""
        if not isinstance(data, str) or not data.isascii() or not data.isprintable():
            self.fail("invalid")
        rows = self._rows(self.context["actor"])
        found = rows.filter(number=data[:25]).first() if data else None
        if found is None:
            self.fail("unknown")
        return found


# -- query parameters: everything arrives as text --------------------------------------------


class QueryWhole(serializers.IntegerField):
    """A whole number in an address: digits and nothing else."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if not isinstance(data, str) or not _DIGITS.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class QueryFlag(serializers.BooleanField):
    """``true`` or ``false`` in an address."""

    default_empty_html = empty

    def to_internal_value(self, data: Any) -> bool:
        """The truth."""
        if data not in {"true", "false"}:
            self.fail("invalid", input=data)
        return bool(data == "true")


class QueryList(serializers.MultipleChoiceField):
    """A parameter that may be given several times: any of some words."""

    default_empty_html = empty

    def to_internal_value(self, data: Any) -> list[str]:  # type: ignore[override]
        """The words, once each."""
        return sorted(super().to_internal_value(data))


def query_id(help_text: str = "") -> QueryWhole:
    """An id as a filter."""
    return QueryWhole(
        required=False, min_value=1, max_value=BIGGEST, help_text=help_text
    )


class Query(serializers.Serializer[Any]):
    """The parameters of an address. Unknown ones are refused: a filter with a typo would
    otherwise answer with everything.
    """

    def to_internal_value(self, data: Any) -> Any:
        """The values given; nothing for those that are not."""
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            words = [_("There is no such parameter here.")]
            raise serializers.ValidationError(
                {name[:100]: words for name in unknown[:20]}
            )
        blank = [
            name
            for name in data
            if not isinstance(self.fields[name], serializers.CharField)
            and data[name] == ""
        ]
        if blank:
            raise serializers.ValidationError(
                {name: [_("Give it a value, or leave it out.")] for name in blank}
            )
        return super().to_internal_value(data)
