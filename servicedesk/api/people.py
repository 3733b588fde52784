"""Who works here, how that changes; and who I am."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people import services
from people.actors import Actor
from people.models import Membership
from people.queries.rows import members
from people.roles import Permission, Role
from people.services.rights import hold_people
from servicedesk.api.base import Api, created, find
from servicedesk.api.fields import Choice, Input, Nothing, Output, QueryFlag, query_id
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.people_shapes import (
    ID,
    TAG,
    Ending,
    NewPerson,
    Person,
    PersonChange,
    PersonList,
    person_of,
)
from servicedesk.api.schema import reads, writes
from servicedesk.lib.rest import entity_tag


class Me(Output):
    """Who the caller is here."""

    id = serializers.IntegerField(help_text="Of the membership.")
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.values)
    tenant = serializers.CharField()
    language = serializers.CharField()
    zone = serializers.CharField()
    client = serializers.IntegerField(allow_null=True)
    permissions = serializers.ListField(child=serializers.CharField())
    via = serializers.CharField()


class PeopleQuery(Paged):
    """What narrows the list."""

    role = Choice(choices=Role.values, required=False)
    department = query_id()
    is_active = QueryFlag(required=False)


class PersonApi(Api):
    """What the endpoints of people share."""

    def one(self, pk: int) -> Any:
        """A member through the door."""
        return find(members(self.actor, now=self.now), pk=pk)

    def answer(self, pk: int) -> Response:
        """A member as they now are."""
        data = person_of(self.one(pk))
        return Response(data, headers={"ETag": entity_tag(data)})

    def held(self, pk: int) -> Membership:
        """A member whom nobody else changes now, if the caller's If-Match still holds."""
        hold_people(self.actor)
        row = self.one(pk)
        self.matched(entity_tag(person_of(row)))
        return row  # type: ignore[no-any-return]


class PeopleView(PersonApi):
    """The people of the tenant; inviting one."""

    permission = {"GET": Permission.PEOPLE_READ, "POST": Permission.PEOPLE_MANAGE}

    @reads(
        PersonList,
        summary="List people",
        tag=TAG,
        parameters=[PeopleQuery],
        operation_id="people",
    )
    def get(self, request: Request) -> Response:
        """Colleagues and clients' people."""
        asked = read_query(request, PeopleQuery)
        rows = members(self.actor, now=self.now)
        for name in ("role", "department", "is_active"):
            if name in asked:
                rows = rows.filter(**{name: asked[name]})
        return Response(by_id(rows, asked, person_of))

    @writes(NewPerson, Person, summary="Invite somebody", tag=TAG, status=201)
    def post(self, request: Request) -> Response:
        """A mail with a link goes to them. The answer is the same whether they are known
        elsewhere or not. By a token nobody becomes an administrator.
        """
        del request
        invitation = services.invite(**self.common, **self.read(NewPerson))
        data = person_of(self.one(invitation.membership_id))
        where = reverse("api:person", args=[invitation.membership_id])
        return created(data, where, entity_tag(data))


class PersonView(PersonApi):
    """One person."""

    permission = {
        "GET": Permission.PEOPLE_READ,
        "PATCH": (Permission.PEOPLE_MANAGE, Permission.PEOPLE_READ),
    }

    @reads(Person, summary="Read a person", tag=TAG, parameters=[ID], etag=True)
    def get(self, request: Request, pk: int) -> Response:
        """A member with department, deputy and absence."""
        del request
        data = person_of(self.one(pk))
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})

    @writes(
        PersonChange,
        Person,
        summary="Change a person",
        tag=TAG,
        parameters=[ID],
        key=False,
        match=True,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """A change of role ends their sessions. The deputy may be chosen by themselves and by
        their manager, too; the rest by administrators.
        """
        del request
        self.one(pk)
        values = self.read(PersonChange, partial=True)
        row = self.held(pk)
        given = {"deputy": values.pop("deputy")} if "deputy" in values else {}
        if given:
            services.set_deputy(**self.common, membership=row, **given)
        if values:
            now = {n: getattr(row, n) for n in ("role", "department", "title", "phone")}
            services.change_member(**self.common, membership=row, **(now | values))
        return self.answer(pk)


@dataclass(frozen=True, slots=True)
class PersonVerb:
    """Something done to a membership: the tail of its address, the service, the input."""

    tail: str
    service: Callable[..., object]
    summary: str
    form: type[Input] = Nothing


PERSON_VERBS = (
    PersonVerb("deactivate", services.deactivate, "Deactivate a person", Ending),
    PersonVerb("reactivate", services.reactivate, "Let a person in again"),
    PersonVerb("invite-again", services.resend_invitation, "Send the invitation again"),
    PersonVerb(
        "revoke-invitation", services.revoke_invitation, "Take an invitation back"
    ),
)


def person_verb_view(verb: PersonVerb) -> type[PersonApi]:
    """``POST /people/{id}/<verb>``."""

    @writes(
        verb.form,
        Person,
        summary=verb.summary,
        tag=TAG,
        parameters=[ID],
        match=True,
        operation_id=f"person_{verb.tail.replace('-', '_')}",
        description=f"{verb.summary}. Answers with the person as they then are.",
    )
    def post(self: PersonApi, request: Request, pk: int) -> Response:
        del request
        self.one(pk)
        values = self.read(verb.form)
        verb.service(**self.common, membership=self.held(pk), **values)
        return self.answer(pk)

    needs = {"POST": (Permission.PEOPLE_MANAGE, Permission.CLIENT_MANAGE)}
    members_ = {"permission": needs, "post": post, "__doc__": verb.summary}
    name = "".join(part.title() for part in verb.tail.split("-"))
    return type(f"{name}View", (PersonApi,), members_ | {"__module__": __name__})


class MeView(Api):
    """Who asks."""

    permission = Permission.SIGNED_IN

    @reads(Me, summary="Who am I?", tag=TAG)
    def get(self, request: Request) -> Response:
        """The member behind the token or session, and what they may do with it."""
        del request
        return Response(_me(self.actor, self.membership))


def _me(actor: Actor, member: Membership) -> dict[str, Any]:
    return {
        "id": member.pk,
        "name": actor.name,
        "email": member.user.email,
        "role": actor.role,
        "tenant": member.tenant.slug,
        "language": actor.language,
        "zone": actor.zone,
        "client": actor.client_id,
        "permissions": sorted(actor.permissions),
        "via": actor.via,
    }
