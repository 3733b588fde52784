"""Row 12: a state that a link changes, a form from elsewhere, a way back that leads away
(RT CVE-2017-5943, CVE-2022-25803).
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.security.crawl import LOOKING, tables, walk
from tests.security.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawl")]
#: Addresses of other hosts, as browsers understand them.
AWAY = (
    *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example"),
    *(
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/%09/evil.example",
    ),
    *(
        "http://zhida.localhost@evil.example",
        "http://other.localhost/",
        "\t//evil.example",
    ),
    *("///evil.example", "/\t/evil.example", "https:///evil.example"),
)
#: Forms that lead back to where one came from: address, field, other values.
WAYS_BACK: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("/language/", "next", {"language": "en"}),
    ("/theme/", "next", {"theme": "dark"}),
    ("/accounts/login/", "next", {"login": "x@y.example", "password": "x"}),
    ("/accounts/reauthenticate/", "next", {"password": "x"}),
    ("/tickets/bulk", "back", {}),
)


@pytest.mark.parametrize("role", ["admin", "client"])
def test_looking_changes_nothing(zhida, sign_in, role):
    assert walk(zhida, sign_in, role).changed == set()


def test_no_form_is_taken_from_elsewhere(zhida, sign_in):
    site = Site(zhida, sign_in)
    wary = Client(HTTP_HOST=zhida.host, enforce_csrf_checks=True)
    wary.cookies = site.browser("admin").cookies
    before, taken = tables(), []
    for page in site.pages("admin"):
        answer = wary.post(page.url, {}, headers={"origin": "https://evil.example"})
        if answer.status_code != 403:
            taken.append(f"{page.name}: {answer.status_code}")
    for method in ("post", "patch", "put", "delete"):
        answer = getattr(wary, method)("/api/v1/clients", "{}", "application/json")
        if answer.status_code not in {403, 405}:
            taken.append(f"REST {method}: {answer.status_code}")
    assert taken == []
    after = tables()
    changed = {name for name in before if before[name] != after[name]}
    assert changed - LOOKING == set()


@pytest.mark.parametrize(("url", "field", "values"), WAYS_BACK)
def test_the_way_back_stays_on_this_host(zhida, sign_in, url, field, values):
    browser = sign_in(zhida, "admin")
    for target in AWAY:
        answer = browser.post(url, values | {field: target})
        led = answer.get("Location", "/")
        assert urlsplit(led).netloc in {"", zhida.host}, target
        assert led.startswith(("/", "?", f"http://{zhida.host}/")), target
        assert not led.startswith(("//", "/\\")), target
        page = answer.content.decode()
        assert 'href="//' not in page
        assert 'href="javascript:' not in page
