"""Row 2: ids by a second door, in a form or a body (Zammad CVE-2026-34722, Sentry 893c7a939f53);
row 6: fields that nobody offered (FreeScout CVE-2025-48476).

By looking at every form of a ticket and every input of REST; over HTTP: ``tests/api/test_walls.py``,
``tests/clients/test_walls_of_the_register.py``.
"""

from __future__ import annotations

import pytest
from django import forms
from django.apps import apps

from accounts.models import User
from clients.models import Client, Contact, Equipment, Project, Site
from people.models import Membership
from servicedesk.api.fields import Input, Ref
from servicedesk.lib.now import database_now
from tests.access.furniture import furnish
from tests.api.conftest import call  # noqa: F401 - the fixture
from tickets.models import Ticket
from tickets.queries.offers import may_do
from tickets.views.acts import ACTS

pytestmark = pytest.mark.django_db
#: What belongs to one client organisation, and how to it.
OF_CLIENT = {
    Client: "pk",
    Site: "client_id",
    Contact: "client_id",
    Project: "client_id",
    Equipment: "client_id",
    Ticket: "client_id",
}


def foreign(queryset, organisation):
    """Whether rows of other client organisations, or their people, can be chosen."""
    if queryset.model is Membership:
        own = Contact.objects.filter(client=organisation).values("membership_id")
        return queryset.exclude(pk__in=own).exists()
    way = OF_CLIENT.get(queryset.model)
    return way and queryset.exclude(**{way: organisation.pk}).exists()


def offered(fields):
    """(name, rows) of each field in which something is named."""
    for name, field in fields.items():
        if isinstance(field, forms.ModelChoiceField):
            yield name, field.queryset


def act_forms(house, role):
    with house.scope():
        ticket = Ticket.objects.filter(client=house.client_org).latest("pk")
        actor = house.actor(role)
        for name, act in ACTS.items():
            if may_do(name, actor):
                yield act.form(ticket=ticket, actor=actor, now=database_now())


@pytest.fixture
def ticket(zhida):
    """A ticket of each client organisation."""
    furnish(zhida)
    return zhida.ticket


def test_client_staff_are_offered_their_own_things_only(zhida, ticket):
    fields = [
        one for form in act_forms(zhida, "client") for one in offered(form.fields)
    ]
    wrong = {name for name, rows in fields if foreign(rows, zhida.client_org)}
    assert wrong == set()


def test_on_a_ticket_staff_name_things_of_its_client_only(zhida, ticket):
    fields = [one for form in act_forms(zhida, "agent") for one in offered(form.fields)]
    theirs = [(n, rows) for n, rows in fields if rows.model in OF_CLIENT]
    assert {name for name, _rows in theirs} >= {"project", "equipment"}
    assert {n for n, rows in theirs if foreign(rows, zhida.client_org)} == set()


def test_every_choice_is_within_the_tenant_by_its_own_query(zhida, ticket):
    """Row security would hide the others' rows, too; here the application alone."""
    rows = [one for form in act_forms(zhida, "agent") for one in offered(form.fields)]
    assert len(rows) > 5
    bare = {
        n for n, r in rows if not r.query.is_empty() and '"tenant_id" = ' not in sql(r)
    }
    assert bare == set()


def sql(queryset):
    return str(queryset.query)


# -- REST --------------------------------------------------------------------------------------


def inputs(cls=Input):
    for one in cls.__subclasses__():
        yield one
        yield from inputs(one)


def fields_of(serializer, actor):
    return serializer(context={"actor": actor, "now": database_now()}).fields


def inside(field):
    """The field, or that of a list's entries."""
    return getattr(field, "child", field)


def test_every_field_that_names_something_goes_through_the_door():
    """A bare number would be an id that nobody looked at."""
    names = {
        field.name
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.is_relation
    }
    bare = [
        f"{serializer.__name__}.{name}"
        for serializer in inputs()
        for name, field in serializer._declared_fields.items()
        if name in names and type(inside(field)).__name__ in {"Whole", "IntegerField"}
    ]
    # The number of an event within the ticket that the address names.
    assert bare == ["Correction.event"]


def test_rows_named_over_rest_are_the_callers_own(zhida):
    client, admin = zhida.actor("client_manager"), zhida.actor("admin")
    wrong, looked = [], 0
    for serializer in inputs():
        for name, field in fields_of(serializer, client).items():
            if isinstance(inside(field), Ref):
                looked += 1
                if foreign(inside(field)._rows(client), zhida.client_org):
                    wrong.append(f"{serializer.__name__}.{name} for a client")
        for name, field in fields_of(serializer, admin).items():
            if isinstance(inside(field), Ref):
                looked += 1
                if '"tenant_id" = ' not in sql(inside(field)._rows(admin)):
                    wrong.append(f"{serializer.__name__}.{name} of any tenant")
    assert looked > 20
    assert wrong == []


@pytest.mark.parametrize("field", ["project", "equipment", "site", "followers"])
def test_a_rivals_id_is_as_unknown_as_none(call, zhida, field):  # noqa: F811
    rival = {
        "project": zhida.rival_project.pk,
        "equipment": Equipment.objects.create(
            client=zhida.rival_org, category="x", model="x"
        ).pk,
        "site": Site.objects.create(client=zhida.rival_org, name="x").pk,
        "followers": zhida.people["rival"].pk,
    }[field]
    program = call("client")

    def sent(pk):
        value = [pk] if field == "followers" else pk
        return program.post("tickets", {"title": "x", field: value})

    before = Ticket.objects.count()
    strange, none = sent(rival), sent(9_999_999)
    assert (strange.status_code, strange.content) == (400, none.content)
    assert Ticket.objects.count() == before


# -- mass assignment ---------------------------------------------------------------------------


def test_forms_of_models_name_their_fields():
    found = [
        form.__qualname__
        for form in model_forms(forms.ModelForm)
        if form._meta.fields is None or form._meta.exclude is not None
    ]
    assert found == [], "No __all__, no exclude: what is not named is not taken."


def model_forms(cls):
    for one in cls.__subclasses__():
        ours = not one.__module__.startswith(("django.", "allauth."))
        if ours and one._meta.model is not None:
            yield one
        yield from model_forms(one)


def test_what_a_form_does_not_offer_is_not_taken(zhida, sign_in):
    """The profile, with every column of the person and the membership beside it."""
    person, member = zhida.people["client"].user, zhida.people["client"]
    smuggled = {f.attname: "1" for f in User._meta.fields + Membership._meta.fields}
    smuggled |= {
        "role": "administrator",
        "is_superuser": "on",
        "email": "evil@x.example",
    }
    wanted = {"name": "New Name", "title": "", "phone": "", "language": "en"}
    sent = smuggled | wanted | {"theme": "auto"}
    browser = sign_in(zhida, "client")
    before = rows_of(person, member)
    answer = browser.post("/me/", sent)
    assert answer.status_code == 302
    after = rows_of(person, member)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"user.name", "user.sort_key", "user.theme"}
    assert "user.name" in changed


def rows_of(person, member):
    user = User.objects.values().get(pk=person.pk)
    place = Membership.objects.values().get(pk=member.pk)
    return {f"user.{k}": v for k, v in user.items()} | place
