"""Offered appointments over REST: offered by us, answered by the client, listed."""

from __future__ import annotations

from datetime import timedelta

from servicedesk.lib.now import database_now


def test_offered_accepted_and_listed(call, ticket):
    at = (database_now() + timedelta(days=1)).replace(microsecond=0)
    path = f"tickets/{ticket.number}"
    made = call("agent").post(f"{path}/offer-appointment", {"at": at.isoformat()})
    assert made.status_code == 200, made.content
    assert "accept-offer" in call("client").get(path).json()["actions"]
    assert "accept-offer" not in call("agent").get(path).json()["actions"]
    refused = call("agent").post(f"{path}/accept-offer", {})
    assert refused.status_code == 403
    done = call("client").post(f"{path}/accept-offer", {})
    assert done.status_code == 200, done.content
    [row] = call("client").get(f"{path}/offers").json()["results"]
    assert row["state"] == "accepted"
    assert "nonce" not in row
    again = call("client").post(f"{path}/propose-time", {"at": at.isoformat()})
    assert again.status_code == 409
