"""The platform operator at the command line."""

import io
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from activity.models import Entry
from notifications.models import Message
from people.models import Letter, Membership
from people.tasks import post_batch
from servicedesk.lib.now import database_now
from sla.models import ServiceStandard
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.services import prefix_from, slug_from
from tests.accounts.hands import is_in, log_in, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = {"name": "Nora", "password": "a fresh pass phrase", "language": "en"}


def run(*args, **options):
    out = io.StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _no_password_in_the_environment(monkeypatch):
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)


def create(*more, name="北方服务", admin="nora@north.example"):
    return run(
        "create_tenant", name, "--standard", "reference", "--admin", admin, *more
    )


def test_a_tenant_is_made_and_its_administrator_comes_in_by_the_link(world):
    said = create("--language", "en")
    assert "http://beifangfuwu.localhost:8000/" in said
    (url,) = re.findall(r"http://\S+/accept/\S+", said)
    client = Client(HTTP_HOST="beifangfuwu.localhost")
    assert client.post(url.partition(":8000")[2], PERSON).status_code == 302
    assert is_in(client)
    tenant = Tenant.objects.using("system").get(slug="beifangfuwu")
    assert (tenant.name, tenant.ticket_prefix) == ("北方服务", "BEI")
    with tenant_scope(tenant.pk):
        assert ServiceStandard.objects.get().is_default
        admin = Membership.objects.get()
        assert admin.role == "administrator"
        verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"standard.published", "person.invited", "person.came_in"} <= verbs
    assert client.get("/setup/").status_code == 200


def test_the_journal_of_a_chinese_company_is_in_chinese(world):
    create("--slug", "north")
    with tenant_scope(Tenant.objects.using("system").get(slug="north").pk):
        made = Entry.objects.get(verb="standard.published")
        assert {entry.actor_label for entry in Entry.objects.all()} == {"平台运营方"}
    assert made.object_label == "标准售后服务（三级）"


def test_with_a_password_from_the_environment(world, monkeypatch):
    monkeypatch.setenv("ADMIN_PASSWORD", "a fresh pass phrase")
    said = create("--admin-name", "Nora", "--slug", "north")
    assert "a fresh pass phrase" not in said
    client = Client(HTTP_HOST="north.localhost")
    log_in(client, "nora@north.example", "a fresh pass phrase")
    assert is_in(client)


def test_with_a_password_from_the_input(world, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a fresh pass phrase\n"))
    create("--slug", "north", "--password-stdin")
    client = Client(HTTP_HOST="north.localhost")
    log_in(client, "nora@north.example", "a fresh pass phrase")
    assert is_in(client)


def test_by_mail(world):
    said = create("--slug", "north", "--mail")
    assert "/accept/" not in said
    post_batch(now=database_now())
    assert mail.outbox[-1].to == ["nora@north.example"]
    assert "http://north.localhost:8000/accept/" in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--slug", "zhida"], "--slug: There is a tenant at this host name already."),
        (["--slug", "Not a host"], "--slug"),
        (["--slug", "www"], "--slug: This host name is reserved."),
        (["--zone", "Mars/Base"], "--zone: There is no such time zone."),
        (["--language", "xx"], "--language: There is no such language."),
        (["--prefix", "zd"], "--ticket_prefix"),
        (["--admin", "nobody"], "--email: This is no e-mail address."),
        (["--standard", "nonsense"], "neither a preset"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_changed(world, more, message):
    tenants = set(Tenant.objects.using("system").values_list("slug", flat=True))
    users = User.objects.count()
    with pytest.raises(CommandError, match=re.escape(message)):
        create(*more)
    assert set(Tenant.objects.using("system").values_list("slug", flat=True)) == tenants
    assert User.objects.count() == users


def test_a_broken_standard_is_refused_with_its_line(world, tmp_path):
    file = tmp_path / "broken.yaml"
    file.write_text("key: x\nname: {zh: y}\ntiers: 7\n")
    with pytest.raises(CommandError, match="The standard is broken"):
        create("--standard", str(file))
    assert not Tenant.objects.using("system").filter(slug="beifangfuwu").exists()


def test_a_weak_or_foreign_password_is_refused(world, monkeypatch):
    monkeypatch.setenv("ADMIN_PASSWORD", "short")
    with pytest.raises(CommandError, match="too short"):
        create()
    monkeypatch.setenv("ADMIN_PASSWORD", "a fresh pass phrase")
    with pytest.raises(CommandError, match="has a password already"):
        create(admin="admin@zhida.example")
    user = User.objects.get(email="admin@zhida.example")
    assert not user.check_password("a fresh pass phrase")


@pytest.mark.parametrize(
    ("name", "slug", "prefix"),
    [
        ("宁夏智达科技", "ningxiazhidakeji", "NIN"),
        ("Acme Service Ltd.", "acme-service-ltd", "ACM"),
        ("绿城 Water 2", "lvchengwater2", "LVC"),
        ("123", "123", "SD"),
    ],
)
def test_host_and_prefix_from_the_name(name, slug, prefix):
    assert slug_from(name) == slug
    assert prefix_from(slug) == prefix


def support(*more, reason="The client asked us to look at a stuck clock."):
    return run(
        "support_access",
        "zhida",
        "--email",
        "op@platform.example",
        "--name",
        "Olga Operator",
        "--reason",
        reason,
        *more,
    )


def observer(world):
    """The operator's browser, after choosing a password by the printed link."""
    said = support()
    (url,) = re.findall(r"http://\S+/new-password/\S+", said)
    client = Client(HTTP_HOST=world.zhida.host, HTTP_ACCEPT_LANGUAGE="en")
    client.post(url.partition(":8000")[2], {"password": PERSON["password"]})
    log_in(client, "op@platform.example", PERSON["password"])
    assert is_in(client)
    return client


def test_the_operator_reads_and_changes_nothing(world):
    client = observer(world)
    house = world.zhida
    assert client.get("/people/").status_code == 200
    assert client.get("/journal/").status_code == 200
    with world.zhida.scope():
        opened = Entry.objects.filter(verb="support.read")
        assert "/people/" in {one.data["path"] for one in opened}
    for path in (
        "/people/invite/",
        f"/people/{house.engineer.pk}/deactivate/",
        f"/people/{house.engineer.pk}/deputy/",
        "/departments/new/",
        "/setup/tenant/",
        "/tokens/new/",
    ):
        assert client.post(path, {}).status_code == 404, path


def test_administrators_are_told_in_the_page_and_by_mail(world):
    support()
    house = world.zhida
    with house.scope():
        message = Message.objects.get()
        assert message.recipient_id == house.admin.pk
        letter = Letter.objects.get(kind="support")
        assert letter.address == "admin@zhida.example"
        entry = Entry.objects.get(verb="support.granted")
        assert "op@platform.example" in entry.actor_label
        assert "stuck clock" in entry.data["reason"]
    post_batch(now=database_now())
    assert "stuck clock" in mail.outbox[-1].body


def test_access_ends_by_itself(world):
    client = observer(world)
    with world.zhida.scope():
        Membership.objects.filter(role="observer").update(
            expires_at=database_now() - timedelta(seconds=1)
        )
    assert not is_in(client)
    assert log_in(client, "op@platform.example", PERSON["password"]).status_code == 200
    assert not is_in(client)


def test_an_administrator_ends_it_early(world):
    client = observer(world)
    admin = signed_in(world.zhida, "admin")
    with world.zhida.scope():
        pk = Membership.objects.get(role="observer").pk
    page = admin.get(f"/people/{pk}/").content.decode()
    assert "stuck clock" in page
    admin.post(f"/people/{pk}/deactivate/")
    assert not is_in(client)
    with world.zhida.scope():
        assert Entry.objects.filter(verb="support.ended").exists()


def test_the_operator_ends_it_early(world):
    client = observer(world)
    said = run("support_access", "zhida", "--email", "op@platform.example", "--end")
    assert "can no longer read" in said
    assert not is_in(client)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere", "--email", "op@platform.example"], "There is no tenant"),
        (["zhida", "--email", "op@platform.example", "--reason", "x" * 20], "--name"),
        (
            ["zhida", "--email", "op@platform.example", "--name", "O"],
            "Say why, in a sentence.",
        ),
        (
            [
                "zhida",
                "--email",
                "o@p.example",
                "--name",
                "O",
                "--reason",
                "x" * 20,
                "--hours",
                "73",
            ],
            "three days",
        ),
        (
            ["zhida", "--email", "engineer@zhida.example", "--reason", "x" * 20],
            "is a member of the tenant",
        ),
        (["zhida", "--email", "op@platform.example", "--end"], "has no access"),
    ],
)
def test_what_is_not_allowed_is_refused(world, args, message):
    with pytest.raises(CommandError, match=message):
        run("support_access", *args)
    with world.zhida.scope():
        assert not Membership.objects.filter(role="observer").exists()
        assert not Letter.objects.exists()
