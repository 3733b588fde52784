"""Fault tests: real processes, killed for real. They share one site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from servicedesk.local.servers import Servers, running
from tests.faults.fault import Fault
from tests.faults.site import Site
from tests.faults.stage import Stage


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One site, one worker."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("faults"))
            item.add_marker(pytest.mark.fault)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session", autouse=True)
def _committed_world() -> None:
    """These tests have a database of their own, in servers of their own."""


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """The test process itself uses no cache."""


@pytest.fixture(scope="package")
def fault_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Durable servers that a test may kill and start again."""
    with running(tmp_path_factory.mktemp("faults"), fast=False) as servers:
        yield servers


@pytest.fixture(scope="package")
def _site(
    fault_servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    site = Site(fault_servers, tmp_path_factory.mktemp("site"))
    try:
        site.migrate()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="package")
def _stage(_site: Site) -> Iterator[tuple[Stage, dict[str, Any]]]:
    stage = Stage(_site.environ, _site.folder / "scene.log")
    try:
        yield stage, stage.ask("found")
    finally:
        stage.close()


@pytest.fixture
def fault(
    _site: Site,
    _stage: tuple[Stage, dict[str, Any]],
    request: pytest.FixtureRequest,
) -> Iterator[Fault]:
    """The site for one test; what runs on it is for the test to say."""
    failed = request.session.testsfailed
    one = Fault(_site, *_stage)
    yield one
    one.close(failed=request.session.testsfailed > failed)
