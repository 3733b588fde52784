"""What the fault tests assert can fail: each loss and each duplicate turns them red."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.faults.fault import NOTHING, check, check_mail
from tests.faults.mail import MailServer
from tests.faults.site import STEPS

WELL: dict[str, Any] = {
    "tickets": 2,
    "fired": 2 * STEPS,
    "latest_step": 29.9,
    "latest_mail": 29.9,
} | {name: [] for name in NOTHING}


def test_what_is_well_passes() -> None:
    check(WELL)
    check_mail({"a": 1, "b": 1}, ["a", "b"], undecided={})


@pytest.mark.parametrize(
    "wrong",
    [
        *({name: [1]} for name in NOTHING),
        {"tickets": 0, "fired": 0},
        {"fired": 2 * STEPS - 1},
        {"fired": 2 * STEPS + 1},
        {"latest_step": 30.1},
        {"latest_mail": 30.1},
    ],
    ids=str,
)
def test_what_is_wrong_is_seen(wrong: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        check(WELL | wrong)


@pytest.mark.parametrize(
    ("accepted", "undecided"),
    [
        ({"a": 1}, {}),  # b is lost
        ({"a": 1, "b": 1, "c": 1}, {}),  # c is b under another Message-ID
        ({"a": 1, "b": 2}, {}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": 1, "b": 3}, {"b": 1}),
    ],
)
def test_a_mail_lost_or_sent_twice_is_seen(
    accepted: dict[str, int], undecided: dict[str, int]
) -> None:
    with pytest.raises(AssertionError):
        check_mail(accepted, ["a", "b"], undecided=undecided)


def test_a_mail_may_come_twice_where_nobody_knew() -> None:
    check_mail({"a": 1, "b": 2}, ["a", "b"], undecided={"b": 1})
    check_mail({"a": 1, "b": 2}, ["a", "b"], undecided={}, more=1)


@pytest.mark.parametrize(("end", "kept"), [(b".\r\n", 1), (b"", 0)])
def test_a_mail_that_was_broken_off_is_not_accepted(end: bytes, kept: int) -> None:
    server = MailServer()
    try:
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            said = line.makefile("rwb")
            for words in (b"EHLO a\r\n", b"DATA\r\n"):
                said.write(words)
                said.flush()
            said.write(b"Message-ID: <1@a>\r\n\r\nWords\r\n" + end)
            said.flush()
            line.shutdown(socket.SHUT_WR)
            while said.readline():
                pass
        assert sum(server.ids().values()) == kept
    finally:
        server.shutdown()
        server.server_close()
