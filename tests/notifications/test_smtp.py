"""A real conversation with a mail server: accepted, refused, cut off, unreachable."""

from __future__ import annotations

import socketserver
import threading

import pytest

from tests.notifications.post import deliver, deliveries, tell

pytestmark = [pytest.mark.concurrency, pytest.mark.usefixtures("committed")]


class Server(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP; refuses agents, hangs up on managers."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails = []
        self.connections = 0


class Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.server.connections += 1
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT" and "agent@" in line:
                self.say("550 5.1.1 No such user")
            elif verb == "RCPT" and "manager@" in line:
                return
            elif verb == "DATA":
                self.say("354 go on")
                self.server.mails.append(self.data())
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def data(self):
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)


@pytest.fixture
def smtp(settings):
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 5
        yield server
        server.shutdown()


def by_name(house):
    names = {person.pk: name for name, person in house.people.items()}
    return {names[row.recipient_id]: row for row in deliveries(house)}


def test_refused_and_cut_off_letters_do_not_hold_up_the_others(world, smtp):
    house = world.zhida
    tell(house, "admin", "agent", "boss", "manager", "engineer", "colleague")
    assert deliver() == 6
    rows = by_name(house)
    sent = {name for name, row in rows.items() if row.state == "sent"}
    assert sent == {"admin", "boss", "engineer", "colleague"}
    assert rows["agent"].last_error == "550 5.1.1 No such user"
    assert rows["manager"].last_error.startswith("SMTPServerDisconnected")
    assert len(smtp.mails) == 4
    assert smtp.connections <= 3  # one, and another after each failure
    for name in sent:
        assert sum(rows[name].uid in mail for mail in smtp.mails) == 1


def test_one_connection_carries_a_batch(world, smtp):
    tell(world.zhida, "admin", "boss", "engineer", "colleague")
    deliver()
    assert len(smtp.mails) == 4
    assert smtp.connections == 1


def test_a_server_that_is_not_there_is_a_reason_to_wait(world, smtp):
    smtp.shutdown()
    smtp.server_close()
    tell(world.zhida, "admin", "boss")
    deliver()
    for row in deliveries(world.zhida):
        assert row.state == "queued"
        assert "ConnectionRefused" in row.last_error
