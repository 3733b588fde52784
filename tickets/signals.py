"""What happens to tickets that others may want to know. Explicit; never a model signal."""

from __future__ import annotations

from django.dispatch import Signal

#: Tickets were closed: by the customer's word or signature, or because nobody objected. Sent
#: inside the transaction with ``tickets`` (a list) and ``now``. One signal for a whole batch:
#: a receiver writes in one statement whatever their number.
ticket_closed = Signal()
