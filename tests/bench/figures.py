"""What is measured, each as (what, figure, goal, met)."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass
class Row:
    """One line of the table."""

    what: str
    figure: str
    goal: str
    met: bool


def p95(times: list[float]) -> float:
    """What 95 of 100 stay under."""
    return statistics.quantiles(times, n=20)[18]


def timed(call: Callable[[], Any], *, turns: int, warm: int = 5) -> list[float]:
    """Seconds that each call takes, once it is warm."""
    for _turn in range(warm):
        call()
    times = []
    for _turn in range(turns):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return times


class DatabaseTime:
    """Adds up the time that statements take."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.count = 0

    def __call__(
        self, execute: Any, sql: Any, params: Any, many: Any, context: Any
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.count += 1


def wait_until(true: Callable[[], bool], *, seconds: float) -> None:
    """Return when it is true, or so many seconds have passed."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.3)
