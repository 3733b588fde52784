"""What signatures and documents are about: a higher room says so when it is ready.

This room knows a subject only by its kind and id, as the alarm clock knows a topic. Whether
somebody may see it is the answer of the room that owns it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from documents.assets import Asset
from people.actors import Actor
from tenants.models import Tenant

if TYPE_CHECKING:
    from documents.models import Document


class Sight(Protocol):
    """Whether an actor may see a subject, in the open tenant."""

    def __call__(self, actor: Actor, subject_id: int, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Related:
    """Something that belongs beside the papers of a subject, with a page of its own."""

    title: Any
    url: str
    action: Any
    state: Any = ""
    tone: str = "mute"
    icon: str = "eye"


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing that is signed or printed, such as a work order."""

    kind: str
    visible: Sight
    related: Callable[[Actor, int], Sequence[Related]] = lambda _actor, _pk: ()


@dataclass(frozen=True, slots=True)
class Composed:
    """What a paper says: plain data for a template, and the pictures that it shows.

    ``context`` is content as :func:`documents.rules.canonical` allows it: text that is
    ready to be read (times and numbers in the paper's language), no objects. ``assets`` are
    shown as ``asset:<id>``. ``sheet_id`` names the sheet whose content the paper shows.
    """

    template: str
    context: Mapping[str, Any]
    assets: Mapping[str, Asset] = field(default_factory=dict)
    sheet_id: int | None = None


class Composer(Protocol):
    """Reads a subject, in the open tenant; the paper's language and zone are active.

    Raises LookupError where the subject is gone.
    """

    def __call__(
        self, *, tenant: Tenant, subject_id: int, language: str, now: datetime
    ) -> Composed: ...


class Made(Protocol):
    """Told of a new paper in the transaction that makes it current."""

    def __call__(self, document: Document, /, *, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper, such as a service report: of what, composed how, told to whom.

    ``title`` is translated when it is shown. ``may_request`` says who may have one made;
    ``for_clients`` whether those of the client who see the subject see it, too.
    """

    kind: str
    subject_kind: str
    title: Any
    compose: Composer
    may_request: Callable[[Actor, int], bool]
    for_clients: bool = True
    made: Made | None = None


_subjects: dict[str, Subject] = {}
_papers: dict[str, PaperKind] = {}


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


def register_paper(paper: PaperKind) -> None:
    """Name a kind of paper; called once, when its room is ready."""
    _papers[paper.kind] = paper


def paper_of(kind: str) -> PaperKind:
    """The paper of a kind. Raises LookupError for one that nobody registered."""
    try:
        return _papers[kind]
    except KeyError:
        message = f"No room has registered papers of kind {kind!r}."
        raise LookupError(message) from None


def papers_of(subject_kind: str) -> list[PaperKind]:
    """The kinds of paper that there are of a kind of subject, in order of registration."""
    return [paper for paper in _papers.values() if paper.subject_kind == subject_kind]


def paper_title(kind: str) -> str:
    """What a paper is called, in the active language; its kind where nobody registered it."""
    paper = _papers.get(kind)
    return str(paper.title) if paper is not None else kind
