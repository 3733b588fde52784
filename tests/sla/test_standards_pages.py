"""Standards in the browser: read as the client would, import, compare, publish, download."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clients.models import Project
from servicedesk.lib.now import database_now
from sla import services
from sla.models import ServiceStandard, StandardVersion
from sla.standards import preset_keys, preset_text
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
REFERENCE = preset_text("reference")
GOLD = REFERENCE.replace("key: reference", "key: gold").replace(
    "Reference service standard", "Gold standard"
)
STRICTER = REFERENCE.replace("limit: 2h", "limit: 1h", 1)
BROKEN = REFERENCE.replace("limit: 2h", "limit: soon", 1)
READERS = ("client", "client_manager", "engineer", "agent", "boss", "admin")


@pytest.fixture
def gold(zhida):
    return services.import_standard(
        actor=zhida.actor("admin"), now=FOUNDED, text=GOLD
    ).standard


@pytest.mark.parametrize("person", READERS)
def test_the_default_is_read_by_everybody_in_plain_words(zhida, sign_in, person):
    browser = sign_in(zhida, person)
    page = browser.get(reverse("sla:detail", args=[zhida.standard.pk]))
    text = page.content.decode()
    for words in (
        "within 2 h of your request",
        "within 2 h of our arrival",
        "at the time agreed with you",
        "while we wait for you",
        "Nothing: it runs until the thing is done.",
        "the moment we are late",
        "the general manager is told",
        "30 min after that moment",
        "then every 1 h",
        "Day and night",
    ):
        assert words in text, words


def test_it_is_read_in_chinese_too(zhida, sign_in):
    zhida.engineer.user.language = "zh-hans"
    zhida.engineer.user.save()
    browser = sign_in(zhida, "engineer")
    page = browser.get(reverse("sla:detail", args=[zhida.standard.pk]))
    assert "偶尔出现的问题" in page.content.decode()


def test_a_client_reads_the_default_and_its_own_projects_standards(
    zhida, sign_in, gold
):
    url = reverse("sla:detail", args=[gold.pk])
    mine = sign_in(zhida, "client_manager")
    theirs = sign_in(zhida, "rival")
    assert mine.get(url).status_code == theirs.get(url).status_code == 404

    Project.objects.filter(pk=zhida.project.pk).update(standard=gold)

    assert (mine.get(url).status_code, theirs.get(url).status_code) == (200, 404)
    listed = mine.get(reverse("sla:list")).context["rows"]
    assert [row.standard for row in listed] == [zhida.standard, gold]
    Project.objects.filter(pk=zhida.project.pk).update(is_active=False)
    assert mine.get(url).status_code == 404


def test_a_client_does_not_read_what_is_only_planned(zhida, sign_in):
    version = services.import_standard(
        actor=zhida.actor("admin"),
        now=FOUNDED,
        text=STRICTER,
        in_force_from=database_now() + timedelta(days=9),
    )
    urls = [
        reverse("sla:version", args=[zhida.standard.pk, version.number]),
        reverse("sla:download", args=[zhida.standard.pk, version.number]),
    ]
    for url in urls:
        assert sign_in(zhida, "engineer").get(url).status_code == 200
        assert sign_in(zhida, "client_manager").get(url).status_code == 404


def test_another_tenants_standard_is_as_good_as_absent(world, sign_in):
    theirs = world.other.things.standard
    browser = sign_in(world.zhida, "admin")
    for name, more in (
        ("detail", []),
        ("version", [1]),
        ("download", [1]),
        ("compare", []),
        ("publish", []),
    ):
        url = reverse(f"sla:{name}", args=[theirs.pk, *more])
        assert browser.get(url).status_code == 404
    url = reverse("sla:set_default", args=[theirs.pk])
    assert browser.post(url).status_code == 404


@pytest.mark.parametrize("person", [p for p in READERS if p != "admin"])
def test_only_the_administrator_publishes(zhida, sign_in, person):
    browser = sign_in(zhida, person)
    pk = zhida.standard.pk
    assert browser.post(reverse("sla:import"), {"text": GOLD}).status_code == 404
    url = reverse("sla:publish", args=[pk])
    assert browser.post(url, {"text": STRICTER}).status_code == 404
    assert browser.post(reverse("sla:set_default", args=[pk])).status_code == 404
    assert StandardVersion.objects.count() == 1


def test_a_file_is_imported_by_pasting(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    answer = browser.post(reverse("sla:import"), {"text": GOLD, "note": "New"})
    gold = ServiceStandard.objects.get(key="gold")
    assert answer["Location"] == reverse("sla:detail", args=[gold.pk])
    assert gold.versions.get().note == "New"


def test_a_file_is_imported_by_uploading(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    file = SimpleUploadedFile("gold.yaml", b"\xef\xbb\xbf" + GOLD.encode())
    answer = browser.post(reverse("sla:import"), {"file": file, "text": "old"})
    assert answer.status_code == 302
    assert ServiceStandard.objects.get(key="gold").versions.get().text == GOLD


@pytest.mark.parametrize("way", ["paste", "upload"])
def test_a_broken_file_is_told_by_line_and_its_text_is_kept(zhida, sign_in, way):
    browser = sign_in(zhida, "admin")
    typed = {"text": BROKEN, "note": "Try"}
    if way == "upload":
        typed = {"file": SimpleUploadedFile("x.yaml", BROKEN.encode()), "note": "Try"}

    answer = browser.post(reverse("sla:import"), typed)

    assert answer.status_code == 422
    (fault,) = answer.context["faults"]
    assert fault.key == "tiers.general.targets.first_response.limit"
    assert BROKEN.splitlines()[fault.line - 1].strip() == "limit: soon"
    page = answer.content.decode()
    assert f"Line {fault.line}" in page
    assert page.count("limit: soon") == 2  # in the excerpt, and in the box
    assert 'value="Try"' in page
    assert StandardVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"\xff\xfe\x00", "file"),
        (b"a\x00b", "file"),
        (b"x" * 70_000, "file"),
        (b"", "file"),
    ],
)
def test_what_is_no_text_file_is_refused(zhida, sign_in, content, field):
    browser = sign_in(zhida, "admin")
    file = SimpleUploadedFile("../../x\r\n.yaml", content)
    answer = browser.post(reverse("sla:import"), {"file": file})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: [*a, *a]",
        "!!python/object/apply:os.system ['x']",
        "[" * 5000,
        "key: <script>alert(1)</script>",
        "\t- x",
        "x" * 70_000,
        "  ",
    ],
)
def test_hostile_text_is_refused_in_words(zhida, sign_in, text):
    browser = sign_in(zhida, "admin")
    answer = browser.post(reverse("sla:import"), {"text": text})
    assert answer.status_code == 422
    assert b"<script>alert" not in answer.content
    assert ServiceStandard.objects.count() == 1


def test_checking_publishes_nothing_and_tells_what_would_change(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    answer = browser.post(reverse("sla:import"), {"text": STRICTER, "check": "1"})
    assert answer.status_code == 200
    assert answer.context["comparison"].stricter == 1
    assert "Nothing is published yet." in answer.content.decode()
    assert StandardVersion.objects.count() == 1


def test_a_preset_fills_the_box(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    for key in preset_keys():
        page = browser.get(reverse("sla:import"), {"preset": key})
        assert page.context["form"].initial["text"] == preset_text(key)
    for wrong in ("../secrets", "nothing"):
        page = browser.get(reverse("sla:import"), {"preset": wrong})
        assert page.status_code == 404


def test_a_version_is_published_from_a_date(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    zone = zhida.tenant.zone
    with timezone.override(zone):
        at = timezone.localtime(database_now() + timedelta(days=3)).replace(
            second=0, microsecond=0
        )
    url = reverse("sla:publish", args=[zhida.standard.pk])
    assert browser.get(url).context["form"].initial["text"] == REFERENCE

    answer = browser.post(
        url, {"text": STRICTER, "in_force_from": f"{at:%Y-%m-%dT%H:%M}"}, follow=True
    )

    version = zhida.standard.versions.get(number=2)
    assert version.in_force_from == at
    assert "comes into force later" in answer.content.decode()


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("2020-01-01T00:00", STRICTER),
        ("never", STRICTER),
        ("0001-01-01T00:00", STRICTER),
    ],
)
def test_a_wrong_date_stands_beside_its_field(zhida, sign_in, at, text):
    browser = sign_in(zhida, "admin")
    url = reverse("sla:publish", args=[zhida.standard.pk])
    answer = browser.post(url, {"text": text, "in_force_from": at})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["in_force_from"]
    assert zhida.standard.versions.count() == 1


def test_the_file_of_a_version_is_downloaded_as_it_was_published(zhida, sign_in):
    browser = sign_in(zhida, "client")
    answer = browser.get(reverse("sla:download", args=[zhida.standard.pk, 1]))
    assert answer.content.decode() == REFERENCE
    assert answer["Content-Disposition"] == 'attachment; filename="reference-v1.yaml"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_two_versions_stand_side_by_side(zhida, sign_in):
    text = STRICTER.replace("limit: 8h", "limit: 9h", 1)
    services.import_standard(actor=zhida.actor("admin"), now=FOUNDED, text=text)
    browser = sign_in(zhida, "engineer")
    url = reverse("sla:compare", args=[zhida.standard.pk])

    page = browser.get(url)

    found = page.context["comparison"]
    assert (found.stricter, found.looser) == (1, 1)
    response, resolution = found.rows
    assert (response.before, response.after) == ("2 h", "1 h")
    assert (response.word, resolution.word) == ("Stricter", "Looser")
    assert response.what == "First response: limit"
    turned = browser.get(url, {"old": "2", "new": "1"}).context["comparison"]
    assert [row.word for row in turned.rows] == ["Looser", "Stricter"]
    same = browser.get(url, {"old": "2", "new": "2"})
    assert "They promise the same." in same.content.decode()
    for wrong in ("9", "x", "-1", "１"):
        assert browser.get(url, {"old": wrong}).status_code == 404


def test_every_pair_of_presets_can_be_told_apart(zhida):
    from sla.queries.comparison import comparison_of
    from sla.standards import load_preset

    presets = [load_preset(key) for key in preset_keys()]
    for old in presets:
        for new in presets:
            rows = comparison_of(old, new).rows
            assert bool(rows) == (old is not new)
            for row in rows:
                assert "object at" not in f"{row}"
                assert "timedelta" not in f"{row}"
                assert "frozenset" not in f"{row}"


def test_the_default_is_set_with_a_button(zhida, sign_in, gold):
    browser = sign_in(zhida, "admin")
    url = reverse("sla:set_default", args=[gold.pk])
    assert browser.get(url).status_code == 405
    browser.post(url)
    gold.refresh_from_db()
    assert gold.is_default


def test_a_tenant_without_standards_is_shown_the_first_step(zhida, sign_in):
    ServiceStandard.objects.update(is_default=False)
    page = sign_in(zhida, "client").get(reverse("sla:list"))
    assert "What is promised to you will stand here." in page.content.decode()
