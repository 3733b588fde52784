"""What a phone says of time, and whose words stand when two phones wrote. Pure.

A phone without a network goes by its own clock, which may be wrong by hours. It says what its
clock showed, how far the server was ahead of it when they last met, and what its clock shows
while it sends: from these three the server works out when it happened on site, and whether
anybody set the clock in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A clock that has moved further against the server's was set by somebody.
STEADY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Watch:
    """``at``: when it was done; ``sent_at``: when it is sent; both by the phone's clock."""

    at: datetime
    sent_at: datetime
    ahead: timedelta  # server's clock minus the phone's, as last compared

    @property
    def happened_at(self) -> datetime:
        """When it happened by the server's clock, in whole seconds.

        The phone works out the same (``static/js/field/time.js``): a signature is bound to
        a text that has such times in it.
        """
        return (self.at + self.ahead).replace(microsecond=0)

    def steady(self, now: datetime) -> bool:
        """Whether the phone's clock still stands to ours as it did."""
        return abs((now - self.sent_at) - self.ahead) <= STEADY


@dataclass(frozen=True, slots=True)
class Merged:
    """What to write, and where both sides wrote something else."""

    take: dict[str, str]
    clash: dict[str, str]  # name → what stands there now


def merge(
    base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
) -> Merged:
    """Words written on a phone against what stands on the server, field by field.

    ``base`` is what the phone showed when somebody began to write. A field that only one side
    has changed is that side's; changed by both to different words is a clash.
    """
    take: dict[str, str] = {}
    clash: dict[str, str] = {}
    for name, text in mine.items():
        before, standing = base.get(name, ""), theirs.get(name, "")
        if text in {before, standing}:
            continue
        if standing == before:
            take[name] = text
        else:
            clash[name] = standing
    return Merged(take, clash)
