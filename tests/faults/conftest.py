"""Fault tests: real processes, killed for real. They share one site a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from servicedesk.local.servers import Servers, running
from tests.faults.site import Site


@pytest.fixture(scope="session", autouse=True)
def _committed_world() -> None:
    """These tests have a database of their own, in servers of their own."""


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """The test process itself uses no cache."""


@pytest.fixture(scope="session")
def fault_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Durable servers that a test may kill and start again."""
    with running(tmp_path_factory.mktemp("faults"), fast=False) as servers:
        yield servers


@pytest.fixture(scope="session")
def _founded(fault_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> None:
    site = Site(fault_servers, tmp_path_factory.mktemp("founding"))
    site.migrate()
    site.scene("found")
    site.stop()


@pytest.fixture
def site(
    fault_servers: Servers, _founded: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site with nothing running yet; all of it is killed at the end."""
    made = Site(fault_servers, tmp_path_factory.mktemp("site"))
    yield made
    made.stop()
