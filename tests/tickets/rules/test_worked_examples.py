"""The three worked examples of the domain, number by number."""

from __future__ import annotations

from sla.rules import Metric
from tests.tickets.rules.stories import Told, local, minutes


def test_general_with_a_visit_agreed_for_tomorrow():
    ticket = Told("09:00", severity=1)
    assert ticket.says("09:00") == {
        "first_response": "running due 11:00",
        "resolution": "running due 17:00",
    }
    ticket.answered("10:30")
    ticket.visit("11:00").agreed("11:00", "+1 10:00")
    assert ticket.says("11:00") == {
        "first_response": "met due 11:00 done 10:30",
        "arrival": "running due +1 10:00",
        "resolution": "paused due +1 16:00",
    }
    promise = ticket.promise("11:00")
    assert promise["first_response"].margin == minutes(30)
    assert local(promise["arrival"].warn_at) == "+1 09:30"
    (pause,) = promise["resolution"].pauses
    assert (local(pause.start), local(pause.end)) == ("11:00", "+1 10:00")
    assert ticket.says("+1 10:00")["resolution"] == "running due +1 16:00"


def test_serious_on_site_with_nobody_departed():
    ticket = Told("09:00", severity=2).visit("09:00").answered("09:05")
    dispatch = ticket.promise("09:05")["dispatch"]
    assert local(dispatch.warn_at) == "09:45"
    assert local(dispatch.due_at) == "10:00"
    assert ticket.says("10:00")["dispatch"] == "running due 10:00"
    assert ticket.says("10:00:00.000001")["dispatch"] == "missed due 10:00"
    ticket.raised("10:00", to=3, automatic=True)
    assert ticket.says("10:01") == {
        "first_response": "met due 10:00 done 09:05",
        "dispatch": "missed due 10:00",
        "arrival": "running due 11:00",
        "resolution": "running due 13:00",
    }
    beside = [c for c in ticket.clocks("10:01") if not c.counts]
    assert [(c.target.metric, c.state, local(c.due_at)) for c in beside] == [
        (Metric.ARRIVAL, "running", "12:00"),
        (Metric.RESOLUTION, "pending", None),
    ]
    sooner = Told("09:00", severity=2).visit("09:00").answered("09:05")
    sooner.raised("10:00", to=3, automatic=True).arrived("10:30")
    assert sooner.says("10:31")["resolution"] == "running due 12:30"


def test_urgent_on_site_at_night():
    ticket = Told("22:00", severity=3).visit("22:00").answered("22:08")
    assert ticket.says("+1 00:00:01") == {
        "first_response": "met due 22:10 done 22:08",
        "arrival": "missed due +1 00:00",
        "resolution": "pending",
    }
    ticket.arrived("23:10")
    assert ticket.says("23:11") == {
        "first_response": "met due 22:10 done 22:08",
        "arrival": "met due +1 00:00 done 23:10",
        "resolution": "running due +1 01:10",
    }
