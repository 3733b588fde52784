"""What else can be wrong with a standard's file, besides what can be with any."""

from __future__ import annotations

from collections.abc import Mapping

from servicedesk.lib.textfile import problems


def _(message: str) -> str:
    """Marks a template for the translators' tools; says it unchanged."""
    return message


#: Code → reason. The parameters are words of the file or plain values.
MESSAGES: Mapping[str, str] = {
    **problems.MESSAGES,
    "reserved_key": _("“%(value)s” is the built-in 24×7 calendar; choose another key."),
    # working time, shares, dates
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


class StandardError(problems.FileError):
    """A standard's file was refused. ``problems`` has every fault found, by line."""
