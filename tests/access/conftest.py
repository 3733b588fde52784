"""Browsers of each role, and things to look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.access.furniture import furnish
from tests.access.table import ROLES
from tests.world import House, World


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def browsers(world: World, db: None, sign_in: Callable[[House, str], Client]) -> Any:
    return {role: sign_in(world.zhida, role) for role in ROLES}


@pytest.fixture
def furniture(world: World, db: None) -> dict[str, dict[str, Any]]:
    return furnish(world.zhida)
