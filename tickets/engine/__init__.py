"""The heart: events in, clocks, escalations, deadlines and messages out, many at a time.

A *case* is a ticket with all that its promise depends on. Services and fired deadlines do the
same: load and lock the cases, record events, :func:`settle` them, save. Settling does whatever
is due by now, so a service that comes before the sweep catches up first, and an outage leaves
the same record as being on time would.
"""

from tickets.engine.case import Case, load_cases, new_case
from tickets.engine.desk import settle_and_save, working_on

__all__ = ["Case", "load_cases", "new_case", "settle_and_save", "working_on"]
