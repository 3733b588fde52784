"""A signature is bound to exactly what was shown; a change needs a new one."""

from __future__ import annotations

import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from PIL import Image, PngImagePlugin

from activity.models import Entry
from documents import rules
from documents.models import Sheet, Signature
from documents.registry import may_see, subject_of
from documents.rules import Place, State
from documents.services import (
    present_sheet,
    refuse_to_sign,
    sign,
    signature_state,
    standings,
)
from servicedesk.lib.errors import Conflict, ServiceError
from servicedesk.lib.now import database_now
from servicedesk.lib.vault import read_kept
from tests.documents.conftest import THING, drawing, png
from tests.world import House, World

SEVEN: dict[str, Any] = {"subject_kind": THING, "subject_id": 7}
CONTENT = {"work": "换了硬盘", "hours": 3}


def show(house: House, content: Any = None, **about: Any) -> Sheet:
    return present_sheet(
        **(SEVEN | about),
        content=content or CONTENT,
        now=database_now(),
        actor=house.actor("engineer"),
    )


def answer(house: House, sheet: Sheet, verb: Any = sign, **given: Any) -> Signature:
    now = database_now()
    values: dict[str, Any] = {
        "sheet": sheet,
        "sha256": sheet.sha256,
        "role": "client",
        "name": "李主任",
        "signed_at": now,
        "actor": house.actor("engineer"),
        "now": now,
    }
    values |= {"image": drawing()} if verb is sign else {"reason": "It still fails."}
    return verb(**(values | given))


def state() -> State:
    return signature_state(**SEVEN).state


# -- sheets ----------------------------------------------------------------------------------


def test_the_same_content_is_the_same_sheet(zhida: House) -> None:
    first = show(zhida)
    assert show(zhida, {"hours": 3, "work": "换了硬盘"}) == first
    assert first.version == 1
    assert first.sha256 == rules.sha256(first.content.encode())
    assert rules.read(first.content) == CONTENT


def test_another_content_is_a_new_version(zhida: House) -> None:
    show(zhida)
    second = show(zhida, CONTENT | {"hours": 4})
    assert second.version == 2
    assert show(zhida).version == 3  # the first text again, shown after the second


def test_subjects_do_not_share_versions(zhida: House) -> None:
    show(zhida)
    assert show(zhida, subject_id=8).version == 1


def test_what_has_no_canonical_form_is_refused(zhida: House) -> None:
    with pytest.raises(ServiceError, match="not_canonical"):
        show(zhida, {"hours": 1.5})


# -- signing -----------------------------------------------------------------------------------


def test_a_signature_is_bound_to_what_was_shown(zhida: House) -> None:
    sheet = show(zhida)
    place = Place(38.47, 106.27, 15)
    at = database_now() - timedelta(hours=2)
    signature = answer(zhida, sheet, place=place, signed_at=at)
    assert signature.sheet == sheet
    assert (signature.how, signature.role) == ("drawn", "client")
    assert (signature.latitude, signature.longitude, signature.accuracy) == (
        38.47,
        106.27,
        15,
    )
    assert signature.signed_at == at < signature.recorded_at
    assert signature.recorded_by == zhida.engineer
    standing = signature_state(**SEVEN)
    assert (standing.state, standing.sheet, standing.signature) == (
        State.SIGNED,
        sheet,
        signature,
    )
    assert Entry.objects.filter(verb="signature.added").count() == 1


def test_a_signature_for_a_version_that_has_changed_is_refused(zhida: House) -> None:
    shown = show(zhida)
    show(zhida, CONTENT | {"hours": 4})
    with pytest.raises(Conflict) as refused:
        answer(zhida, shown)
    assert refused.value.code == "changed"
    assert not Signature.objects.exists()


def test_a_hash_that_is_not_that_of_the_sheet_is_refused(zhida: House) -> None:
    with pytest.raises(Conflict, match="changed"):
        answer(zhida, show(zhida), sha256="0" * 64)


def test_a_change_after_signing_needs_a_new_signature(zhida: House) -> None:
    signed = answer(zhida, show(zhida))
    changed = show(zhida, CONTENT | {"hours": 4})
    standing = signature_state(**SEVEN)
    assert (standing.state, standing.signature) == (State.OUTDATED, signed)
    answer(zhida, changed)
    assert state() == State.SIGNED


def test_each_side_signs_for_itself(zhida: House) -> None:
    sheet = show(zhida)
    answer(zhida, sheet, role="staff", name="Wang")
    assert state() == State.UNSIGNED
    assert signature_state(**SEVEN, role="staff").state == State.SIGNED


def test_many_subjects_are_asked_in_two_queries(
    zhida: House, django_assert_num_queries: Any
) -> None:
    answer(zhida, show(zhida))
    show(zhida, subject_id=8)
    with django_assert_num_queries(2):
        found = standings(subject_kind=THING, subject_ids=[7, 8, 9])
    assert {pk: one.state for pk, one in found.items()} == {
        7: State.SIGNED,
        8: State.UNSIGNED,
        9: State.UNSIGNED,
    }
    assert found[9].sheet is None


def test_what_is_sent_twice_is_recorded_once(zhida: House) -> None:
    sheet, uid = show(zhida), uuid.uuid4()
    first = answer(zhida, sheet, uid=uid)
    show(zhida, CONTENT | {"hours": 4})  # the answer got lost, and the work went on
    assert answer(zhida, sheet, uid=uid) == first
    with pytest.raises(Conflict, match="uid_reused"):
        answer(zhida, show(zhida, subject_id=8), uid=uid)


# -- refusing ----------------------------------------------------------------------------------


def test_a_refusal_has_its_reason(zhida: House) -> None:
    sheet = show(zhida)
    with pytest.raises(ServiceError, match="text_missing"):
        answer(zhida, sheet, refuse_to_sign, reason="  ")
    refused = answer(zhida, sheet, refuse_to_sign)
    assert (refused.how, refused.reason, refused.stored) == (
        "refused",
        "It still fails.",
        "",
    )
    assert state() == State.REFUSED
    answer(zhida, sheet)
    assert state() == State.SIGNED


def test_what_is_signed_is_not_refused_afterwards(zhida: House) -> None:
    sheet = show(zhida)
    answer(zhida, sheet)
    with pytest.raises(Conflict, match="already_signed"):
        answer(zhida, sheet, refuse_to_sign)


# -- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("name_missing", {"name": " \u200b"}),
        ("no_such_place", {"place": Place(91, 0)}),
        ("not_a_picture", {"image": b"GIF89a not a PNG"}),
        ("not_a_picture", {"image": b""}),
        ("not_a_picture", {"image": drawing()[:200]}),
        ("blank", {"image": png(Image.new("RGBA", (600, 300)))}),
        ("blank", {"image": png(Image.new("RGB", (600, 300), "white"))}),
        ("not_a_picture", {"image": b"MZ\x90", "how": "paper"}),
        ("not_a_picture", {"image": b"\xff\xd8\xff\xe0 no photo", "how": "paper"}),
    ],
)
def test_bad_input_changes_nothing(
    zhida: House, code: str, given: dict[str, Any]
) -> None:
    with pytest.raises(ServiceError) as refused:
        answer(zhida, show(zhida), **given)
    assert refused.value.code == code
    assert not Signature.objects.exists()


def test_a_time_in_the_future_is_refused(zhida: House) -> None:
    ahead = database_now() + timedelta(minutes=3)
    with pytest.raises(ServiceError, match="in_the_future"):
        answer(zhida, show(zhida), signed_at=ahead)


def test_a_bomb_is_not_unpacked(zhida: House) -> None:
    bomb = png(Image.new("1", (40_000, 40_000)))
    with pytest.raises(ServiceError, match="not_a_picture"):
        answer(zhida, show(zhida), image=bomb)


def test_too_large_a_file_is_refused(zhida: House, settings: Any) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1_000
    with pytest.raises(ServiceError, match="too_large"):
        answer(zhida, show(zhida), image=b"x" * 1_001)


# -- files ---------------------------------------------------------------------------------------


def test_of_a_drawing_only_what_is_seen_is_kept(zhida: House, tmp_path: Any) -> None:
    hidden = PngImagePlugin.PngInfo()
    hidden.add_text("Comment", "CANARY-where-it-was-taken")
    target = io.BytesIO()
    Image.open(io.BytesIO(drawing(size=(4_000, 2_000)))).save(
        target, "PNG", pnginfo=hidden
    )
    signature = answer(zhida, show(zhida), image=target.getvalue() + b"<script>")
    kept = read_kept(signature.stored)
    assert rules.sha256(kept) == signature.sha256
    assert b"CANARY" not in kept
    assert b"<script>" not in kept
    assert Image.open(io.BytesIO(kept)).width <= 1_200
    assert signature.stored.startswith(f"{zhida.tenant.pk}/")


def test_a_scan_is_kept_as_it_came(zhida: House) -> None:
    scan = b"%PDF-1.7\n% a scanned paper\n"
    signature = answer(zhida, show(zhida), image=scan, how="paper")
    assert (signature.how, signature.media_type) == ("paper", "application/pdf")
    assert read_kept(signature.stored) == scan


# -- the record ----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["documents_sheet", "documents_signature"])
def test_what_was_signed_cannot_be_changed_or_deleted(zhida: House, table: str) -> None:
    answer(zhida, show(zhida))
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)


def test_another_tenants_sheets_are_not_there(zhida: House, world: World) -> None:
    show(zhida)
    with world.other.scope():
        assert signature_state(**SEVEN).sheet is None


def test_who_sees_a_subject_is_its_rooms_answer(zhida: House) -> None:
    staff, rival = zhida.actor("agent"), zhida.actor("rival")
    assert may_see(staff, THING, 7)
    assert not may_see(rival, THING, 7)
    assert not may_see(staff, "nobody's", 7)
    with pytest.raises(LookupError, match="nobody's"):
        subject_of("nobody's")


@pytest.mark.concurrency
def test_two_who_show_the_same_at_once_show_one_sheet(
    world: World, transactional_db: None
) -> None:
    def show_it(_number: int) -> int:
        try:
            with world.zhida.scope():
                return show(world.zhida).version
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(show_it, range(8))) == {1}
