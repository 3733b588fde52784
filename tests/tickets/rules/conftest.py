"""Pure rules need no database, no world and no cache."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _committed_world() -> None:
    """Takes the place of the world that other tests live in."""


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Nothing is cached here."""
