"""From a letter to an e-mail: the same letter makes the same e-mail, on every try."""

from __future__ import annotations

import zoneinfo
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from notifications.channels import Letter
from notifications.kinds.links import page
from notifications.readable import one_line
from notifications.render import Rendered, render
from servicedesk.lib.ui import times

LONGEST_SUBJECT = 150
LONGEST_NAME = 60
#: What has a meaning in an address header; a name needs none of it.
_SPECIAL = str.maketrans("", "", '<>"\\()[]@:;')


class Mail(EmailMultiAlternatives):
    """An e-mail that knows its tenant (for the demo's mailbox)."""

    tenant_id: int | None = None


def compose(letter: Letter) -> Mail:
    """The e-mail, in the recipient's language and the tenant's time zone.

    Nothing in it depends on when it is made: a retry has the same words.
    """
    zone = zoneinfo.ZoneInfo(letter.zone)
    with translation.override(letter.language), timezone.override(zone):
        entries = _entries(letter)
        context: dict[str, Any] = {
            "name": one_line(letter.name, limit=LONGEST_NAME),
            "tenant": one_line(letter.tenant_name, limit=LONGEST_NAME),
            "entries": entries,
            "digest": len(entries) > 1,
            "subject": _subject([entry["words"] for entry in entries]),
            "settings_url": letter.site + page("notifications:settings"),
            "lang": "zh-Hans" if letter.language.startswith("zh") else letter.language,
        }
        mail = Mail(
            subject=context["subject"],
            body=render_to_string("notifications/mail.txt", context),
            from_email=_address(letter.tenant_name, _own_address()),
            to=[_address(letter.name, letter.address)],
            headers=_headers(letter),
        )
        mail.attach_alternative(
            render_to_string("notifications/mail.html", context), "text/html"
        )
    mail.tenant_id = letter.tenant_id
    return mail


def _entries(letter: Letter) -> list[dict[str, Any]]:
    found = []
    for note in letter.notes:
        words = render(note.kind, note.params)
        found.append(
            {
                "words": words,
                "url": letter.site + words.path,
                "at": times.exact(note.created_at),
            }
        )
    return sorted(found, key=lambda entry: not entry["words"].urgent)


def _subject(entries: list[Rendered]) -> str:
    if len(entries) == 1:
        return _header(entries[0].title, limit=LONGEST_SUBJECT)
    text = ngettext(
        "%(count)s message: %(first)s", "%(count)s messages: %(first)s", len(entries)
    )
    filled = text % {"count": len(entries), "first": entries[0].title}
    return _header(filled, limit=LONGEST_SUBJECT)


def _headers(letter: Letter) -> dict[str, str]:
    headers = {
        "Message-ID": letter.uid,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    topics = {(note.topic, note.topic_id) for note in letter.notes}
    if len(topics) == 1 and (topic := topics.pop())[1] is not None:
        # Mail programs gather what concerns one ticket.
        host = str(settings.BASE_DOMAIN).partition(":")[0]
        headers["References"] = f"<{letter.tenant_id}.{topic[0]}.{topic[1]}@{host}>"
    return headers


def _address(name: str, address: str) -> str:
    """``"Name" <address>``; what could end the name and begin an address is left out.

    Raises ValueError for an address that is none.
    """
    plain = _header(name.translate(_SPECIAL), limit=LONGEST_NAME)
    if not address:
        message = "There is no address."
        raise ValueError(message)
    return str(Address(display_name=plain, addr_spec=address))


def _header(text: str, *, limit: int) -> str:
    """Words for a header: one line, and nothing that a reader would decode into another."""
    return one_line(text.replace("=?", "= ?"), limit=limit)


def _own_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
