"""The refusal of a file: one sentence for people, every problem for whoever mends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from django.utils.translation import ngettext_lazy

from servicedesk.lib.errors import ServiceError
from servicedesk.lib.textfile.faults import faults_of
from servicedesk.lib.textfile.problems import Problem


class BrokenFile(ServiceError):
    """A file cannot be used; ``problems`` name line, key and reason."""

    #: What the answer to a program carries besides.
    extra: dict[str, Any]

    def __init__(self, code: str, problems: Sequence[Problem]) -> None:
        message = ngettext_lazy(
            "The file has %(count)d problem; nothing was changed.",
            "The file has %(count)d problems; nothing was changed.",
            len(problems),
        ) % {"count": len(problems)}
        super().__init__(code, message, field="text")
        self.problems = tuple(problems)

    def for_programs(self, text: str) -> Self:
        """With each problem of the text as data."""
        self.extra = {
            "problems": [
                {
                    "line": one.line,
                    "key": one.key,
                    "reason": one.reason,
                    "code": one.code,
                }
                for one in faults_of(text, self.problems)
            ]
        }
        return self
