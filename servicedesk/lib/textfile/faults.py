"""What is wrong with a file, each fault with the lines around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from servicedesk.lib.textfile.problems import Problem

AROUND = 1
WIDEST = 160


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line of the file with its number."""

    number: int
    text: str
    at_fault: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem: line, key and reason, and the line as it stands."""

    line: int
    key: str
    reason: str
    code: str
    lines: Sequence[Numbered]


def faults_of(text: str, problems: Iterable[Problem]) -> list[Fault]:
    """The problems of a text in the language of the request, by line."""
    lines = text.splitlines()
    return [
        Fault(
            line=problem.line,
            key=problem.path,
            reason=reason_of(problem),
            code=problem.code,
            lines=_around(lines, problem.line),
        )
        for problem in problems
    ]


def reason_of(problem: Problem) -> str:
    """Why it is one."""
    return gettext(problem.template) % problem.params


def _around(lines: Sequence[str], line: int) -> list[Numbered]:
    first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
    return [
        Numbered(number, lines[number - 1][:WIDEST], number == line)
        for number in range(first, last + 1)
    ]
