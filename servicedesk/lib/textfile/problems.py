"""What can be wrong with a file that people write: line, key and reason of every fault.

The reasons are English templates under stable codes; whoever shows them translates the
template and fills in :attr:`Problem.params`. Nothing here imports Django. A kind of file adds
its own codes to :data:`MESSAGES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


def _(message: str) -> str:
    """Marks a template for the translators' tools; says it unchanged."""
    return message


#: Code → reason. The parameters are words of the file or plain values.
MESSAGES: Mapping[str, str] = {
    # the file as such
    "too_large": _("The file is larger than %(limit)s KiB."),
    "not_printable": _("There is a character here that no text file should hold."),
    "tab": _("Indent with spaces: there is a tab here."),
    "colon": _("A colon is missing after a key, or a quotation mark is not closed."),
    "stray_colon": _(
        "A colon stands where none can be: put the text in quotation marks, or mend the"
        " indentation."
    ),
    "syntax": _("This is not YAML: %(detail)s."),
    "empty_file": _("The file is empty."),
    "many_documents": _("One file holds one thing; a second document begins here."),
    "too_deep": _("The file is nested too deeply."),
    "alias": _("References (*name) are not allowed; write the value out."),
    "anchor": _("Anchors (&name) are not allowed; write the value out where it is used."),
    "tag": _("Type tags (!name) are not allowed."),
    "complex_key": _("A key must be a plain word."),
    "duplicate_key": _("The key “%(key)s” is already in line %(first)s."),
    # keys and types
    "unknown_key": _("Unknown key. Known here: %(known)s."),
    "did_you_mean": _("Unknown key. Did you mean “%(guess)s”?"),
    "missing_key": _("The key “%(key)s” is missing."),
    "no_value": _("There is no value."),
    "not_a_table": _("Here belong keys with values, indented below."),
    "not_a_list": _("Here belongs a list, such as [a, b]."),
    "not_a_text": _("Here belongs a single value."),
    "empty": _("There must be at least one entry."),
    "bad_key": _(
        "“%(value)s” can't be a key: up to 40 small letters, digits, “_” and “-”, beginning"
        " with a letter."
    ),
    "bad_character": _("The text contains a character that can't be shown."),
    "too_long_text": _("At most %(limit)s characters; there are %(length)s."),
    "bad_choice": _("“%(value)s” is not known here. Known: %(known)s."),
    "listed_twice": _("“%(value)s” is listed twice."),
    "bad_boolean": _("Write true or false, not “%(value)s”."),
    "unknown_format": _("This is format %(value)s; only format %(known)s can be read."),
    # durations
    "bad_duration": _("“%(value)s” is no duration; write for example 10min, 2h or 1h30min."),
    "no_unit": _("“%(value)s” has no unit; write for example %(value)s min or %(value)s h."),
    "minutes_or_months": _("“m” could be minutes or months; write min."),
    "negative_duration": _("A duration can't be negative: “%(value)s”."),
    "duration_too_long": _("“%(value)s” is longer than %(limit)s days."),
    "duration_zero": _("The duration must be longer than zero."),
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: where it is, and why it is one.

    ``line`` counts from 1; ``path`` is the key as it is reached in the file, such as
    ``tiers.general.targets.arrival.limit``, empty for the file as a whole.
    """

    line: int
    path: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict, compare=False)
    #: The English reason, to be translated before its parameters are filled in.
    template: str = field(default="", compare=False)

    def __str__(self) -> str:
        where = f"line {self.line}: {self.path}" if self.path else f"line {self.line}"
        return f"{where}: {self.template % self.params}"


class FileError(ValueError):
    """A file was refused. ``problems`` has every fault found, by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """The faults found so far, and the line of every key of the file.

    ``messages`` are the reasons that this kind of file knows.
    """

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._messages = messages
        self.found: list[Problem] = []
        self.lines: dict[str, int] = {"": 1}

    def add(self, path: str, code: str, **params: object) -> None:
        """Notes a fault at a path; where the key is absent, at the line of its table."""
        self.add_at(self._line(path), path, code, **params)

    def add_at(self, line: int, path: str, code: str, **params: object) -> None:
        """Notes a fault at a line of its own."""
        self.found.append(Problem(line, path, code, params, self._messages[code]))

    def any_under(self, path: str) -> bool:
        """Whether something is wrong at or below a path."""
        below = (f"{path}.", f"{path}[")
        return any(p.path == path or p.path.startswith(below) for p in self.found)

    def _line(self, path: str) -> int:
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)
