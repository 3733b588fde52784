"""Whether what a message tells is still so when its e-mail is about to be sent.

A warning that waited for hours in an outage of the mail server is worse than none when the
thing is done meanwhile. Whoever coins such a kind registers a check for it; a kind without one
tells of what has happened, and is sent whenever that becomes possible. The message itself stays
in the inbox, with a word about the e-mail that was not sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from notifications.models import Message

#: Which of some messages of one kind are overtaken, by their ids. In the open tenant, and in
#: a number of queries that does not depend on theirs.
Check = Callable[[Sequence[Message]], Collection[int]]

#: Why an e-mail was not sent, as ``Delivery.last_error`` keeps it, and in words.
GONE: Final = "gone"
OVERTAKEN: Final = "overtaken"
REASONS: dict[str, Any] = {
    GONE: _("Not sent by e-mail: the person could no longer sign in."),
    OVERTAKEN: _("Not sent by e-mail: it was settled before that was possible."),
}

_checks: dict[str, Check] = {}


def register(kind: str, check: Check) -> None:
    """Name the check of a kind; called once, when the app is ready."""
    _checks[kind] = check


def overtaken(messages: Collection[Message]) -> set[int]:
    """The ids of those that need no e-mail any more."""
    by_kind: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        by_kind[message.kind].append(message)
    return {
        pk
        for kind, those in by_kind.items()
        if kind in _checks
        for pk in _checks[kind](those)
    }
