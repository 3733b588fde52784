"""What pages and programs read: the papers of a subject, one paper, whether it is genuine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from documents.models import Document, Signature
from documents.registry import PaperKind, may_see, paper_of, papers_of
from people.actors import Actor


@dataclass(frozen=True, slots=True)
class Shelf:
    """The papers of one kind in one language: the current one, what is on its way, the past.

    ``newest`` is what was asked for last, if that is not the current one: waiting or failed.
    """

    paper: PaperKind
    language: str
    language_name: str
    current: Document | None
    newest: Document | None
    past: Sequence[Document]
    may_request: bool


def visible_papers(actor: Actor, subject_kind: str) -> list[PaperKind]:
    """The kinds of paper of a kind of subject that somebody on the actor's side may see."""
    return [
        paper
        for paper in papers_of(subject_kind)
        if paper.for_clients or not actor.is_client
    ]


def shelves(actor: Actor, subject_kind: str, subject_id: int) -> list[Shelf]:
    """What there is of a subject that the actor sees, kind by kind, language by language.

    A language that nobody has asked for is left out, but for the first of a kind.
    """
    rows = list(Document.objects.about(subject_kind, subject_id))
    found = []
    for paper in visible_papers(actor, subject_kind):
        may = paper.may_request(actor, subject_id)
        for code, name in settings.LANGUAGES:
            mine = [r for r in rows if (r.kind, r.language) == (paper.kind, code)]
            if mine or may:
                found.append(_shelf(paper, (code, str(name)), mine, may_request=may))
    return found


def _shelf(
    paper: PaperKind,
    language: tuple[str, str],
    rows: Sequence[Document],
    *,
    may_request: bool,
) -> Shelf:
    ready = [row for row in rows if row.state == Document.State.READY]
    current = next((row for row in ready if row.is_current), None)
    newest = rows[0] if rows else None
    if newest is not None and not (
        newest.is_waiting or newest.state == Document.State.FAILED
    ):
        newest = None
    return Shelf(
        paper=paper,
        language=language[0],
        language_name=language[1],
        current=current,
        newest=newest,
        past=[row for row in ready if not row.is_current],
        may_request=may_request,
    )


def visible_document(actor: Actor, pk: int) -> Document | None:
    """A paper that the actor may see, in whatever state; None where there is none."""
    document = Document.objects.filter(pk=pk).first()
    if document is None or not _sees(actor, document):
        return None
    return document


def _sees(actor: Actor, document: Document) -> bool:
    try:
        paper = paper_of(document.kind)
    except LookupError:
        return False
    if actor.is_client and not paper.for_clients:
        return False
    return may_see(actor, document.subject_kind, document.subject_id)


def visible_signature(actor: Actor, pk: int) -> Signature | None:
    """A signature on something that the actor may see; None where there is none."""
    found = Signature.objects.filter(pk=pk).select_related("sheet").first()
    if found is None:
        return None
    sheet = found.sheet
    seen = may_see(actor, sheet.subject_kind, sheet.subject_id)
    return found if seen else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file is: this very paper, another version of it, or (None) neither."""

    same: bool
    version: int | None


@dataclass(frozen=True, slots=True)
class Genuine:
    """What the public page says of a paper: number, version, hash, whether it is current."""

    number: str
    version: int
    sha256: str
    current_version: int
    hashes: dict[str, int]  # of all versions

    @property
    def is_current(self) -> bool:
        """Whether no later version has replaced it."""
        return self.version == self.current_version

    def compare(self, digest: str) -> Answer:
        """What a file with this hash is."""
        return Answer(same=digest == self.sha256, version=self.hashes.get(digest))

    @property
    def answers(self) -> list[tuple[str, Answer]]:
        """What to say of a file by its hash; the empty hash stands for any other."""
        return [(digest, self.compare(digest)) for digest in [*self.hashes, ""]]


def genuine(token: str) -> Genuine | None:
    """The paper with this token in its QR code; None where none was issued."""
    document = Document.objects.ready().filter(token=token).first()
    if document is None:
        return None
    versions = (
        Document.objects.ready()
        .filter(number=document.number)
        .values_list("version", "sha256", "is_current")
    )
    return Genuine(
        number=document.number,
        version=document.version,
        sha256=document.sha256,
        current_version=max(version for version, _hash, _current in versions),
        hashes={digest: version for version, digest, _current in versions},
    )
