"""A server of the style guide that needs no database, and a browser for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import override_settings
from django.test.testcases import LiveServerThread

from tests.browser.chromium import CALM, find


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": find(), "args": CALM}


@pytest.fixture(scope="module")
def guide_url(tmp_path_factory) -> Iterator[str]:
    """The address of the style guide on a server of its own."""
    kit = {"NAVIGATION": "tests.ui.urls.NAVIGATION"}
    with override_settings(
        ROOT_URLCONF="tests.ui.urls",
        UI=kit,
        STATIC_ROOT=tmp_path_factory.mktemp("static"),  # WhiteNoise wants one
    ):
        server = LiveServerThread("localhost", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait(20)
        assert server.error is None, server.error
        yield f"http://localhost:{server.port}/guide"
        server.terminate()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, as ``make assets`` fetched it."""
    root = Path(__file__).resolve().parents[2]
    return (root / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
