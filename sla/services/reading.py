"""Which version a ticket is received under, and what it says, as values for the clocks.

Versions and revisions are immutable, so what was compiled once is kept in the process,
by tenant and id, the longest unused thrown out first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any, Final, Generic, Protocol, TypeVar

from django.db import connection
from django.utils.translation import gettext_lazy as _

from servicedesk.lib import prepared
from servicedesk.lib.errors import ServiceError
from sla import holidays, rules
from sla.models import CalendarRevision, ServiceStandard, StandardVersion
from sla.standards import calendar_from_data, from_data
from tenants.scope import current_tenant_id

KEPT: Final = 512
Value = TypeVar("Value")
Loader = Callable[[Collection[int]], Mapping[int, Value]]


#: What of a version decides; its text is read when somebody asks for it.
_COLUMNS = ("id", "tenant_id", "standard_id", "number", "in_force_from")
# Every request is filed by it: by the ORM it costs ten times as much.
_CHOICE = f"""
SELECT {", ".join(f"v.{name}" for name in _COLUMNS)} FROM sla_standardversion v
JOIN sla_servicestandard s ON s.tenant_id = v.tenant_id AND s.id = v.standard_id
WHERE v.tenant_id = %s AND (v.standard_id = %s OR s.is_default)
"""  # noqa: S608 - the names above


class OfProject(Protocol):
    """What of a project decides its promise (``clients.models.Project``)."""

    standard_id: int | None
    pinned_version_id: int | None


class _Kept(Generic[Value]):
    """A bounded memory that any thread may use."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Value) -> Value:
        """Keep a value; the one that another thread put first stays."""
        with self._lock:
            value = self._values.setdefault(key, value)
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
            return value

    def clear(self) -> None:
        with self._lock:
            self._values.clear()


_standards: _Kept[rules.Standard] = _Kept(KEPT)
_revised: _Kept[rules.Standard] = _Kept(KEPT)
_calendars: _Kept[rules.Calendar] = _Kept(KEPT)


def forget_standards() -> None:
    """Empty this process's memory of compiled standards (tests, benchmarks)."""
    for kept in (_standards, _revised, _calendars):
        kept.clear()


def version_for(
    *,
    at: datetime,
    project: OfProject | None = None,
    standard: ServiceStandard | int | None = None,
) -> StandardVersion:
    """The version under which something received at an instant is promised.

    In this order: the project's pinned version; the version in force at ``at`` of the
    project's standard (or of ``standard``), then of the tenant's default. A time before
    anything was in force takes the oldest version. Raises ServiceError("no_standard").
    """
    if project is not None and project.pinned_version_id is not None:
        pinned: StandardVersion = StandardVersion.objects.get(
            pk=project.pinned_version_id
        )
        return pinned
    named = project.standard_id if project is not None else _id_of(standard)
    versions = [
        StandardVersion.from_db(connection.alias, _COLUMNS, row)
        for row in prepared.fetch(_CHOICE, [current_tenant_id(), named])
    ]
    found = _in_force(versions, at, named=named)
    if found is None:
        raise ServiceError(
            "no_standard",
            _("No service standard is in force. Import one and make it the default."),
        )
    return found


def _id_of(standard: ServiceStandard | int | None) -> int | None:
    return standard.pk if isinstance(standard, ServiceStandard) else standard


def _in_force(
    versions: list[StandardVersion], at: datetime, *, named: int | None
) -> StandardVersion | None:
    if not versions:
        return None
    current = [version for version in versions if version.in_force_from <= at]
    if current:
        return max(
            current,
            key=lambda v: (v.standard_id == named, v.in_force_from, v.number),
        )
    return min(
        versions, key=lambda v: (v.standard_id != named, v.in_force_from, v.number)
    )


def standard_of(version_id: int, *, revisions: Collection[int] = ()) -> rules.Standard:
    """What a version says. Raises StandardVersion.DoesNotExist for an unknown id.

    ``revisions`` are ids of calendar revisions that have reached a ticket: each adds a
    calendar ``<key>@<id>`` where the standard has a calendar ``<key>``.
    """
    return standards_of([version_id], revisions=revisions)[version_id]


def standards_of(
    ids: Iterable[int], *, revisions: Collection[int] = ()
) -> dict[int, rules.Standard]:
    """What several versions say; one query for those not known to this process yet.

    Raises StandardVersion.DoesNotExist where one does not exist in this tenant.
    """
    standards = _through(_standards, set(ids), _load_standards)
    if not revisions:
        return standards
    calendars = calendars_of(revisions)
    return {pk: _with(pk, standards[pk], calendars) for pk in standards}


def calendars_of(revision_ids: Iterable[int]) -> dict[int, rules.Calendar]:
    """The calendars of revisions; one query for those not known to this process yet."""
    return _through(_calendars, set(revision_ids), _load_calendars)


def calendar_key(key: str, revision_id: int) -> str:
    """The key under which a standard holds a calendar as a revision changed it."""
    return f"{key}@{revision_id}"


def _with(
    pk: int, standard: rules.Standard, revisions: Mapping[int, rules.Calendar]
) -> rules.Standard:
    key = (current_tenant_id(), pk, frozenset(revisions))
    known = _revised.get(key)
    if known is not None:
        return known
    added = {
        calendar_key(revision.key, revision_id): holidays.adopted(
            standard.calendars[revision.key], revision
        )
        for revision_id, revision in revisions.items()
        if revision.key in standard.calendars
    }
    calendars = {**standard.calendars, **added}
    return _revised.put(key, replace(standard, calendars=calendars))


def _through(
    kept: _Kept[Value], ids: set[int], load: Loader[Value]
) -> dict[int, Value]:
    tenant_id = current_tenant_id()
    found: dict[int, Value] = {}
    for pk in ids:
        value = kept.get((tenant_id, pk))
        if value is not None:
            found[pk] = value
    missing = ids - found.keys()
    if missing:
        for pk, value in load(missing).items():
            found[pk] = kept.put((tenant_id, pk), value)
    return found


def _load_standards(ids: Collection[int]) -> dict[int, rules.Standard]:
    rows = StandardVersion.objects.filter(pk__in=ids).values_list("pk", "data")
    found = {pk: from_data(data) for pk, data in rows}
    return _complete(found, ids, StandardVersion)


def _load_calendars(ids: Collection[int]) -> dict[int, rules.Calendar]:
    rows = CalendarRevision.objects.filter(pk__in=ids).values_list("pk", "data")
    found = {pk: calendar_from_data(data) for pk, data in rows}
    return _complete(found, ids, CalendarRevision)


def _complete(
    found: dict[int, Value], ids: Collection[int], model: Any
) -> dict[int, Value]:
    if len(found) < len(ids):
        missing = sorted(set(ids) - found.keys())
        raise model.DoesNotExist(f"No {model.__name__} with id {missing}.")
    return found
