"""Letting a client's contact sign in, and ending that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from clients import services
from clients.models import Contact
from clients.queries import rows
from people.roles import Permission
from servicedesk.api.base import Api, find
from servicedesk.api.fields import Choice, Input, Nothing
from servicedesk.api.kinds import ContactShape, contact_of
from servicedesk.api.people_shapes import THEIRS
from servicedesk.api.register import ID, TAG
from servicedesk.api.schema import writes
from servicedesk.lib.rest import entity_tag


class SignInRole(Input):
    """As what."""

    role = Choice(choices=THEIRS)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One endpoint: the tail of its address, the service, the input, what is left to say."""

    tail: str
    service: Callable[..., Contact]
    summary: str
    more: str
    form: type[Input] = Nothing


SIGN_INS = (
    SignIn(
        "invite",
        services.invite_contact,
        "Let a contact sign in",
        "A mail with a link goes to their address; a former link stops working.",
        SignInRole,
    ),
    SignIn(
        "end-sign-in",
        services.end_sign_in,
        "End a contact's sign-in",
        "Their sessions end at once; the contact stays.",
    ),
    SignIn(
        "resume-sign-in",
        services.resume_sign_in,
        "Let a contact sign in again",
        "As what they were.",
    ),
)


def sign_in_view(one: SignIn) -> type[Api]:
    """``POST /contacts/{id}/<tail>``."""

    @writes(
        one.form,
        ContactShape,
        summary=one.summary,
        tag=TAG,
        parameters=[ID],
        match=True,
        operation_id=f"contact_{one.tail.replace('-', '_')}",
        description=f"{one.more} Answers with the contact as it then is.",
    )
    def post(self: Api, request: Request, pk: int) -> Response:
        del request
        contact: Contact = find(rows.contacts(self.actor), pk=pk)
        values = self.read(one.form)
        Contact.objects.select_for_update().get(pk=pk)
        self.matched(entity_tag(_shown(self, pk)))
        one.service(**self.common, contact=contact, **values)
        data = _shown(self, pk)
        return Response(data, headers={"ETag": entity_tag(data)})

    members = {
        "permission": {"POST": Permission.CLIENT_MANAGE},
        "post": post,
        "__doc__": one.summary,
        "__module__": __name__,
    }
    name = "".join(part.title() for part in one.tail.split("-"))
    return type(f"Contact{name}View", (Api,), members)


def _shown(view: Api, pk: int) -> dict[str, Any]:
    return contact_of(find(rows.contacts(view.actor), pk=pk), view.actor)
