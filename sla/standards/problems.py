"""What can be wrong with a standard's file: line, key and reason of every fault found.

The reasons are English templates under stable codes; whoever shows them translates the
template and fills in :attr:`Problem.params`. Nothing here imports Django.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    "many_documents": _("One file holds one standard; a second document begins here."),
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
    "reserved_key": _("“%(value)s” is the built-in 24×7 calendar; choose another key."),
    "bad_character": _("The text contains a character that can't be shown."),
    "too_long_text": _("At most %(limit)s characters; there are %(length)s."),
    "bad_choice": _("“%(value)s” is not known here. Known: %(known)s."),
    "listed_twice": _("“%(value)s” is listed twice."),
    "bad_boolean": _("Write true or false, not “%(value)s”."),
    "unknown_format": _("This is format %(value)s; only format %(known)s can be read."),
    # durations, shares, dates
    "bad_duration": _("“%(value)s” is no duration; write for example 10min, 2h or 1h30min."),
    "no_unit": _("“%(value)s” has no unit; write for example %(value)s min or %(value)s h."),
    "minutes_or_months": _("“m” could be minutes or months; write min."),
    "negative_duration": _("A duration can't be negative: “%(value)s”."),
    "duration_too_long": _("“%(value)s” is longer than %(limit)s days."),
    "duration_zero": _("The duration must be longer than zero."),
    "day_of_work": _(
        "A day of working time could be many hours; in the calendar “%(calendar)s” write"
        " the limit in hours."
    ),
    "bad_share": _("“%(value)s” is no share; write for example 75%%."),
    "share_range": _("A share lies between 0%% and 100%%, both left out: “%(value)s”."),
    "bad_date": _("“%(value)s” is no date; write for example 2026-12-31."),
    "bad_dates": _(
        "“%(value)s” is neither a date (2026-12-31) nor dates in a row"
        " (2026-02-15..2026-02-23, at most a year)."
    ),
    "date_twice": _("%(date)s is listed twice."),
    "too_many_dates": _("More than %(limit)s dates are listed."),
    # calendars
    "bad_window": _("“%(value)s” is no time of day from-to; write for example 09:00-12:00."),
    "empty_window": _("“%(value)s” opens and closes at the same time."),
    "overlap": _("“%(one)s” and “%(other)s” overlap."),
    "bad_days": _(
        "“%(value)s” is no day of the week; write monday, monday-friday or daily."
    ),
    "day_twice": _("The hours of %(day)s are given twice."),
    "unknown_zone": _("The time zone “%(value)s” is not known; write for example Asia/Shanghai."),
    "bad_region": _("“%(value)s” is no region; write for example CN."),
    "unknown_region": _("No public holidays are known for “%(value)s”. Known: %(known)s."),
    "make_up_hours_needed": _(
        "The working days differ in their hours: say with “make_up_hours” which hours a"
        " make-up working day has."
    ),
    "make_up_hours_unused": _("“make_up_hours” is of use only with “holidays”."),
    "no_working_time": _("The calendar has no working time in any week."),
    # tiers and targets
    "severity_missing": _("No tier covers the severity “%(severity)s”."),
    "severity_twice": _("The severity “%(severity)s” is already in the tier “%(tier)s”."),
    "unknown_calendar": _("There is no calendar “%(value)s”. Known: %(known)s."),
    "zero_limit": _("A limit of zero is possible only measured from an appointment."),
    "warn_twice": _("Give either “warn_at” or “warn_before”, not both."),
    "warn_before_needed": _("A limit of zero needs “warn_before”: a share of zero is zero."),
    "warn_before_too_long": _("The warning would come before the time begins to run."),
    "limit_out_of_reach": _(
        "At the working hours of the calendar “%(calendar)s” this limit takes more than"
        " ten years."
    ),
    "misleading_key": _("The target's key says “%(metric)s”, its metric something else."),
    "metric_without_visit": _("“%(metric)s” happens on site; it can't be promised for remote work."),
    "part_start": _("Only the part metrics can be measured from the request for a part."),
    "start_absent": _("Measured from “%(start)s”, which this tier does not promise."),
    "start_not_covered": _(
        "“%(start)s” does not always happen where this target applies, so that its time"
        " might never begin; say with “when” where it applies."
    ),
    "start_cycle": _("The targets are measured from each other: %(cycle)s."),
    "metric_twice": _(
        "“%(metric)s” is promised twice for the same work: here and in “%(other)s”."
    ),
    # escalation
    "step_order": _("The steps must be in the order of their time; “%(before)s” comes later."),
    "raise_twice": _("A miss raises the severity once; “%(before)s” does it already."),
    "every_too_small": _("Reminders can't come more often than once a second."),
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

    @property
    def template(self) -> str:
        """The English reason, to be translated before its parameters are filled in."""
        return MESSAGES[self.code]

    def __str__(self) -> str:
        where = f"line {self.line}: {self.path}" if self.path else f"line {self.line}"
        return f"{where}: {self.template % self.params}"


class StandardError(ValueError):
    """A standard's file was refused. ``problems`` has every fault found, by line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """The faults found so far, and the line of every key of the file."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.lines: dict[str, int] = {"": 1}

    def add(self, path: str, code: str, **params: object) -> None:
        """Notes a fault at a path; where the key is absent, at the line of its table."""
        self.found.append(Problem(self._line(path), path, code, params))

    def add_at(self, line: int, path: str, code: str, **params: object) -> None:
        """Notes a fault at a line of its own."""
        self.found.append(Problem(line, path, code, params))

    def any_under(self, path: str) -> bool:
        """Whether something is wrong at or below a path."""
        below = (f"{path}.", f"{path}[")
        return any(p.path == path or p.path.startswith(below) for p in self.found)

    def raise_if_any(self) -> None:
        """Raises :class:`StandardError` where anything was found."""
        if self.found:
            raise self.error()

    def error(self) -> StandardError:
        """Everything found, to be raised."""
        return StandardError(self.found)

    def _line(self, path: str) -> int:
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)
