"""People and programs that file requests while the web server is killed under them.

A program sends each request with an ``Idempotency-Key`` and, where it got no answer, sends it
again until it has one. A person files each request once with the form, with a file, and does
not know what became of it where no answer came.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from tests.faults.fault import Fault
from tests.faults.site import wait_for
from tests.faults.stage import PATIENCE
from tests.world import PASSWORD

SLUG = "faults"
PROGRAM, PERSON = "program", "person"
#: Between two requests of one writer, in seconds: load, not a flood.
PAUSE = 0.1


@dataclass
class Filing:
    """One request: what became of it, as far as its writer knows."""

    kind: str
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    number: str = ""
    tries: int = 0
    broken: int = 0  # how often the answer was cut off or failed

    @property
    def title(self) -> str:
        """No other request has this one."""
        return f"{self.kind} {self.key}"


@dataclass
class Line:
    """How somebody reaches the site: each request over a connection of its own."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[int, HTTPMessage, bytes]:
        """The whole answer. Raises OSError or HTTPException where there is none."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        host = {"Host": f"{SLUG}.localhost:{self.port}", "Cookie": cookies}
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with closing(line):
            line.request(method, path, body.encode(), host | self.headers | said)
            answer = line.getresponse()
            content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers, content


def program(fault: Fault) -> Line:
    """A program with a token of the client."""
    token = fault.things["token"]
    said = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Line(fault.site.port, said)


def person(fault: Fault) -> Line:
    """The client, signed in by the form."""
    line = Line(fault.site.port)
    line.ask("GET", "/accounts/login/")
    form = {
        "csrfmiddlewaretoken": line.cookies["csrf"],
        "login": f"client@{SLUG}.example",
        "password": PASSWORD,
    }
    status, headers, _page = line.ask(
        "POST",
        "/accounts/login/",
        urlencode(form),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert (status, headers["Location"]) == (302, "/"), (status, headers.items())
    return line


class Writers:
    """Threads that file until the block ends; then programs get their answers at last."""

    def __init__(self, fault: Fault, *kinds: str) -> None:
        self.fault = fault
        self.filings: list[Filing] = []
        self.wrong: list[str] = []
        self.over = threading.Event()
        lines = {PROGRAM: program(fault)}
        if PERSON in kinds:
            lines[PERSON] = person(fault)
        self.threads = [
            threading.Thread(target=self._work, args=(kind, lines[kind]))
            for kind in kinds
        ]

    def __enter__(self) -> Writers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(2 * PATIENCE)
        if error is None:
            assert self.wrong == []
            assert not any(thread.is_alive() for thread in self.threads)

    def wait_for_more(self, count: int) -> None:
        """Return when so many more requests were acknowledged."""
        enough = self._answered() + count
        wait_for(lambda: self._answered() >= enough, what=self.fault.site.logs)

    def _answered(self) -> int:
        return sum(bool(filing.number) for filing in self.filings)

    def broken(self, kind: str) -> int:
        """How often somebody of a kind was left without an answer."""
        return sum(f.broken for f in self.filings if f.kind == kind)

    def check(self, tickets: Mapping[str, list[str]], files: Mapping[str, Any]) -> None:
        """Every acknowledged request is there exactly once, and no other more than once."""
        for filing in self.filings:
            found = tickets.get(filing.title, [])
            if filing.number:
                assert found == [filing.number], (filing, found)
            else:
                assert filing.kind == PERSON, filing
                assert len(found) <= 1, (filing, found)
            if filing.kind == PERSON and found:
                assert files[filing.title] == [filing.key], filing

    # -- the work ------------------------------------------------------------------------

    def _work(self, kind: str, line: Line) -> None:
        try:
            while not self.over.wait(PAUSE):
                filing = Filing(kind)
                self.filings.append(filing)
                if kind == PROGRAM:
                    self._insist(filing, line)
                else:
                    self._file(filing, line)
        except Exception as error:
            self.wrong.append(repr(error))

    def _insist(self, filing: Filing, line: Line) -> None:
        """Send the same under the same key until it is acknowledged."""
        body = {"title": filing.title, "project": self.fault.things["project"]}
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            filing.tries += 1
            try:
                status, _headers, content = line.ask(
                    "POST",
                    "/api/v1/tickets",
                    json.dumps(body),
                    Idempotency_Key=filing.key,
                )
            except (OSError, HTTPException):
                filing.broken += 1
                continue
            if status == 201:
                filing.number = json.loads(content)["number"]
                return
            assert status >= 500, (status, content)
            filing.broken += 1
            self.over.wait(PAUSE)
        raise AssertionError(f"never acknowledged: {filing}")

    def _file(self, filing: Filing, line: Line) -> None:
        """Fill in the form and send it, once."""
        filing.tries += 1
        mark = filing.key
        fields = {
            "csrfmiddlewaretoken": line.cookies["csrf"],
            "project": str(self.fault.things["project"]),
            "severity": "1",
            "title": filing.title,
        }
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        parts.append(
            f'--{mark}\r\nContent-Disposition: form-data; name="files"; '
            'filename="device.log"\r\nContent-Type: text/plain\r\n\r\n'
            f"{filing.key}\r\n--{mark}--\r\n"
        )
        try:
            status, headers, page = line.ask(
                "POST",
                "/tickets/new",
                "".join(parts),
                Content_Type=f"multipart/form-data; boundary={mark}",
            )
        except (OSError, HTTPException):
            filing.broken += 1
            return
        if status >= 500:
            filing.broken += 1
            return
        assert status == 302, (status, page[-3000:])
        filing.number = headers["Location"].rpartition("/")[2].partition("?")[0]
