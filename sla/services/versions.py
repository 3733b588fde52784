"""Publishing service standards: every change is a new version, nothing is overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from activity.services import record
from people import history
from people.actors import Actor
from servicedesk.lib.errors import Conflict, ServiceError
from servicedesk.lib.textfile.refusal import BrokenFile
from sla import rules
from sla.holidays import library
from sla.models import ServiceStandard, StandardVersion
from sla.services.calendars import adopt_calendars
from sla.standards import StandardError, load_standard, to_data


class BrokenStandardError(BrokenFile):
    """A standard's file cannot be used; ``problems`` name line, key and reason."""


def check_text(text: str) -> rules.Standard:
    """What a standard's file says, before anything is stored. Raises BrokenStandardError."""
    try:
        return load_standard(text, holidays=library())
    except StandardError as error:
        raise BrokenStandardError("standard_broken", error.problems) from error


@transaction.atomic
def import_standard(
    *,
    actor: Actor,
    now: datetime,
    text: str,
    in_force_from: datetime | None = None,
    note: str = "",
) -> StandardVersion:
    """Publish a file: the first version of a new standard, or the next of the one it names.

    Standards are told apart by the file's key. ``in_force_from`` (default: now) may lie in
    the past for a first version only. Raises BrokenStandardError and changes nothing if the file
    has problems, ServiceError("in_the_past", "before_scheduled", "unchanged").
    """
    compiled = check_text(text)
    standard = _standard_for(actor=actor, now=now, compiled=compiled)
    return _publish(
        actor=actor,
        now=now,
        standard=standard,
        compiled=compiled,
        text=text,
        in_force_from=in_force_from or now,
        note=note,
    )


@transaction.atomic
def publish_version(
    *,
    actor: Actor,
    now: datetime,
    standard: ServiceStandard,
    text: str,
    in_force_from: datetime | None = None,
    note: str = "",
) -> StandardVersion:
    """Publish the next version of one standard; the file must carry its key.

    Otherwise as :func:`import_standard`; raises also ServiceError("other_key").
    """
    compiled = check_text(text)
    if compiled.key != standard.key:
        raise ServiceError(
            "other_key",
            _(
                "This file is of another standard: its key is “%(other)s”, not “%(key)s”."
            )
            % {"other": compiled.key, "key": standard.key},
            field="text",
        )
    return import_standard(
        actor=actor, now=now, text=text, in_force_from=in_force_from, note=note
    )


@transaction.atomic
def set_default(*, actor: Actor, now: datetime, standard: ServiceStandard) -> None:
    """Make a standard the one for tickets without a project, and for projects without one."""
    locked = ServiceStandard.objects.select_for_update().order_by("pk")
    for other in locked.filter(is_default=True).exclude(pk=standard.pk):
        other.is_default = False
        history.save(other, actor, now=now)
    fresh = locked.get(pk=standard.pk)
    if fresh.is_default:
        return
    fresh.is_default = True
    history.save(fresh, actor, now=now)
    record(actor=actor, now=now, verb="standard.made_default", target=fresh)


def _standard_for(
    *, actor: Actor, now: datetime, compiled: rules.Standard
) -> ServiceStandard:
    """The standard that a file is of, locked, with the names that the file gives it."""
    names = {
        "name_zh": compiled.name.zh,
        "name_en": compiled.name.en,
        "source": compiled.source,
    }
    found = ServiceStandard.objects.select_for_update().filter(key=compiled.key).first()
    if found is None:
        standard = ServiceStandard(key=compiled.key, created_at=now, **names)
        try:
            with transaction.atomic():
                history.save(standard, actor, now=now)
        except IntegrityError as error:
            raise Conflict(
                "imported_meanwhile",
                _(
                    "Somebody has imported this standard at the same moment. Look again."
                ),
            ) from error
        return standard
    if any(getattr(found, field) != value for field, value in names.items()):
        for field, value in names.items():
            setattr(found, field, value)
        history.save(found, actor, now=now)
    return found


def _publish(
    *,
    actor: Actor,
    now: datetime,
    standard: ServiceStandard,
    compiled: rules.Standard,
    text: str,
    in_force_from: datetime,
    note: str,
) -> StandardVersion:
    newest = standard.versions.order_by("-number").first()
    _check_date(standard, newest, in_force_from=in_force_from, now=now)
    compiled, revisions = adopt_calendars(actor=actor, now=now, standard=compiled)
    data = to_data(compiled)
    if newest is not None and newest.data == data | {"revisions": revisions}:
        raise ServiceError(
            "unchanged",
            _("Nothing is different from version %(number)d.")
            % {"number": newest.number},
            field="text",
        )
    version: StandardVersion = StandardVersion.objects.create(
        standard=standard,
        number=newest.number + 1 if newest else 1,
        text=text,
        data=data | {"revisions": revisions},
        in_force_from=in_force_from,
        published_at=now,
        published_by_id=actor.membership_id,
        note=note,
    )
    record(
        actor=actor,
        now=now,
        verb="standard.published",
        target=standard,
        data=_journal(version),
    )
    return version


def _journal(version: StandardVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "in_force_from": version.in_force_from.isoformat(),
        "note": version.note,
    }


def _check_date(
    standard: ServiceStandard,
    newest: StandardVersion | None,
    *,
    in_force_from: datetime,
    now: datetime,
) -> None:
    if newest is None:
        return
    if in_force_from < now:
        raise ServiceError(
            "in_the_past",
            _("A new version cannot come into force in the past: choose a later time."),
            field="in_force_from",
        )
    later = standard.versions.filter(in_force_from__gt=in_force_from)
    scheduled = later.order_by("in_force_from").first()
    if scheduled is not None:
        raise ServiceError(
            "before_scheduled",
            _(
                "Version %(number)d is to come into force after that: choose a later time."
            )
            % {"number": scheduled.number},
            field="in_force_from",
        )
