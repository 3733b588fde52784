"""A mail server that remembers what it accepted."""

from __future__ import annotations

import re
import socketserver
import threading
from collections import Counter
from contextlib import suppress

_ID = re.compile(r"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP; keeps every mail that it said yes to, whole ones only."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails: list[str] = []
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self.server_address[1]
        return port

    @property
    def url(self) -> str:
        """Its address, as EMAIL_URL has it."""
        return f"smtp://127.0.0.1:{self.port}"

    def ids(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        with self.lock:
            found = [_ID.search(mail) for mail in self.mails]
        return Counter(match.group(1) for match in found if match)

    def forget(self) -> None:
        """Begin anew."""
        with self.lock:
            self.mails.clear()


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        # Whoever speaks may be killed at any word.
        with suppress(ConnectionError):
            self._converse()

    def _converse(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb == b"DATA":
                self._data()
            elif verb.startswith((b"EHLO", b"HELO")):
                self._say("250 test")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self) -> None:
        self._say("354 go on")
        lines: list[str] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return  # broken off: nothing was accepted
            lines.append(line.decode(errors="replace").rstrip("\r\n"))
        with self.server.lock:
            self.server.mails.append("\n".join(lines))
        self._say("250 kept")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
