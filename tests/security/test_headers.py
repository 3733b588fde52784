"""What every answer carries (RT CVE-2022-25802, nosniff; ASVS 3.2–3.5, 14.3): no page,
refusal or failure without the policy; no cookie that scripts or other hosts can read.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from servicedesk.local.places import ROOT
from tests.local.test_deploy import environment_of
from tests.security.crawl import walk
from tests.security.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawl")]
#: What may be kept by a browser: the tenant's colours and logo, a picture for an hour.
KEPT = {"tenant-css", "tenant-logo", "tickets:preview"}
#: Files are given out under a policy of their own.
SANDBOX = "default-src 'none'; sandbox"
#: A PDF of ours, which a browser's own reader shows with styles of its own; nothing runs.
READER = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline';"
    " base-uri 'none'; frame-ancestors 'none'"
)


#: Headers with the one value that they have everywhere.
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Sources that a policy may name, and directives with the one value that they have.
SOURCES = {"'self'", "'none'", "data:", "blob:"}
POLICY = {
    "default-src": ["'none'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
}


def policy_faults(answer):
    """What the policy of an answer lets in."""
    if answer["Content-Security-Policy"] == SANDBOX:
        return
    if answer["Content-Type"] == "application/pdf":
        yield from [] if answer["Content-Security-Policy"] == READER else ["PDF"]
        return
    parts = answer["Content-Security-Policy"].split(";")
    policy = {p.split()[0]: p.split()[1:] for p in parts if p.split()}
    if not {word for words in policy.values() for word in words} <= SOURCES:
        yield f"the policy lets in {policy}"
    yield from (name for name in POLICY if policy[name] != POLICY[name])


def faults(answer, *, may_be_kept=False):
    """What is wrong with the headers of an answer."""
    yield from policy_faults(answer)
    for name, value in EXPECTED.items():
        if answer.get(name) != value:
            yield f"{name}: {answer.get(name)}"
    if not may_be_kept and "no-store" not in answer.get("Cache-Control", ""):
        yield f"Cache-Control: {answer.get('Cache-Control')}"
    kind = answer.get("Content-Type", "")
    if kind.startswith("text/") and "charset=utf-8" not in kind:
        yield f"Content-Type: {kind}"
    leaks = ("Access-Control-", "Server", "X-Powered-By")
    yield from (name for name in answer.headers if name.startswith(leaks))
    for cookie in answer.cookies.values():
        if not cookie["httponly"] or cookie["samesite"] != "Lax" or cookie["domain"]:
            yield f"cookie {cookie.key}"


@pytest.fixture
def site(zhida, sign_in):
    return Site(zhida, sign_in)


@pytest.mark.parametrize("role", ["admin", "client"])
def test_every_page_and_the_rest_interface_carry_them(zhida, sign_in, role):
    wrong, names = [], set()
    for one in walk(zhida, sign_in, role).seen:
        answer = one.response
        found = list(faults(answer, may_be_kept=one.name in KEPT))
        wrong += [f"{one.url} ({answer.status_code}): {fault}" for fault in found]
        names.add(one.name)
        if one.name == "api" and answer.status_code == 200:
            assert answer["Content-Type"] == "application/json"
    assert wrong == []
    assert {"api", "tickets:attachment", "tickets:preview"} <= names


def explode(*_args, **_values):
    raise RuntimeError("half way")


def refusals(site, monkeypatch):
    """Answers to what is wrong in every way, and to failures of ours."""
    house = site.house
    admin, anybody = site.browser("admin"), Client(HTTP_HOST=house.host)
    wary = Client(HTTP_HOST=house.host, enforce_csrf_checks=True)
    yield admin.get("/nothing-here")
    yield admin.get("/tickets/ZD-2026-999999")
    yield admin.post("/healthz")
    yield wary.post("/language/", {"language": "en"})
    yield anybody.get("/tickets/")
    yield anybody.get("/", headers={"host": "nobody.localhost"})
    yield anybody.get("/", headers={"host": "evil.example"})
    yield anybody.get("/", headers={"host": "a b"})
    yield anybody.get("/healthz")
    yield anybody.get("/", headers={"host": "localhost"})
    yield anybody.get("/static/nothing.js")
    for path in ("me", "nothing", "tickets/x"):
        yield anybody.get(f"/api/v1/{path}")
        yield admin.get(f"/api/v1/{path}")
    yield admin.put("/api/v1/tickets")
    broken = site._sign_in(house, "admin")
    broken.raise_request_exception = False
    monkeypatch.setattr("tickets.views.queue.read.select", explode)
    monkeypatch.setattr("servicedesk.api.people._me", explode)
    yield broken.get("/tickets/")
    yield broken.get("/api/v1/me")


def test_refusals_and_failures_do_too(site, monkeypatch):
    statuses = set()
    for answer in refusals(site, monkeypatch):
        asked = answer.request["PATH_INFO"]
        statuses.add(answer.status_code)
        kept = asked.startswith("/static/")
        assert list(faults(answer, may_be_kept=kept)) == [], asked
    assert statuses >= {200, 302, 400, 401, 403, 404, 405, 500}


@pytest.mark.parametrize(
    "path",
    [
        *(
            ".env",
            ".git/config",
            "admin/",
            "metrics",
            "debug/",
            "ui/",
            "media/",
            "docs/",
        ),
        *(
            "static/../servicedesk/settings.py",
            "static/%2e%2e/manage.py",
            "server-status",
        ),
    ],
)
def test_nothing_of_the_house_lies_open(site, path):
    assert Client(HTTP_HOST=site.house.host).get(f"/{path}").status_code == 404


def test_in_production_cookies_and_transport_are_locked():
    """``check --deploy`` says the rest (tests/local/test_deploy.py)."""
    wanted = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE")
    wanted += ("CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
    wanted += ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT", "DEBUG")
    script = (
        "import json; from servicedesk import settings as s; from people import throttle;"
        "from django.contrib.auth.hashers import Argon2PasswordHasher as Hasher;"
        f"print(json.dumps([getattr(s, n) for n in {wanted}]"
        " + [throttle.DEVICE_COOKIE, Hasher.memory_cost, Hasher.time_cost]))"
    )
    environ = environment_of("web") | {"DJANGO_SETTINGS_MODULE": "servicedesk.settings"}
    setup = "import django; django.setup(); "
    done = subprocess.run(
        [sys.executable, "-c", setup + script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found[:2] == ["__Host-session", "__Host-csrf"]
    assert found[2:5] == [True, True, True]
    assert found[5] >= 365 * 24 * 3600
    assert found[6:9] == [True, True, False]
    assert found[9] == "__Host-device"
    assert found[10] >= 19_456  # kB: what OWASP asks of Argon2id, with two rounds
    assert found[11] >= 2


def test_sessions_are_json_and_hold_no_pickle():
    assert settings.SESSION_ENGINE == "people.sessions"
    serializer = getattr(settings, "SESSION_SERIALIZER", "")
    assert serializer == "django.contrib.sessions.serializers.JSONSerializer"


class Evil:
    """Makes a folder when it is unpickled."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return os.mkdir, (self.place,)


def test_what_redis_gives_back_is_data_and_never_run(tmp_path):
    """Whoever can write to Redis can't make us run what they wrote."""
    place = tmp_path / "ran"
    cache.set("plain", {"a": [1, None, "x"]}, 60)
    cache.set("count", 1, 60)
    assert cache.get("plain") == {"a": [1, None, "x"]}
    assert cache.incr("count") == 2
    redis = cache._cache.get_client(None, write=True)
    redis.set(cache.make_key("evil"), pickle.dumps(Evil(place)))
    assert cache.get("evil") is None
    assert not place.exists()
