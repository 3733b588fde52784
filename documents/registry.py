"""What signatures and documents are about: a higher room says so when it is ready.

This room knows a subject only by its kind and id, as the alarm clock knows a topic. Whether
somebody may see it is the answer of the room that owns it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from people.actors import Actor


class Sight(Protocol):
    """Whether an actor may see a subject, in the open tenant."""

    def __call__(self, actor: Actor, subject_id: int, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing that is signed or printed, such as a work order."""

    kind: str
    visible: Sight


_subjects: dict[str, Subject] = {}


def register_subject(subject: Subject) -> None:
    """Name a kind of subject; called once, when its room is ready."""
    _subjects[subject.kind] = subject


def subject_of(kind: str) -> Subject:
    """The subject of a kind. Raises LookupError for one that nobody registered."""
    try:
        return _subjects[kind]
    except KeyError:
        message = f"No room has registered subjects of kind {kind!r}."
        raise LookupError(message) from None


def subject_kinds() -> frozenset[str]:
    """Every kind that is registered."""
    return frozenset(_subjects)


def may_see(actor: Actor, kind: str, subject_id: int) -> bool:
    """Whether an actor may see a subject; never for a kind that nobody registered."""
    subject = _subjects.get(kind)
    return subject is not None and subject.visible(actor, subject_id)
