"""What the engineer's app says: it draws itself, also without a network, so its words travel
with it. Keys are those of ``static/js/field``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.lib.ui.words import CLOCK_STATES, SEVERITIES, script_words
from tickets.models import WorkOrder

#: The frame: where one is, what the network does, whose phone it is.
FRAME: dict[str, Any] = {
    "app_name": pgettext_lazy("phone application", "On site"),
    "back": _("Back"),
    "offline": _("No network"),
    "offline_long": _(
        "No network. Go on working: everything is kept on this phone and sent by itself later."
    ),
    "all_sent": _("All sent"),
    "n_kept": _("%(n)s to send"),
    "n_refused": _("%(n)s refused"),
    "kept_here": _("kept here"),
    "signin": _("Your sign-in has ended. Sign in again to see what is new."),
    "signin_kept": _(
        "Your sign-in has ended. Sign in again: what you did is kept here (%(n)s) and is sent"
        " afterwards."
    ),
    "signin_do": _("Sign in again"),
    "others_keep": _(
        "%(n)s entries of somebody else wait on this phone. They are sent when that person"
        " signs in here again; you can't see them."
    ),
    "new_version": _("This app is new. Close it and open it again when it suits you."),
    "no_room": _(
        "There is no room left on this phone: it was not kept. Free some room, then try again."
    ),
    "no_room_photo": _("There is no room left on this phone: %(name)s was not kept."),
    "not_kept": _("This phone could not keep it. Try again."),
    "room_none": _(
        "There is no room on this phone for another photo. Send what is kept, or free some"
        " room first."
    ),
    "room_few": _("There is room for about %(n)s more photos."),
    "room": _("Room on this phone"),
    "room_left": _("For about %(n)s more photos."),
    "no_photo": _("%(name)s can't be read as a picture."),
    "photos_kept": _("Kept: %(n)s photos."),
    "leave_text": _("Your jobs are taken off this phone."),
    "leave_kept": _(
        "%(n)s entries have not been sent. They stay on this phone, unseen by others, and are"
        " sent when you sign in here again. Your jobs are taken off it."
    ),
    "leave_offline": _("Without a network you can't sign out."),
    "first_wait": _("Your jobs are being fetched."),
    "first_offline": _(
        "Open this page once with a network. After that it opens without one."
    ),
    "first_signin": _("Sign in, then your jobs are here."),
    "clock_ahead": _("This phone's clock differs from the server's by %(s)s s."),
}
#: The day and the job.
JOB: dict[str, Any] = {
    "today_title": _("Jobs of %(name)s"),
    "group_at_it": _("Begun"),
    "group_today": pgettext_lazy("jobs", "Today"),
    "group_later": pgettext_lazy("jobs", "Later"),
    "group_over": pgettext_lazy("jobs", "Over"),
    "no_time": _("no time agreed"),
    "empty_title": _("No jobs"),
    "empty_text": _("What the desk gives you appears here."),
    "job_gone": _("This job is not yours any more."),
    "title": _("Request"),
    "request": _("Request"),
    "client": _("Client organisation"),
    "engineer": _("Engineer"),
    "purpose": _("What is to be done"),
    "accepted_at": _("Accepted"),
    "departed_at": _("Departed"),
    "arrived_at": _("Arrived"),
    "finished_at": _("Finished"),
    "found": _("What was found"),
    "done": _("Work done"),
    "advice": _("Advice"),
    "outcome": _("Outcome"),
    "solved": _("Solved"),
    "not_solved": _("Not solved yet"),
    "parts": _("Parts used"),
    "hours_title": _("Hours"),
    "extras": _("Extra work"),
    "photos": _("Photos"),
    "work": _("Work"),
    "parts_hours": _("Parts and hours"),
    "preparation": _("Preparation"),
    "needed": _("needed"),
    "device": _("Equipment"),
    "rating": _("Rating"),
    "rated": _("%(n)s of 5"),
    "rate_ask": _("Let the customer say how it was."),
    "n_stars": _("%(n)s of 5 stars"),
    "call": _("Call"),
    "call_name": _("Call %(name)s"),
    "map": _("Map"),
    "whole_page": _("Whole page (needs a network)"),
    "due": _("due %(time)s"),
    "bar": _("Share of the limit used"),
    "counted_here": _("as counted on this phone"),
    "stage_before": _("Before"),
    "stage_after": _("After"),
    "photo_before": _("Photo before"),
    "photo_after": _("Photo after"),
    "hours_work": _("Work"),
    "hours_travel": _("Travel"),
    "extra_asked": _("Asked"),
    "extra_authorised": _("Authorised"),
    "extra_declined": _("Declined"),
    "extra_is_done": pgettext_lazy("extra work", "Done"),
    "extra_mark_done": _("It is done"),
    "step_accept": pgettext_lazy("work", "Accept"),
    "step_depart": _("I am leaving"),
    "step_arrive": _("I have arrived"),
    "step_begin": pgettext_lazy("work", "I begin"),
    "step_finish": pgettext_lazy("work", "Finished"),
    "step_sign": _("Let the customer sign"),
    "step_resume": _("Go on"),
    "step_blocked": _("Something was refused. See what can be done."),
    "resume_more": _("Something was forgotten: go on"),
    "not_ready": _("Not ready: %(items)s"),
}
#: What is done, as its sheet and the list call it.
ACTS: dict[str, Any] = {
    "do_accept": _("Accepted"),
    "do_decline": _("I can't do it"),
    "do_check": _("Checklist"),
    "do_depart": _("Departed"),
    "do_arrive": _("Arrived"),
    "do_begin": _("Begun"),
    "do_record": _("Write it down"),
    "do_part": _("Add a part"),
    "do_time": _("Add hours"),
    "do_photo": _("Photo"),
    "do_extra": _("Ask for extra work"),
    "do_decide": _("The customer's word"),
    "do_extra_done": _("Extra work is done"),
    "do_finish": pgettext_lazy("work", "Finished"),
    "do_sign": _("Signature"),
    "do_refuse": _("The customer does not sign"),
    "do_resume": _("Go on"),
    "do_rate": _("Rating"),
    "send_depart": _("I am leaving"),
    "send_decline": _("I can't do it"),
    "send_record": _("Keep"),
    "send_part": _("Keep"),
    "send_time": _("Keep"),
    "send_extra": _("Keep"),
    "send_decide": _("Keep"),
    "send_finish": pgettext_lazy("work", "Finished"),
    "send_refuse": _("Keep"),
    "send_sign": _("Sign"),
    "why_without": _("Why do you leave without?"),
    "reason": _("Reason"),
    "part": _("Part"),
    "quantity": _("Quantity"),
    "serial_in": _("Serial number, new"),
    "serial_out": _("Serial number, old"),
    "part_number": _("Part number"),
    "hours_kind": _("Kind"),
    "from": pgettext_lazy("plan", "From"),
    "until": pgettext_lazy("plan", "Until"),
    "ends_before": _("It has to end after it begins."),
    "extra_lead": _(
        "It may be done only once the customer has authorised it at its price."
    ),
    "extra_what": _("What was found, and what would be done"),
    "extra_undecided": _("The customer has not decided on the extra work yet."),
    "price": _("Price"),
    "decide_label": _("The customer's word"),
    "authorised": _("Authorised at this price"),
    "declined": _("Declined"),
    "decided_by": _("Who said so?"),
    "outcome_ask": pgettext_lazy("work", "Is it solved?"),
    "solved_long": _("Solved: the ticket is done too"),
    "not_solved_long": _("Not solved yet: another round is needed"),
    "words_missing": _("Write a few words here."),
    "refuse_name": _("Who does not sign?"),
    "refuse_why": _("Why not?"),
    "sign_title": _("Read and sign"),
    "sign_lead": _(
        "Please read what was done. Your signature holds for exactly this text."
    ),
    "sign_name": _("Name of who signs"),
    "sign_who": _("Enter who signs."),
    "sign_blank": _("Nothing is drawn yet."),
    "signature": _("Signature"),
    "clear": _("Clear"),
    "fingerprint": _("Fingerprint of this text"),
    "scan": _("Scan the label"),
    "scan_title": _("Device"),
    "scan_type": _("Type the serial number: there is no camera to read the code with."),
    "scan_find": _("Look it up"),
    "scan_own": _("This is the device of this job."),
    "scan_other": _("Another device of this client."),
    "scan_unknown": _(
        "No device of these clients has this serial number, as far as this phone knows."
    ),
    "serial": _("Serial number"),
}
#: The list of what was done here.
OUTBOX: dict[str, Any] = {
    "outbox_title": _("What you did here"),
    "outbox_empty": _("Nothing is waiting."),
    "item_kept": _("Kept here"),
    "item_sending": _("Sending"),
    "item_arrived": pgettext_lazy("entry", "Arrived"),
    "item_refused": _("Refused"),
    "item_aside": _("Set aside"),
    "send_now": _("Send now"),
    "send_again": _("Send again"),
    "try_again": _("Try again"),
    "set_aside": _("Set aside"),
    "take_back": _("Take it back"),
    "correct_time": _("Put the time right"),
    "happened_at": _("When it happened"),
    "say_why": _("Say why"),
    "sign_again": _("Let them sign again"),
    "choose": _("Choose what stands"),
    "choose_title": _("What is to stand?"),
    "take_mine": _("Yours: %(text)s"),
    "take_theirs": _("On the server: %(text)s"),
    "take_both": _("Both, one after the other"),
    "refused_plain": _("The server has refused this."),
    "differences": _("What differs"),
    "differences_field": _("Field"),
    "differences_mine": _("Here"),
    "differences_theirs": _("On the server"),
    "n_entries": _("%(n)s entries"),
}


def field_words() -> dict[str, Any]:
    """Every word that the app says, by key."""
    states = {f"job_{key}": label for key, label in WorkOrder.State.choices}
    severities = {f"sev_{key}": word for key, (word, _i, _t) in SEVERITIES.items()}
    clocks = {f"state_{key}": word for key, (word, _i, _t) in CLOCK_STATES.items()}
    ours = FRAME | JOB | ACTS | OUTBOX
    return script_words() | states | severities | clocks | ours
