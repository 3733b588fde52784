"""What higher rooms may hear of people. Sent explicitly, never by a save."""

from __future__ import annotations

from django.dispatch import Signal

#: The set-up page asks what is missing. Receivers answer a list of
#: :class:`people.queries.setup.Check`; sent with ``now`` and ``actor``.
setup_asked = Signal()
