"""Finding records by a part of what people know of them: Chinese, pinyin or a number."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Func, Q, QuerySet, Value

from people.actors import Actor
from servicedesk.lib.text import one_line

#: For each kind of record: where a word may stand, and where its pinyin does.
PLACES: dict[str, tuple[tuple[str, ...], str]] = {
    "client": (("name", "code", "phone", "address"), "sort_key"),
    "site": (("name", "address", "client__name"), "sort_key"),
    "contact": (("name", "phone", "email", "client__name"), "sort_key"),
    "project": (("name", "contract_number", "client__name"), "sort_key"),
    "equipment": (
        (
            "serial_number",
            "model",
            "category",
            "location",
            "manufacturer",
            "project__name",
            "client__name",
        ),
        "",
    ),
}


#: What client staff can't read of a record, they can't find it by.
UNREADABLE = {"contact": {"phone", "email"}}
#: So many digits can be the end of a phone number, however it is written.
DIGITS_LEAST = 3


def matching(
    rows: QuerySet[Any], query: str, *, actor: Actor | None = None
) -> QuerySet[Any]:
    """Rows in which every word of the query stands somewhere; all for an empty one."""
    kind = str(rows.model._meta.model_name)
    places, pinyin = PLACES[kind]
    if actor is not None and actor.is_client:
        places = tuple(p for p in places if p not in UNREADABLE.get(kind, ()))
    if pinyin:
        rows = rows.alias(_sound=_without(pinyin, "[0-9 ]"))
    if phone := "phone" in places:
        rows = rows.alias(_digits=_without("phone", "[^0-9]"))
    for word in one_line(query).split()[:6]:
        found = Q()
        if phone and (digits := _digits_of(word)):
            found |= Q(_digits__contains=digits)
        for place in places:
            found |= Q(**{f"{place}__icontains": word})
        if pinyin and word.isascii() and word.isalpha():
            found |= Q(_sound__contains=word.lower())
        rows = rows.filter(found)
    return rows


def _digits_of(word: str) -> str:
    """The digits of a word that can be part of a phone number; "" where it can't."""
    digits = re.sub(r"[-+()./]", "", word)
    return digits if len(digits) >= DIGITS_LEAST and digits.isdecimal() else ""


def _without(field: str, pattern: str) -> Func:
    """A pinyin key without tones and gaps: "yin2 chuan1" is looked for as "yinchuan"."""
    return Func(field, Value(pattern), Value(""), Value("g"), function="regexp_replace")
