"""What other rooms may ask of service standards and calendars."""

from sla.services.calendars import (
    calendar_of,
    newest_revision,
    renewable,
    revise_calendar,
)
from sla.services.reading import (
    calendar_key,
    calendars_of,
    forget_standards,
    standard_of,
    standards_of,
    version_for,
)
from sla.services.versions import (
    BrokenStandardError,
    check_text,
    import_standard,
    publish_version,
    set_default,
)

__all__ = [
    "BrokenStandardError",
    "calendar_key",
    "calendar_of",
    "calendars_of",
    "check_text",
    "forget_standards",
    "import_standard",
    "newest_revision",
    "publish_version",
    "renewable",
    "revise_calendar",
    "set_default",
    "standard_of",
    "standards_of",
    "version_for",
]
