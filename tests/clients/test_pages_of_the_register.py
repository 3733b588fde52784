"""Every kind of record is listed, read, entered, changed, and taken out of use and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import reverse

from activity.models import Entry
from clients.models import Client, Contact, Equipment, Project, Site

pytestmark = pytest.mark.django_db


@dataclass
class Sample:
    """A kind of record with what is entered for one."""

    stem: str
    model: Any
    entered: dict[str, Any]
    list_name: str = ""
    detail_name: str = ""
    of_client: bool = True
    wrong: dict[str, Any] = field(default_factory=lambda: {"name": ""})

    def url(self, verb: str, *args: int) -> str:
        names = {"list": self.list_name or f"{self.stem}s"}
        names["detail"] = self.detail_name or self.stem
        return reverse(f"clients:{names.get(verb, f'{self.stem}_{verb}')}", args=args)


SAMPLES = [
    Sample(
        "client",
        Client,
        {"name": "银川市应急管理局", "code": "YJ", "phone": "0951-1"},
        list_name="list",
        detail_name="detail",
        of_client=False,
    ),
    Sample("site", Site, {"name": "指挥中心", "address": "北京中路 1 号"}),
    Sample("contact", Contact, {"name": "王小明", "email": "w@y.example"}),
    Sample("project", Project, {"name": "应急指挥系统", "contract_number": "ZD-7"}),
    Sample(
        "device",
        Equipment,
        {"category": "摄像机", "model": "DS-9", "serial_number": "SN-Ä-9"},
        list_name="equipment",
        wrong={"category": "", "model": "DS-9"},
    ),
]
KINDS = pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.stem)


def enter(browser: Any, house: Any, kind: Sample, values: dict[str, Any]) -> Any:
    owner = f"?client={house.things.client_org.pk}" if kind.of_client else ""
    return browser.post(kind.url("create") + owner, values)


@KINDS
def test_an_administrator_enters_a_record_and_finds_it_in_the_list(
    zhida, sign_in, kind
):
    browser = sign_in(zhida, "admin")

    answer = enter(browser, zhida, kind, kind.entered)

    row = kind.model.objects.latest("pk")
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer["Location"] == kind.url("detail", row.pk)
    assert {name: getattr(row, name) for name in kind.entered} == kind.entered
    assert str(row) in browser.get(kind.url("list")).content.decode()
    assert str(row) in browser.get(kind.url("detail", row.pk)).content.decode()


@KINDS
def test_what_is_wrong_stands_beside_its_field_and_changes_nothing(
    zhida, sign_in, kind
):
    browser = sign_in(zhida, "admin")
    before = kind.model.objects.count()

    answer = enter(browser, zhida, kind, kind.entered | kind.wrong)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(kind.wrong) - {"model"}
    typed = next(v for name, v in kind.entered.items() if name not in kind.wrong)
    assert typed in answer.content.decode()
    assert kind.model.objects.count() == before


@KINDS
def test_a_change_is_kept_with_who_made_it_and_stands_in_the_journal(
    zhida, sign_in, kind
):
    browser = sign_in(zhida, "admin")
    enter(browser, zhida, kind, kind.entered)
    row = kind.model.objects.latest("pk")
    field = "model" if kind.stem == "device" else "name"

    answer = browser.post(
        kind.url("edit", row.pk), kind.entered | {field: "Renamed"}, follow=True
    )

    row.refresh_from_db()
    assert getattr(row, field) == "Renamed"
    assert [version.history_user_id for version in row.history.all()] == [
        zhida.admin.user_id
    ] * 2
    page = answer.content.decode()
    assert "<ins>Renamed</ins>" in page
    assert zhida.admin.user.name in page
    line = Entry.objects.latest("pk")
    assert line.verb.endswith(".changed")
    assert line.data == {field: [kind.entered[field], "Renamed"]}


@KINDS
def test_saving_without_a_change_writes_no_version(zhida, sign_in, kind):
    browser = sign_in(zhida, "admin")
    enter(browser, zhida, kind, kind.entered)
    row = kind.model.objects.latest("pk")

    browser.post(kind.url("edit", row.pk), kind.entered)

    assert row.history.count() == 1


@KINDS
def test_a_change_made_meanwhile_is_not_lost_unseen(zhida, sign_in, kind):
    browser = sign_in(zhida, "admin")
    enter(browser, zhida, kind, kind.entered)
    row = kind.model.objects.latest("pk")
    url = kind.url("edit", row.pk)
    field = "model" if kind.stem == "device" else "name"
    seen = browser.get(url).context["seen"]
    browser.post(url, kind.entered | {field: "Theirs", "seen": seen})

    answer = browser.post(url, kind.entered | {field: "Mine", "seen": seen})

    assert answer.status_code == 422
    assert "meanwhile" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    row.refresh_from_db()
    assert getattr(row, field) == "Theirs"
    again = kind.entered | {field: "Mine", "seen": answer.context["seen"]}
    assert browser.post(url, again).status_code == 302
    row.refresh_from_db()
    assert getattr(row, field) == "Mine"


@KINDS
def test_out_of_use_is_left_out_of_the_list_and_can_be_undone(zhida, sign_in, kind):
    browser = sign_in(zhida, "admin")
    enter(browser, zhida, kind, kind.entered)
    row = kind.model.objects.latest("pk")

    browser.post(kind.url("deactivate", row.pk))

    def listed(query: str = "") -> bool:
        found = browser.get(kind.url("list") + query).context["page"].rows
        return row.pk in {one.pk for one in found}

    assert (listed(), listed("?use=out"), listed("?use=all")) == (False, True, True)
    browser.post(kind.url("reactivate", row.pk))
    assert (listed(), listed("?use=out")) == (True, False)


@KINDS
@pytest.mark.parametrize("verb", ["deactivate", "reactivate"])
def test_nothing_happens_by_looking(zhida, sign_in, kind, verb):
    browser = sign_in(zhida, "admin")
    assert browser.get(kind.url(verb, 1)).status_code == 405


@KINDS
@pytest.mark.parametrize("person", ["engineer", "agent", "boss"])
def test_staff_read_and_only_the_administrator_writes(zhida, sign_in, kind, person):
    enter(sign_in(zhida, "admin"), zhida, kind, kind.entered)
    row = kind.model.objects.latest("pk")
    browser = sign_in(zhida, person)

    assert browser.get(kind.url("list")).status_code == 200
    assert browser.get(kind.url("detail", row.pk)).status_code == 200
    assert enter(browser, zhida, kind, kind.entered).status_code == 404
    assert browser.post(kind.url("edit", row.pk), kind.entered).status_code == 404
    assert browser.post(kind.url("deactivate", row.pk)).status_code == 404


@KINDS
@pytest.mark.parametrize("person", ["client", "client_manager", "rival"])
def test_clients_do_not_see_the_register(zhida, sign_in, kind, person):
    enter(sign_in(zhida, "admin"), zhida, kind, kind.entered)
    row = kind.model.objects.latest("pk")
    browser = sign_in(zhida, person)

    assert browser.get(kind.url("list")).status_code == 404
    assert browser.get(kind.url("detail", row.pk)).status_code == 404


@KINDS
def test_another_tenants_record_is_as_good_as_absent(world, zhida, sign_in, kind):
    neighbour = sign_in(world.other, "admin")
    with world.other.scope():
        enter(neighbour, world.other, kind, kind.entered)
        row = kind.model.objects.latest("pk")
    browser = sign_in(zhida, "admin")

    for verb in ("detail", "edit"):
        theirs = browser.get(kind.url(verb, row.pk))
        nobodys = browser.get(kind.url(verb, 10**15))
        assert theirs.status_code == nobodys.status_code == 404
    for verb in ("edit", "deactivate"):
        assert browser.post(kind.url(verb, row.pk), kind.entered).status_code == 404
    with world.other.scope():
        kept = kind.model.objects.get(pk=row.pk)
        assert {name: getattr(kept, name) for name in kind.entered} == kind.entered
        assert kept.is_active


def test_what_belongs_to_a_client_asks_for_the_client_first(zhida, sign_in):
    browser = sign_in(zhida, "admin")

    answer = browser.get(reverse("clients:site_create"), {"q": "water"})

    assert answer.status_code == 200
    assert [row.pk for row in answer.context["found"]] == [zhida.client_org.pk]


@pytest.mark.parametrize("wrong", ["999999999999", "x", "１", "9" * 40, "-1"])
def test_a_client_that_is_not_there_is_not_found(zhida, sign_in, wrong):
    browser = sign_in(zhida, "admin")
    for name in ("site_create", "sites", "equipment"):
        url = reverse(f"clients:{name}")
        assert browser.get(url, {"client": wrong}).status_code == 404


def test_another_can_be_entered_at_once(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    url = f"{reverse('clients:site_create')}?client={zhida.client_org.pk}"

    answer = browser.post(url, {"name": "Roof", "again": "1"})

    assert answer["Location"] == url


def test_an_organisation_out_of_use_takes_no_new_records(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    url = f"{reverse('clients:site_create')}?client={zhida.client_org.pk}"
    assert browser.get(url).status_code == 200

    browser.post(reverse("clients:client_deactivate", args=[zhida.client_org.pk]))

    assert browser.post(url, {"name": "Roof"}).status_code == 404
