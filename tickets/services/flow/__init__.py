"""What people do with the fault handling flow: walk it, adapt it."""

from tickets.services.flow.versions import (
    BrokenFlowError,
    check_flow_text,
    current_text,
    current_version,
    publish_flow,
)
from tickets.services.flow.walking import go_back, record_step

__all__ = [
    "BrokenFlowError",
    "check_flow_text",
    "current_text",
    "current_version",
    "go_back",
    "publish_flow",
    "record_step",
]
