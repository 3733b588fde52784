"""Kinds of ticket event that no clock depends on (the others: tickets.rules.facts)."""

from __future__ import annotations

from enum import StrEnum

from tickets.rules.facts import FactKind


class EventKind(StrEnum):
    """What else is written into a ticket's record."""

    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    REPLY = "reply"
    NOTE = "note"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CHANGED = "changed"
    FOLLOWER_ADDED = "follower_added"
    FOLLOWER_REMOVED = "follower_removed"
    UNMERGED = "unmerged"
    CONTINUED = "continued"  # a new, linked ticket goes on where this one was closed
    MISSED = "missed"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"
    ACKNOWLEDGED = "acknowledged"
    CONTINGENCY = "contingency"  # kind: spare | workaround | other, agreed_with
    DOCUMENT_FILED = "document_filed"  # paper, number, version, document
    # Of the incident report; data: version.
    INCIDENT_SUBMITTED = "incident_submitted"
    INCIDENT_CONFIRMED = "incident_confirmed"
    INCIDENT_RETURNED = "incident_returned"
    # Of the fault handling flow. version, number, step, answer, round, fields, found; the
    # words of the step in both languages, so that the record says by itself what was done.
    FLOW_STEP = "flow_step"
    FLOW_BACK = "flow_back"  # to: seq of the step taken back, with everything after it
    SECOND_LINE = "second_line"  # department, name, told, to
    REMINDED = "reminded"  # reminder, step, seq, due_at, to, told
    # Of a time offered to the customer; data: offer, at.
    OFFERED = "appointment_offered"
    OFFER_COUNTERED = "offer_countered"  # at: the time that the customer proposes
    OFFER_WITHDRAWN = "offer_withdrawn"
    # Of a work order; data: work_order (its ordinal) and what is said at each.
    WORK_DISPATCHED = "work_dispatched"  # engineer, name, kind, start, end
    WORK_RESCHEDULED = "work_rescheduled"  # start, end, before
    WORK_ACCEPTED = "work_accepted"
    WORK_DECLINED = "work_declined"
    WORK_BEGUN = "work_begun"  # a remote job; of a visit: departed and arrived
    WORK_EXTRA = (
        "work_extra"  # what, price, state: asked | authorised | declined | done
    )
    WORK_FINISHED = "work_finished"  # outcome
    WORK_SIGNED = "work_signed"  # signer, sheet, how: paper
    WORK_REFUSED = "work_refused"  # signer
    WORK_RESUMED = "work_resumed"
    WORK_RATED = "work_rated"  # rating
    WORK_CANCELLED = "work_cancelled"


class PaperName(StrEnum):
    """The kinds of paper that are made of tickets and their work."""

    REPORT = "service_report"  # of a ticket
    WORK_ORDER = "work_order"  # of a work order
    INCIDENT = "incident_report"  # of an incident report
    SHEET = "signing_sheet"  # of a work order, to be signed on paper


#: The kinds whose events are facts.
FACT_KINDS = frozenset(kind.value for kind in FactKind)
#: What a client never sees, in any form, besides internal notes.
STAFF_ONLY = frozenset(
    {
        EventKind.NOTE,
        EventKind.HANDED_OVER,
        EventKind.ACKNOWLEDGED,
        EventKind.ESCALATED,
        EventKind.FLOW_BACK,
        EventKind.SECOND_LINE,
        EventKind.REMINDED,
        EventKind.WORK_ACCEPTED,
        EventKind.WORK_DECLINED,
    }
)
