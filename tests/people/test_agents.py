"""Browsers in the words by which their owners know them."""

import pytest

from people.agents import describe

MOZILLA = "Mozilla/5.0"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            (
                f"{MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like"
                " Gecko) Chrome/150.0 Safari/537.36 Edg/150.0"
            ),
            "Edge · Windows",
        ),
        (
            f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox · Linux",
        ),
        (
            (
                f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1"
                " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari · iPhone",
        ),
        (
            (
                f"{MOZILLA} (Linux; Android 15) AppleWebKit/537.36 Chrome/120.0 Mobile"
                " Safari/537.36 MicroMessenger/8.0"
            ),
            "WeChat · Android",
        ),
        ("curl/8.0", "curl/8.0"),
        ("x" * 200, "x" * 40),
        ("", ""),
    ],
)
def test_browser_and_system(agent, said):
    assert describe(agent) == said
