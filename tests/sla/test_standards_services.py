"""Standards are published in versions; a ticket can always read the one it came under."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from activity.models import Entry
from servicedesk.lib.errors import ServiceError
from sla import services
from sla.models import Calendar, CalendarRevision, ServiceStandard, StandardVersion
from sla.rules import Severity
from sla.standards import preset_keys, preset_text
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = FOUNDED + 30 * DAY


def edited(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


REFERENCE = preset_text("reference")
STRICTER = edited(REFERENCE, "limit: 2h", "limit: 1h")


@pytest.fixture
def publish(zhida):
    def call(text=STRICTER, now=LATER, **values):
        return services.import_standard(
            actor=zhida.actor("admin"), now=now, text=text, **values
        )

    return call


@pytest.fixture(autouse=True)
def _nothing_remembered():
    services.forget_standards()
    yield
    services.forget_standards()


@pytest.mark.parametrize("key", preset_keys())
def test_every_preset_can_be_imported_and_read_back(world, key):
    with world.other.scope():
        actor = world.other.actor("admin")
        if key == "reference":
            version = world.other.things.version
        else:
            text = preset_text(key)
            version = services.import_standard(actor=actor, now=LATER, text=text)
        standard = services.standard_of(version.pk)
        assert standard == services.check_text(preset_text(key))
        assert all(standard.tier_for(severity) for severity in Severity)


def test_a_file_with_a_known_key_becomes_the_next_version(zhida, publish):
    version = publish(note="Sooner")

    assert version.standard == zhida.standard
    assert (version.number, version.note) == (2, "Sooner")
    assert version.published_by == zhida.admin
    assert version.in_force_from == LATER
    line = Entry.objects.latest("pk")
    assert (line.verb, line.data["version"]) == ("standard.published", 2)


def test_a_file_with_a_new_key_becomes_a_new_standard(zhida, publish):
    version = publish(edited(REFERENCE, "key: reference", "key: gold"))
    assert version.number == 1
    assert version.standard.key == "gold"
    assert not version.standard.is_default


def test_a_broken_file_names_line_key_and_reason_and_changes_nothing(zhida, publish):
    counts = [m.objects.count() for m in (ServiceStandard, StandardVersion, Entry)]
    broken = edited(REFERENCE, "limit: 2h", "limit: 2 hours or so")

    with pytest.raises(services.BrokenStandardError) as refused:
        publish(broken)

    (problem,) = refused.value.problems
    line = broken.splitlines()[problem.line - 1]
    assert "2 hours or so" in line
    assert problem.path == "tiers.general.targets.first_response.limit"
    assert refused.value.field == "text"
    now = [m.objects.count() for m in (ServiceStandard, StandardVersion, Entry)]
    assert now == counts


def test_a_next_version_cannot_come_into_force_in_the_past(publish):
    with pytest.raises(ServiceError) as refused:
        publish(in_force_from=LATER - timedelta(microseconds=1))
    assert (refused.value.code, refused.value.field) == ("in_the_past", "in_force_from")
    assert publish(in_force_from=LATER).number == 2


def test_a_first_version_may_be_in_force_from_the_past(publish):
    text = edited(REFERENCE, "key: reference", "key: gold")
    assert publish(text, in_force_from=FOUNDED - 365 * DAY).number == 1


def test_nothing_is_slipped_in_before_a_scheduled_version(publish):
    publish(in_force_from=LATER + 10 * DAY)
    other = edited(REFERENCE, "limit: 2h", "limit: 90min")
    with pytest.raises(ServiceError) as refused:
        publish(other, in_force_from=LATER + 5 * DAY)
    assert refused.value.code == "before_scheduled"
    assert publish(other, in_force_from=LATER + 10 * DAY).number == 3


def test_the_same_again_is_refused(publish):
    with pytest.raises(ServiceError) as refused:
        publish(REFERENCE)
    assert refused.value.code == "unchanged"


def test_publishing_on_one_standard_refuses_the_file_of_another(zhida):
    with pytest.raises(ServiceError) as refused:
        services.publish_version(
            actor=zhida.actor("admin"),
            now=LATER,
            standard=zhida.standard,
            text=preset_text("software"),
        )
    assert (refused.value.code, refused.value.field) == ("other_key", "text")


def test_the_version_in_force_is_the_one_that_holds(zhida, publish):
    second = publish(in_force_from=LATER + 10 * DAY)
    third = publish(
        edited(REFERENCE, "limit: 2h", "limit: 90min"), in_force_from=LATER + 10 * DAY
    )

    def at(instant):
        return services.version_for(standard=zhida.standard, at=instant)

    assert at(LATER) == zhida.version
    assert at(LATER + 10 * DAY - timedelta(microseconds=1)) == zhida.version
    assert at(LATER + 10 * DAY) == third != second
    assert at(FOUNDED - DAY) == zhida.version  # before anything was in force


def test_a_project_decides_by_its_pin_then_its_standard_then_the_default(
    zhida, publish
):
    gold = publish(edited(REFERENCE, "key: reference", "key: gold"))
    pinned = publish(in_force_from=LATER + 100 * DAY)

    def of(**values):
        empty = {"standard_id": None, "pinned_version_id": None}
        project = SimpleNamespace(**(empty | values))
        return services.version_for(project=project, at=LATER)

    assert of() == zhida.version
    assert of(standard_id=gold.standard_id) == gold
    assert of(standard_id=gold.standard_id, pinned_version_id=pinned.pk) == pinned


def test_a_standard_that_is_not_in_force_yet_leaves_the_default_to_hold(zhida, publish):
    gold = publish(
        edited(REFERENCE, "key: reference", "key: gold"),
        in_force_from=LATER + 10 * DAY,
    )
    before = services.version_for(standard=gold.standard, at=LATER)
    after = services.version_for(standard=gold.standard, at=LATER + 10 * DAY)
    assert (before, after) == (zhida.version, gold)


def test_without_any_standard_it_says_so(zhida):
    ServiceStandard.objects.update(is_default=False)
    with pytest.raises(ServiceError) as refused:
        services.version_for(at=LATER)
    assert refused.value.code == "no_standard"


def test_one_standard_is_the_default(zhida, publish):
    gold = publish(edited(REFERENCE, "key: reference", "key: gold")).standard
    call = {"actor": zhida.actor("admin"), "now": LATER}

    services.set_default(standard=gold, **call)
    services.set_default(standard=gold, **call)

    assert list(ServiceStandard.objects.filter(is_default=True)) == [gold]
    lines = Entry.objects.filter(verb="standard.made_default", object_id=gold.pk)
    assert lines.count() == 1
    assert gold.history.count() == 2


def test_versions_are_read_in_one_query_and_then_in_none(zhida, publish):
    ids = [zhida.version.pk, publish().pk]
    with CaptureQueriesContext(connection) as asked:
        first = services.standards_of(ids)
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        again = services.standards_of(ids)
        one = services.standard_of(ids[0])
    assert len(asked) == 0
    assert all(again[pk] is first[pk] for pk in ids)
    assert one is first[ids[0]]


def test_another_tenants_version_is_not_read_from_memory_either(world):
    theirs = world.other.things.version
    with world.other.scope():
        services.standard_of(theirs.pk)
    with world.zhida.scope(), pytest.raises(StandardVersion.DoesNotExist):
        services.standard_of(theirs.pk)


def test_memory_is_bounded(zhida):
    kept = services.reading._Kept(3)
    for n in range(10):
        kept.put(n, str(n))
    assert [kept.get(n) for n in range(10)] == [None] * 7 + ["7", "8", "9"]


@pytest.mark.parametrize("table", ["sla_standardversion", "sla_calendarrevision"])
def test_what_was_published_cannot_be_changed(zhida, table):
    for statement in (f"UPDATE {table} SET number = 9", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)


def test_calendars_of_a_file_become_revisions_of_the_tenants(zhida, publish):
    version = publish(preset_text("office-hours"))
    (calendar,) = Calendar.objects.all()
    (revision,) = CalendarRevision.objects.all()
    assert version.data["revisions"] == {calendar.key: revision.pk}
    compiled = services.standard_of(version.pk).calendars[calendar.key]
    assert services.calendar_of(revision) == compiled
    assert revision.known_until == compiled.known_until
