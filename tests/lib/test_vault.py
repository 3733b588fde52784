"""A kept file is on the disk before anybody is told so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from servicedesk.lib.vault import keep, path_of


def test_a_file_and_every_name_on_its_way_are_on_the_disk(
    tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    synced: dict[int, int] = {}

    def note(handle: int) -> None:
        state = os.fstat(handle)
        synced[state.st_ino] = state.st_size

    monkeypatch.setattr(os, "fsync", note)
    kept = keep(b"a photo from the basement", tenant_id=7)
    path = path_of(kept.stored)
    assert synced[path.stat().st_ino] == kept.size == 25
    folders = [path.parent, path.parent.parent, tmp_path]
    assert {folder.stat().st_ino for folder in folders} <= set(synced)
