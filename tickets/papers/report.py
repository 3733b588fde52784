"""The service report 服务报告 of a ticket: what was reported, promised, done and said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.assets import Asset, photo
from documents.registry import Composed
from servicedesk.lib.ui.times import exact
from servicedesk.lib.ui.words import SEVERITIES, TICKET_STATES, severity_key
from tenants.models import Tenant
from tickets.attachments import IMAGES
from tickets.explain import length, sentence
from tickets.kinds import EventKind
from tickets.models import Attachment, Ticket
from tickets.papers.flow import TOLD_HERE
from tickets.papers.sections import (
    Section,
    compose_sections,
    facts,
    moment,
    plain,
)
from tickets.papers.source import Line, Source, read_source
from tickets.queries.promise import Promised
from tickets.queries.words import metric_name
from tickets.rules.explain import Code
from tickets.rules.facts import ClockState, FactKind

PHOTOS_MOST: Final = 24
WORDS_MOST: Final = 40
EXCERPT: Final = 1_200

#: Replies are told as words, the flow in a section of its own, and what only matters on the
#: screen is left out.
NOT_HANDLING: Final = frozenset(
    {
        *TOLD_HERE,
        EventKind.REPLY,
        EventKind.FOLLOWER_ADDED,
        EventKind.FOLLOWER_REMOVED,
        EventKind.DOCUMENT_FILED,
        FactKind.CALENDAR_REVISED,
    }
)


def compose_report(
    *, tenant: Tenant, subject_id: int, language: str, now: datetime
) -> Composed:
    """The service report of a ticket as it stands. Raises LookupError where it is gone."""
    source = read_source(tenant, subject_id, language=language, now=now)
    sections = compose_sections(source)
    assets: dict[str, Asset] = {}
    for section in sections:
        assets |= section.assets
    ticket = source.ticket
    return Composed(
        template="tickets/papers/report.html",
        context={
            "number": ticket.number,
            "lead": ticket.title,
            "state": str(TICKET_STATES[ticket.state][0]),
            "sections": [plain(section) for section in sections],
        },
        assets=assets,
    )


# -- what was reported -----------------------------------------------------------------------------


def request(source: Source) -> Section:
    """Who reported what about which device."""
    ticket = source.ticket
    return Section(
        title=_("What was reported"),
        template="tickets/papers/_request.html",
        data={
            "facts": facts(*_about(ticket), *_times(ticket)),
            "words": facts(
                (_("Symptom"), ticket.symptom.strip()),
                (_("Effect on the work"), ticket.effect.strip()),
                (_("What was asked for"), ticket.wish.strip()),
            ),
        },
    )


def _about(ticket: Ticket) -> Iterable[tuple[Any, Any]]:
    project, device = ticket.project, ticket.equipment
    yield _("Client organisation"), ticket.client.name
    yield _("Project"), project.name if project else ""
    yield _("Contract number"), project.contract_number if project else ""
    yield _("Contact"), _joined(ticket.contact, "name", "phone")
    yield _("Site"), _joined(ticket.site, "name", "address")
    yield _("Equipment"), _joined(device, "category", "model")
    yield _("Serial number"), device.serial_number if device else ""
    yield _("Location"), device.location if device else ""
    yield _("Severity"), SEVERITIES[severity_key(ticket.severity)][0]
    yield _("Channel"), ticket.get_channel_display()
    yield _("Responsible"), _person(ticket.assignee)


def _times(ticket: Ticket) -> Iterable[tuple[Any, Any]]:
    yield _("Received"), moment(ticket.received_at)
    yield pgettext("ticket", "Resolved"), moment(ticket.resolved_at)
    yield pgettext("ticket", "Closed"), moment(ticket.closed_at)


def _joined(thing: Any, *names: str) -> str:
    parts = (getattr(thing, name, "") for name in names) if thing is not None else ()
    return " · ".join(part for part in parts if part)


def _person(membership: Any) -> str:
    return membership.user.name if membership is not None else ""


# -- what was promised -----------------------------------------------------------------------------


def promise(source: Source) -> Section | None:
    """Every clock that counted: kept or missed, by how much, and why."""
    zone = ZoneInfo(source.tenant.zone)
    rows = [_clock(promised, zone) for promised in source.promise.shown]
    if not rows:
        return None
    standard = source.ticket.standard_version.standard
    return Section(
        title=_("What was promised, and what was kept"),
        template="tickets/papers/_promise.html",
        data={"standard": standard.name, "clocks": rows},
    )


def _clock(promised: Promised, zone: ZoneInfo) -> dict[str, Any]:
    clock, why = promised.clock, promised.explanation
    tone, sign, word = _result(promised)
    return {
        "metric": str(metric_name(promised.metric)),
        "limit": length(clock.target.limit) if clock.target.limit else "",
        "due": moment(clock.due_at),
        "done": moment(clock.finished_at),
        "tone": tone,
        "sign": sign,
        "result": word,
        "sentence": sentence(why, zone, to_client=False, relative=False),
    }


def _result(promised: Promised) -> tuple[str, str, str]:
    """Tone, sign and words of a clock's result."""
    why, state = promised.explanation, promised.clock.state
    by = {"time": length(why.by)}
    if state is ClockState.MET:
        exactly = why.code is not Code.MET or not why.by
        kept = _("kept") if exactly else _("kept, %(time)s to spare") % by
        return "ok", "✓", kept
    if state is ClockState.MISSED:
        late = _("missed by %(time)s") % by if why.by else _("missed")
        return "bad", "×", late
    return "mute", "○", _("open")


# -- what was done ---------------------------------------------------------------------------------


def handling(source: Source) -> Section | None:
    """What happened, step by step, as it is recorded."""
    lines = [line for line in source.lines if line.event.kind not in NOT_HANDLING]
    return Section(
        title=_("What was done"),
        template="tickets/papers/_handling.html",
        data={"lines": [_line(line) for line in lines]},
    )


def _line(line: Line) -> dict[str, str]:
    # What was reported stands above.
    words = "" if line.event.kind == FactKind.RECEIVED else line.words.quote
    return {
        "at": exact(line.at),
        "who": line.words.who,
        "what": line.words.text,
        "words": _excerpt(words),
    }


def words(source: Source) -> Section | None:
    """What both sides wrote to each other; internal notes are on no paper."""
    replies = [
        line
        for line in source.lines
        if line.event.kind == EventKind.REPLY and line.event.body.strip()
    ]
    if not replies:
        return None
    shown = replies[:WORDS_MOST]
    return Section(
        title=_("What was written"),
        template="tickets/papers/_words.html",
        data={
            "left_out": len(replies) - len(shown),
            "words": [
                {
                    "at": exact(line.at),
                    "who": line.words.who,
                    "ours": _is_ours(line),
                    "text": _excerpt(line.event.body),
                }
                for line in shown
            ],
        },
    )


def _is_ours(line: Line) -> bool:
    author = line.event.actor
    return author is not None and not author.role.startswith("client")


def _excerpt(text: str) -> str:
    text = text.strip()
    return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"


def photos(source: Source) -> Section | None:
    """Pictures that were sent along; those of a work order stand with it."""
    pictures = [
        file
        for file in source.files
        if file.media_type in IMAGES and file.work_order_id is None
    ]
    if not pictures:
        return None
    shown = pictures[:PHOTOS_MOST]
    data, assets = photo_sheet(shown, "photo")
    return Section(
        title=pgettext("paper", "Photos"),
        template="tickets/papers/_photos.html",
        data={"photos": data, "left_out": len(pictures) - len(shown)},
        assets=assets,
    )


def photo_sheet(
    files: Iterable[Attachment], name: str
) -> tuple[list[dict[str, str]], dict[str, Asset]]:
    """Photos as data and assets: each with its name, when it came and from whom."""
    data, assets = [], {}
    for file in files:
        asset = f"{name}-{file.pk}"
        taken_at = file.taken_at or file.added_at
        assets[asset] = photo(file.stored, sha256=file.sha256)
        data.append(
            {
                "asset": asset,
                "name": file.name,
                "stage": str(file.get_stage_display()) if file.stage else "",
                "note": " · ".join(
                    filter(None, (exact(taken_at), _person(file.added_by)))
                ),
            }
        )
    return data, assets
