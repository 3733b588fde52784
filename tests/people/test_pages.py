"""Every page of people renders for whoever may see it, and for nobody else."""

import pytest
from django.urls import reverse

from people import services
from people.colours import AA, contrast, parse, readable, stylesheet, tinted
from people.models import Membership
from servicedesk.lib.now import database_now
from tenants.hosts import tenant_of
from tenants.models import Tenant
from tests.accounts.hands import browser, signed_in
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db

EVERYBODY = ["/me/", "/me/sessions/", "/accounts/2fa/", "/accounts/password/change/"]
STAFF = ["/me/absences/", "/people/", "/departments/"]
ADMIN = [
    "/people/invite/",
    "/departments/new/",
    "/tokens/",
    "/tokens/new/",
    "/setup/",
    "/setup/tenant/",
    "/me/address/",
]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "name", ["admin", "boss", "engineer", "client", "client_manager"]
)
def test_pages_render_for_whoever_may_see_them(zhida, name, language):
    user = zhida.people[name].user
    type(user).objects.filter(pk=user.pk).update(language=language)
    client = signed_in(zhida, name)
    is_client = name.startswith("client")
    wanted = dict.fromkeys(EVERYBODY, 200)
    wanted |= dict.fromkeys(STAFF, 404 if is_client else 200)
    wanted |= dict.fromkeys(ADMIN[:-1], 200 if name == "admin" else 404)
    wanted["/journal/"] = 200 if name in ("admin", "boss") else 404
    answers = {path: client.get(path).status_code for path in wanted}
    assert answers == wanted


def test_a_persons_page_shows_actions_to_administrators_only(zhida):
    url = f"/people/{zhida.engineer.pk}/"
    assert f"{url}edit/" in signed_in(zhida, "admin").get(url).content.decode()
    assert f"{url}edit/" not in signed_in(zhida, "agent").get(url).content.decode()
    assert signed_in(zhida, "agent").get(f"{url}edit/").status_code == 404


def test_the_list_costs_the_same_whatever_its_length(
    zhida, django_assert_max_num_queries
):
    admin = signed_in(zhida, "admin")
    with django_assert_max_num_queries(14):  # three of them are savepoints of the test
        admin.get("/people/")
    for number in range(30):
        services.invite(
            actor=zhida.actor("admin"),
            now=database_now(),
            email=f"p{number}@new.example",
            role="engineer",
        )
    with django_assert_max_num_queries(14):
        assert len(admin.get("/people/").context["page"].rows) > 30


def test_own_settings_are_kept(zhida):
    client = signed_in(zhida, "engineer")
    data = {
        "name": " 王小明\u202e ",
        "title": "高级工程师",
        "phone": "0951-1",
        "language": "zh-hans",
        "theme": "dark",
    }
    assert client.post("/me/", data).status_code == 302
    mine = Membership.objects.select_related("user").get(pk=zhida.engineer.pk)
    assert mine.user.name == "王小明"
    assert mine.user.sort_key.startswith("wang2 xiao3 ming2")
    assert (mine.title, mine.user.theme, mine.user.language) == (
        "高级工程师",
        "dark",
        "zh-hans",
    )
    page = client.get("/me/").content.decode()
    assert 'lang="zh-Hans"' in page
    assert 'data-bs-theme="dark"' in page


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 101}, {"language": "xx"}, {"theme": "pink"}],
)
def test_wrong_settings_are_refused_and_what_was_typed_is_kept(zhida, wrong):
    client = signed_in(zhida, "engineer")
    data = {"name": "Kept", "title": "Kept title", "language": "en", "theme": "auto"}
    response = client.post("/me/", data | wrong)
    assert response.status_code == 422
    assert "Kept title" in response.content.decode()


def test_nobody_changes_more_than_the_form_offers(zhida):
    client = signed_in(zhida, "engineer")
    data = {"name": "N", "language": "en", "theme": "auto"}
    more = {
        "role": "administrator",
        "is_active": "",
        "tenant": "2",
        "tenant_id": "2",
        "user": "1",
        "department": "",
        "password": "x",
        "email": "evil@new.example",
        "is_staff": "1",
        "is_superuser": "1",
        "id": "1",
        "created_at": "2000-01-01",
        "require_second_factor": "",
    }
    before = Membership.objects.filter(pk=zhida.engineer.pk).values().get()
    assert client.post("/me/", data | more).status_code == 302
    after = Membership.objects.filter(pk=zhida.engineer.pk).values().get()
    assert before == after
    user = Membership.objects.select_related("user").get(pk=zhida.engineer.pk).user
    assert user.email == "engineer@zhida.example"


def test_the_tenants_settings(zhida, django_capture_on_commit_callbacks):
    admin = signed_in(zhida, "admin")
    data = {
        "name": "Zhida 2",
        "ticket_prefix": "ZZ",
        "zone": "Europe/Berlin",
        "language": "zh-hans",
        "accent": "#AA3300",
    }
    remembered = tenant_of(zhida.host)
    assert tenant_of(zhida.host) is remembered
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post("/setup/tenant/", data).status_code == 302
    tenant = Tenant.objects.get(pk=zhida.tenant.pk)
    assert (tenant.name, tenant.accent, tenant.zone) == (
        "Zhida 2",
        "#aa3300",
        "Europe/Berlin",
    )
    assert tenant_of(zhida.host) is not remembered  # the very next page looks again
    for wrong in (
        {"ticket_prefix": "zz"},
        {"ticket_prefix": "ABCDEFG"},
        {"zone": "Mars/Base"},
        {"accent": "red"},
        {"accent": "#12345g"},
        {"name": ""},
    ):
        response = admin.post("/setup/tenant/", data | wrong)
        assert response.status_code == 422, wrong
        assert set(response.context["form"].errors) == set(wrong)


def test_the_checklist_says_what_is_missing(zhida):
    admin = signed_in(zhida, "admin")
    page = admin.get("/setup/").content.decode()
    assert "A department has no manager: Software" in page
    assert "A night escalation is e-mail and in-app only" in page
    assert "A service standard is the default" in page
    services.change_department(
        actor=zhida.actor("admin"),
        now=FOUNDED,
        department=zhida.things.other_department,
        name="Software",
        manager=zhida.manager,
        second_line=None,
        places="",
    )
    Membership.objects.filter(pk=zhida.boss.pk).update(is_active=False)
    page = admin.get("/setup/").content.decode()
    assert "Every department has a manager" in page
    assert "Nobody has the role: General manager" in page


def test_the_stylesheet_is_cached_and_belongs_to_the_tenant(zhida):
    response = browser(zhida).get(reverse("tenant-css"))
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert zhida.tenant.accent in response.content.decode()
    etag = response["ETag"]
    again = browser(zhida).get(reverse("tenant-css"), headers={"if-none-match": etag})
    assert again.status_code == 304
    assert "max-age" in response["Cache-Control"]


@pytest.mark.parametrize(
    "accent",
    [
        "#066fd1",
        "#ffffff",
        "#000000",
        "#ffff00",
        "#00ff00",
        "#808080",
        "#ff0000",
        "#f5f7f9",
    ],
)
def test_text_in_the_accent_can_always_be_read(accent):
    sheet = stylesheet(accent)
    values = dict(
        part.split(":", 1)
        for part in sheet.partition("{")[2].rstrip("}\n").split(";")
        if part
    )
    white = (1.0, 1.0, 1.0)
    assert contrast(parse(values["--sd-accent-fill"]), white) >= AA
    light, dark = (
        values["--sd-accent-text"].removeprefix("light-dark(").rstrip(")").split(",")
    )
    colour = parse(accent)
    assert contrast(parse(light), tinted((0.949, 0.957, 0.965), colour)) >= AA
    assert contrast(parse(dark), tinted((0.118, 0.149, 0.188), colour)) >= AA


def test_nothing_but_a_colour_gets_into_the_stylesheet():
    sheet = stylesheet("#fff;}body{background:url(//evil.example)}")
    assert "evil" not in sheet
    assert readable(parse("#066fd1"), (1.0, 1.0, 1.0), lighter=False) == parse(
        "#066fd1"
    )
