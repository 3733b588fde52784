"""The tenant's flow in versions: every change is a new one, nothing is overwritten."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from activity.services import record
from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import Conflict, ServiceError
from servicedesk.lib.textfile.refusal import BrokenFile
from tickets.flows import FlowError, load_flow, shipped_text
from tickets.models import FlowVersion
from tickets.rules.flow import Flow
from tickets.services.base import need


class BrokenFlowError(BrokenFile):
    """A flow's file cannot be used; ``problems`` name line, key and reason."""


def check_flow_text(text: str) -> Flow:
    """What a flow's file says, before anything is stored. Raises BrokenFlowError."""
    try:
        return load_flow(text)
    except FlowError as error:
        raise BrokenFlowError("flow_broken", error.problems) from error


def current_text() -> str:
    """The flow that tickets begin with now: the tenant's newest version, else the shipped file."""
    newest = _newest()
    return shipped_text() if _is_old_shipped(newest) or newest is None else newest.text


def current_version(*, now: datetime) -> FlowVersion:
    """The version that a ticket begins with now; the shipped file is stored at its first use.

    As long as the tenant has none of its own, a newer shipped file becomes the next version.
    """
    newest = _newest()
    if newest is not None and not _is_old_shipped(newest):
        return newest
    try:
        with transaction.atomic():
            return _store(shipped_text(), newest, now=now, is_shipped=True)
    except IntegrityError:  # somebody else stored it at the same moment
        return FlowVersion.objects.newest_first()[0]


@transaction.atomic
def publish_flow(
    *, actor: Actor, now: datetime, text: str, note: str = ""
) -> FlowVersion:
    """Publish the next version. Tickets that have begun a flow keep theirs.

    Raises BrokenFlowError and changes nothing if the file has problems, ServiceError
    ``unchanged``, Conflict ``published_meanwhile``.
    """
    need(actor, Permission.STANDARD_MANAGE)
    check_flow_text(text)
    newest = _newest()
    if newest is not None and newest.text == text:
        raise ServiceError(
            "unchanged",
            _("Nothing is different from version %(number)d.")
            % {"number": newest.number},
            field="text",
        )
    try:
        with transaction.atomic():
            version = _store(text, newest, now=now, actor=actor, note=note)
    except IntegrityError as error:
        raise Conflict(
            "published_meanwhile",
            _("Somebody has published a version at the same moment. Look again."),
        ) from error
    data = {"version": version.number, "note": version.note}
    record(actor=actor, now=now, verb="flow.published", target=version, data=data)
    return version


def _newest() -> FlowVersion | None:
    newest: FlowVersion | None = FlowVersion.objects.newest_first().first()
    return newest


def _is_old_shipped(newest: FlowVersion | None) -> bool:
    """Whether the newest is a shipped file that another one has since taken the place of."""
    return newest is not None and newest.is_shipped and newest.text != shipped_text()


def _store(
    text: str,
    newest: FlowVersion | None,
    *,
    now: datetime,
    actor: Actor | None = None,
    note: str = "",
    is_shipped: bool = False,
) -> FlowVersion:
    version: FlowVersion = FlowVersion.objects.create(
        number=newest.number + 1 if newest else 1,
        text=text,
        is_shipped=is_shipped,
        published_at=now,
        published_by_id=actor.membership_id if actor else None,
        note=note.strip(),
    )
    return version
