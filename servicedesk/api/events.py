"""The feed of all events, for whoever keeps another system in step (and for webhooks)."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people.roles import Permission
from servicedesk.api.base import Api
from servicedesk.api.conversation import Event, event_of, with_parts
from servicedesk.api.fields import BIGGEST, Output, Query, QueryWhole
from servicedesk.api.horizon import horizon
from servicedesk.api.paging import MOST, SIZE, read_query
from servicedesk.api.reading import visible_events
from servicedesk.api.schema import reads
from tickets.models import Ticket


class FeedQuery(Query):
    """Where to go on, and how far."""

    after = QueryWhole(
        required=False,
        min_value=0,
        max_value=BIGGEST,
        help_text="`next_after` of the answer before; everything if it is not given.",
    )
    limit = QueryWhole(
        required=False,
        min_value=1,
        max_value=MOST,
        help_text=f"How many at most; {SIZE} if it is not given.",
    )


class EventFeed(Output):
    """A stretch of the feed."""

    results = Event(many=True)
    next_after = serializers.IntegerField(help_text="Send it as `after` next time.")
    more = serializers.BooleanField(help_text="Whether there is more at once.")


class EventsView(Api):
    """Everything that happens on the tickets that the caller may see."""

    permission = Permission.TICKET_READ

    @reads(
        EventFeed,
        summary="Read the feed of events",
        tag="Events",
        parameters=[FeedQuery],
        operation_id="events",
    )
    def get(self, request: Request) -> Response:
        """In the order of their ids, without gaps: what was skipped never comes later.

        Ask again with `next_after`, whether or not there was anything. An event that is still
        being written holds back the later ones for that moment. A ticket that comes into
        your view later has earlier events too: read them from the ticket itself.
        """
        asked = read_query(request, FeedQuery)
        after, size = asked.get("after", 0), asked.get("limit", SIZE)
        end = horizon()
        events = visible_events(self.actor).filter(pk__gt=after, pk__lte=end)
        if self.actor.is_client or not self.actor.may(Permission.TICKET_ALL):
            seen = Ticket.objects.visible_to(self.actor).values("pk")
            events = events.filter(ticket_id__in=seen)
        found = list(with_parts(events, self.actor).order_by("pk")[: size + 1])
        shown, more = found[:size], len(found) > size
        return Response(
            {
                "results": [event_of(event, self.actor) for event in shown],
                # Not the horizon: it moves with what others write, tenants and all.
                "next_after": shown[-1].pk if shown else after,
                "more": more,
            }
        )
