"""Search by Chinese, pinyin and numbers; filters and pages that stand in the address."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients import services
from clients.models import Client, Equipment
from servicedesk.lib.paging import Sort, paginate
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(zhida):
    call = {"actor": zhida.actor("admin"), "now": FOUNDED}
    for name in ("银川市应急管理局", "银行培训中心", "宁夏大学", "Alpha GmbH"):
        services.create_client(name=name, **call)
    services.create_equipment(
        client=zhida.client_org,
        category="打印机",
        model="LaserJet 9",
        serial_number="CN-77-XZ",
        **call,
    )
    return zhida


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("应急", ["银川市应急管理局"]),
        ("yinchuan", ["银川市应急管理局"]),
        ("YINhang", ["银行培训中心"]),
        ("银", ["银川市应急管理局", "银行培训中心"]),
        ("alpha", ["Alpha GmbH"]),
        ("管理 银川", ["银川市应急管理局"]),
        ("nothing like it", []),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE", []),
    ],
)
def test_clients_are_found_by_a_part_of_their_name(filled, sign_in, query, found):
    browser = sign_in(filled, "agent")
    page = browser.get(reverse("clients:list"), {"q": query}).context["page"]
    assert [row.name for row in page.rows] == found


@pytest.mark.parametrize(
    ("query", "count"), [("77-xz", 1), ("打印", 1), ("laser 打印机", 1), ("78-XZ", 0)]
)
def test_devices_are_found_by_serial_number_and_kind(filled, sign_in, query, count):
    browser = sign_in(filled, "agent")
    page = browser.get(reverse("clients:equipment"), {"q": query}).context["page"]
    assert len(page.rows) == count


def test_chinese_names_are_sorted_by_their_sound(filled, sign_in):
    browser = sign_in(filled, "agent")
    rows = browser.get(reverse("clients:list")).context["page"].rows
    chinese = [row.name for row in rows if not row.name.isascii()]
    assert chinese == ["宁夏大学", "银川市应急管理局", "银行培训中心"]
    assert rows[-1].name != "Alpha GmbH"


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "client__password"},
        {"sort": "-history__history_user"},
        {"client": "1 OR 1=1"},
        {"use": "everything"},
        {"cursor": "W10"},
        {"cursor": "bnVsbA"},
        {"cursor": "WyJcdWQ4MDAiLDEsMF0"},
        {"cursor": "x" * 3000},
        {"q": "x" * 500},
        {"q": "a\0b"},
        {"category": "no such"},
    ],
)
def test_what_is_wrong_in_an_address_harms_nothing(filled, sign_in, query):
    browser = sign_in(filled, "agent")
    for name in ("list", "projects", "equipment", "contacts", "sites"):
        answer = browser.get(reverse(f"clients:{name}"), query)
        expected = {404} if query.get("client") else {200}
        if name == "list":
            expected = {200}
        assert answer.status_code in expected


def test_pages_by_cursor_show_every_row_once_in_both_directions(zhida):
    Client.objects.bulk_create(
        Client(name=f"Client {n:03}", sort_key=f"c{n // 10}") for n in range(47)
    )
    rows = Client.objects.filter(name__startswith="Client ")
    for descending in (False, True):
        sort = Sort(("sort_key",), descending=descending)
        whole = list(rows.order_by(*[f"{'-' * descending}{n}" for n in sort.names]))
        seen, cursor, pages = [], "", []
        while True:
            page = paginate(rows, sort=sort, cursor=cursor, size=10)
            pages.append(page)
            seen += page.rows
            if not page.next:
                break
            cursor = page.next
        assert seen == whole
        back = paginate(rows, sort=sort, cursor=pages[-1].previous, size=10)
        assert back.rows == pages[-2].rows
        assert pages[0].previous == ""
        assert (
            paginate(rows, sort=sort, cursor=pages[1].previous, size=10).previous == ""
        )


def test_a_page_stays_where_it_is_when_its_neighbour_has_gone(zhida):
    made = [Client.objects.create(name=f"C{n}", sort_key=f"c{n}") for n in range(6)]
    rows = Client.objects.filter(name__startswith="C", sort_key__startswith="c")
    first = paginate(rows, sort=Sort(("sort_key",)), size=2)
    Client.objects.filter(pk=made[1].pk).update(name="gone", sort_key="zz")

    second = paginate(rows, sort=Sort(("sort_key",)), cursor=first.next, size=2)

    assert second.rows == made[2:4]


@pytest.mark.parametrize("name", ["list", "projects", "contacts", "sites", "equipment"])
def test_a_list_takes_as_many_queries_with_fifty_rows_as_with_one(zhida, sign_in, name):
    call = {"actor": zhida.actor("admin"), "now": FOUNDED}
    browser = sign_in(zhida, "admin")

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse(f"clients:{name}")).status_code == 200
        return [q["sql"] for q in asked if q["sql"].startswith("SELECT")]

    few = queries()
    for n in range(50):
        client = services.create_client(name=f"Client {n}", **call)
        Equipment.objects.create(client=client, category=f"c{n}", model="m")
        site = services.create_site(client=client, name="Roof", **call)
        services.create_contact(client=client, name="Wang", site=site, **call)
        promise = {"standard": zhida.standard, "engineer": zhida.engineer}
        services.create_project(client=client, name="P", **promise, **call)
    many = queries()
    assert len(many) == len(few)
    assert len(many) <= 12, "\n".join(many)
