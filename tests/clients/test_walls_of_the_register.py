"""What a record can be tied to lies with its own client organisation and tenant.

A foreign id is answered like one that never existed.
"""

from __future__ import annotations

import pytest
from django import forms
from django.urls import reverse

from clients import services
from clients.forms.records import ContactForm, EquipmentForm, ProjectForm
from clients.models import Contact, Equipment, Project, Site
from people.models import Department
from servicedesk.lib.errors import ServiceError
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
NOBODYS = 10**15
DEVICE = {"category": "Camera", "model": "DS-9"}


@pytest.fixture
def foreign(world, zhida):
    """Ids that must not be taken: another client's, another tenant's, nobody's."""
    things = world.other.things
    site = Site.objects.create(client=zhida.rival_org, name="School gate")
    return {
        "site": [site.pk, things.site.pk, NOBODYS],
        "project": [zhida.rival_project.pk, things.project.pk, NOBODYS],
        "standard": [things.standard.pk, NOBODYS],
        "pinned_version": [things.version.pk, NOBODYS],
        "department": [things.department.pk, NOBODYS],
        "engineer": [things.client_of and world.other.engineer.pk, NOBODYS],
    }


CASES = [
    ("contact", {"name": "Wang"}, ["site"], Contact),
    ("device", DEVICE, ["project", "site"], Equipment),
    (
        "project",
        {"name": "Gate"},
        ["standard", "pinned_version", "department", "engineer"],
        Project,
    ),
]


@pytest.mark.parametrize(("stem", "values", "fields", "model"), CASES)
def test_foreign_ids_are_answered_like_absent_ones(
    zhida, sign_in, foreign, stem, values, fields, model
):
    browser = sign_in(zhida, "admin")
    url = f"{reverse(f'clients:{stem}_create')}?client={zhida.client_org.pk}"
    before = model.objects.count()

    for field in fields:
        answers = set()
        for wrong in foreign[field]:
            answer = browser.post(url, values | {field: wrong})
            assert answer.status_code == 422
            answers.add(str(answer.context["form"].errors))
        assert len(answers) == 1
        assert field in answers.pop()
    assert model.objects.count() == before


@pytest.mark.parametrize(("stem", "values", "fields", "model"), CASES)
def test_own_ids_are_taken(zhida, sign_in, stem, values, fields, model):
    browser = sign_in(zhida, "admin")
    own = {
        "site": zhida.site.pk,
        "project": zhida.project.pk,
        "standard": zhida.standard.pk,
        "pinned_version": zhida.version.pk,
        "department": zhida.department.pk,
        "engineer": zhida.engineer.pk,
    }
    url = f"{reverse(f'clients:{stem}_create')}?client={zhida.client_org.pk}"

    answer = browser.post(url, values | {field: own[field] for field in fields})

    assert answer.status_code == 302, answer.context["form"].errors
    row = model.objects.latest("pk")
    assert {field: getattr(row, f"{field}_id") for field in fields} == {
        field: own[field] for field in fields
    }


def test_every_relation_that_a_form_writes_is_narrowed(zhida):
    for form_class, model in (
        (ContactForm, Contact),
        (EquipmentForm, Equipment),
        (ProjectForm, Project),
    ):
        form = form_class(client=zhida.client_org)
        related = {f.name for f in model._meta.concrete_fields if f.is_relation}
        written = related & set(form.fields)
        assert written == related - {"tenant", "client", "membership"}
        for name in written:
            field = form.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            owners = {getattr(row, "client", None) for row in field.queryset}
            assert owners <= {None, zhida.client_org}


def test_services_refuse_what_forms_would_not_offer(zhida):
    actor = zhida.actor("admin")
    theirs = Site.objects.create(client=zhida.rival_org, name="School gate")
    cases = [
        (services.create_contact, {"name": "Wang", "site": theirs}, "site"),
        (services.create_equipment, DEVICE | {"site": theirs}, "site"),
        (
            services.create_equipment,
            DEVICE | {"project": zhida.rival_project},
            "project",
        ),
    ]
    for create, values, field in cases:
        with pytest.raises(ServiceError) as refused:
            create(actor=actor, now=FOUNDED, client=zhida.client_org, **values)
        assert (refused.value.code, refused.value.field) == ("unknown", field)


def test_a_pinned_version_is_of_the_projects_own_standard(zhida):
    actor = zhida.actor("admin")
    with pytest.raises(ServiceError) as refused:
        services.change_project(
            actor=actor,
            now=FOUNDED,
            project=zhida.project,
            pinned_version=zhida.version,
        )
    assert refused.value.code == "other_standard"

    services.change_project(
        actor=actor,
        now=FOUNDED,
        project=zhida.project,
        standard=zhida.standard,
        pinned_version=zhida.version,
    )
    zhida.project.refresh_from_db()
    assert zhida.project.pinned_version == zhida.version


@pytest.mark.parametrize("name", ["client", "boss", "agent", "engineer", "manager"])
def test_only_who_works_on_tickets_can_be_the_dedicated_engineer(zhida, name):
    person = zhida.people[name]
    call = lambda: services.change_project(  # noqa: E731
        actor=zhida.actor("admin"),
        now=FOUNDED,
        project=zhida.project,
        engineer=person,
    )
    if name == "client":
        with pytest.raises(ServiceError) as refused:
            call()
        assert refused.value.code == "no_engineer"
    else:
        assert call().engineer == person


def test_a_department_out_of_use_is_not_offered_but_kept_where_it_is(zhida, sign_in):
    Department.objects.filter(pk=zhida.department.pk).update(is_active=False)
    browser = sign_in(zhida, "admin")
    kept = {"name": "Command centre", "department": zhida.department.pk}
    url = reverse("clients:project_edit", args=[zhida.project.pk])
    assert browser.post(url, kept | {"contract_number": "7"}).status_code == 302

    create = f"{reverse('clients:project_create')}?client={zhida.client_org.pk}"
    answer = browser.post(create, kept | {"name": "Other"})
    assert "department" in answer.context["form"].errors


def test_a_serial_number_stands_once_in_the_register(world, zhida, sign_in):
    browser = sign_in(zhida, "admin")
    url = f"{reverse('clients:device_create')}?client={zhida.rival_org.pk}"
    taken = DEVICE | {"serial_number": zhida.equipment.serial_number}

    answer = browser.post(url, taken)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["serial_number"]
    theirs = world.other.things.equipment.serial_number
    assert browser.post(url, DEVICE | {"serial_number": theirs}).status_code == 302
    assert browser.post(url, DEVICE | {"serial_number": ""}).status_code == 302
    assert browser.post(url, DEVICE | {"serial_number": ""}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Pump\t house \n two ", "Pump house two"),
        ("Pump\u202e esuoh", "Pump esuoh"),
        ("Pump\u200bhouse", "Pumphouse"),
        ("Cafe\u0301", "Café"),
        ("<script>x</script>", "<script>x</script>"),
    ],
)
def test_names_are_kept_on_one_line_without_hidden_signs(zhida, typed, kept):
    site = services.create_site(
        actor=zhida.actor("admin"), now=FOUNDED, client=zhida.client_org, name=typed
    )
    site.refresh_from_db()
    assert site.name == kept


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 121}, {"name": "\u200b"}]
)
def test_a_service_checks_what_a_form_did_not(zhida, wrong):
    with pytest.raises(ServiceError) as refused:
        services.create_site(
            actor=zhida.actor("admin"), now=FOUNDED, client=zhida.client_org, **wrong
        )
    assert (refused.value.code, refused.value.field) == ("invalid", "name")
    assert not Site.objects.filter(**wrong).exists()


def test_a_name_that_is_taken_meanwhile_is_told_beside_the_field(zhida):
    call = {"actor": zhida.actor("admin"), "now": FOUNDED}
    with pytest.raises(ServiceError) as refused:
        services.create_site(client=zhida.client_org, name="Pump house", **call)
    assert (refused.value.code, refused.value.field) == ("taken", "name")
    services.create_site(client=zhida.rival_org, name="Pump house", **call)
