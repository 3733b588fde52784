"""The fault handling flow as a file: read, checked; and the one that is shipped.

Pure Python: no Django, no clock. The only thing read from disk is the shipped file.
"""

from functools import cache
from pathlib import Path

from tickets.flows.loader import load_flow
from tickets.flows.problems import MESSAGES, FlowError


@cache
def shipped_text() -> str:
    """The file that a tenant begins with."""
    return (Path(__file__).parent / "fault.yaml").read_text(encoding="utf-8")


__all__ = ["MESSAGES", "FlowError", "load_flow", "shipped_text"]
