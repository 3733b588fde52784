"""What else can be wrong with a flow's file, besides what can be with any."""

from __future__ import annotations

from collections.abc import Mapping

from servicedesk.lib.textfile import problems


def _(message: str) -> str:
    """Marks a template for the translators' tools; says it unchanged."""
    return message


#: Code → reason. The parameters are words of the file or plain values.
MESSAGES: Mapping[str, str] = {
    **problems.MESSAGES,
    "too_many": _("At most %(limit)s entries; there are %(count)s."),
    "two_ways": _("Give one of “next”, “answers” and “end”, not several."),
    "dead_end": _("Nothing comes after this step: give it “next”, “answers” or “end: true”."),
    "unknown_step": _("There is no step “%(value)s”. Known: %(known)s."),
    "unreachable": _("No answer leads to this step."),
    "loop": _(
        "These steps go round without a question: %(cycle)s. Give one of them answers,"
        " one of which leads out."
    ),
    "no_end": _("From this step the end can never be reached."),
    "no_round": _(
        "These steps repeat in the same round: %(cycle)s. Say “again: true” at the answer"
        " with which a new round begins."
    ),
    "unknown_field": _("The step records no “%(value)s”. Known: %(known)s."),
    "no_options": _("A choice needs “options”."),
    "options_unused": _("“options” are of use only with “kind: choice”."),
    "remind_unused": _("Only a “moment” can be a promise to be reminded of."),
    "signed_twice": _("Only one answer of a step can be given by a signature."),
    "signed_unfit": _(
        "A signature can't give an answer that begins a round, needs a picture or calls the"
        " second line."
    ),
    "signed_missing": _("“signed” does not say what “%(value)s” is filled with."),
    "nothing_to_say": _(
        "“resolve” tells the client what was done: the step needs a required text to say it in."
    ),
}  # fmt: skip


class FlowError(problems.FileError):
    """A flow's file was refused. ``problems`` has every fault found, by line."""
