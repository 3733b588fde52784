"""What people do with work orders: one function per verb."""

from tickets.services.work.checklists import save_checklist
from tickets.services.work.dispatching import (
    cancel_work,
    dispatch,
    plan_work,
    redispatch,
    reschedule,
)
from tickets.services.work.finishing import (
    Hand,
    finish_work,
    rate_work,
    refuse_work,
    resume_work,
    shown_sheet,
    sign_work,
)
from tickets.services.work.going import (
    accept_work,
    arrive_for_work,
    begin_work,
    check_off,
    decline_work,
    depart_for_work,
)
from tickets.services.work.recording import (
    add_part,
    add_photos,
    add_time,
    ask_extra,
    decide_extra,
    do_extra,
    record_work,
    take_back,
)
from tickets.services.work.scanning import file_scan

__all__ = [
    "Hand",
    "accept_work",
    "add_part",
    "add_photos",
    "add_time",
    "arrive_for_work",
    "ask_extra",
    "begin_work",
    "cancel_work",
    "check_off",
    "decide_extra",
    "decline_work",
    "depart_for_work",
    "dispatch",
    "do_extra",
    "file_scan",
    "finish_work",
    "plan_work",
    "rate_work",
    "record_work",
    "redispatch",
    "refuse_work",
    "reschedule",
    "resume_work",
    "save_checklist",
    "shown_sheet",
    "sign_work",
    "take_back",
]
