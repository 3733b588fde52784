"""A service standard as a file: reading and checking it, writing, comparing, describing it.

Pure Python: no Django, no clock. The only thing read from disk are the presets.
"""

from sla.standards.compare import Change, compare
from sla.standards.data import (
    calendar_from_data,
    calendar_to_data,
    from_data,
    to_data,
)
from sla.standards.describe import (
    CalendarDescription,
    Promise,
    describe_calendar,
    promise_summary,
)
from sla.standards.effects import Effect
from sla.standards.loader import load_standard
from sla.standards.presets import (
    UnknownPresetError,
    load_preset,
    preset_keys,
    preset_text,
)
from sla.standards.problems import MESSAGES, StandardError
from sla.standards.writer import dump_standard

__all__ = [
    "MESSAGES",
    "CalendarDescription",
    "Change",
    "Effect",
    "Promise",
    "StandardError",
    "UnknownPresetError",
    "calendar_from_data",
    "calendar_to_data",
    "compare",
    "describe_calendar",
    "dump_standard",
    "from_data",
    "load_preset",
    "load_standard",
    "preset_keys",
    "preset_text",
    "promise_summary",
    "to_data",
]
