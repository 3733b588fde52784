"""The tenant that these tests live in, without an open scope: they commit for real."""

from __future__ import annotations

import pytest

from tests.world import House, World


@pytest.fixture
def house(world: World) -> House:
    """The tenant; each thread and each step opens a scope of its own."""
    return world.zhida
