"""Lists by cursor: a page never jumps while rows come and go."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from servicedesk.api.fields import Query, QueryWhole

SIZE = 50
MOST = 200


class Paged(Query):
    """The parameters of every list."""

    cursor = serializers.CharField(
        required=False,
        max_length=300,
        help_text="Where to go on: `next_cursor` or `previous_cursor` of another page.",
    )
    limit = QueryWhole(
        required=False,
        min_value=1,
        max_value=MOST,
        help_text=f"How many at most; {SIZE} if it is not given.",
    )


def bad_cursor() -> serializers.ValidationError:
    """A cursor that is none of ours."""
    return serializers.ValidationError(
        {"cursor": [_("This cursor does not belong to this list.")]}
    )


def page_of(
    results: list[Any], *, next_cursor: str = "", previous_cursor: str = ""
) -> dict[str, Any]:
    """The shape of every page of a list."""
    return {
        "results": results,
        "next_cursor": next_cursor or None,
        "previous_cursor": previous_cursor or None,
    }


def by_id(
    rows: QuerySet[Any],
    asked: dict[str, Any],
    show: Callable[[Any], dict[str, Any]],
) -> dict[str, Any]:
    """A page of rows in the order of their ids, oldest first; one query."""
    size = asked.get("limit", SIZE)
    place = _decode(asked["cursor"]) if asked.get("cursor") else None
    if place is None:
        found = list(rows.order_by("pk")[: size + 1])
        shown = found[:size]
        return page_of(
            [show(row) for row in shown],
            next_cursor=_encode(">", shown) if len(found) > size else "",
        )
    way, pk = place
    if way == "<":
        found = list(rows.filter(pk__lt=pk).order_by("-pk")[: size + 1])
        shown = found[:size][::-1]
        before = _encode("<", shown[:1]) if len(found) > size else ""
        return page_of(
            [show(row) for row in shown],
            next_cursor=_encode(">", shown) or _plain(">", pk - 1),
            previous_cursor=before,
        )
    found = list(rows.filter(pk__gt=pk).order_by("pk")[: size + 1])
    shown = found[:size]
    return page_of(
        [show(row) for row in shown],
        next_cursor=_encode(">", shown) if len(found) > size else "",
        previous_cursor=_encode("<", shown[:1]) or _plain("<", pk + 1),
    )


def _encode(way: str, rows: list[Any]) -> str:
    return _plain(way, rows[-1].pk) if rows else ""


def _plain(way: str, pk: int) -> str:
    return base64.urlsafe_b64encode(f"{way}{pk}".encode()).decode().rstrip("=")


def _decode(text: str) -> tuple[str, int]:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (ValueError, binascii.Error):
        raise bad_cursor() from None
    way, digits = raw[:1], raw[1:]
    if way not in {"<", ">"} or not digits.isdigit() or len(digits) > 18:
        raise bad_cursor()
    return way, int(digits)


def read_query(request: Request, query: type[Query]) -> dict[str, Any]:
    """The parameters of an address. Raises ValidationError naming each that is wrong."""
    serializer = query(
        data=request.query_params,
        context={"actor": request._request.actor},  # type: ignore[attr-defined]
    )
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
