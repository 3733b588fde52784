"""Tests talk to a real PostgreSQL, as the application's role, and to a real Redis."""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from django.test import Client
from django.utils import translation

from tests.sessions import Watch
from tests.world import House, World, build_world

# The same algorithm as in production, made cheap: hundreds of tests sign in.
Argon2PasswordHasher.time_cost = 1
Argon2PasswordHasher.memory_cost = 8
Argon2PasswordHasher.parallelism = 1

#: How pytest-xdist tells the scheduler to which group a test belongs.
GROUPED = re.compile(r"@\w+$")
# Once Playwright has begun, an event loop runs in this thread for good, and Django would keep
# a second set of connections for whatever runs beside it; the first would never be closed.
connections._connections = threading.local()


def pytest_configure() -> None:
    """Each process of a parallel run has a Redis database of its own: clearing it is its own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0)
    cache = settings.CACHES["default"]
    place, _sign, _number = cache["LOCATION"].rpartition("1")
    cache["LOCATION"] = f"{place}{2 + worker}"
    # Every test client makes the middleware anew: it must not list all files each time.
    settings.WHITENOISE_AUTOREFRESH = True
    gc.set_threshold(100_000, 20, 20)  # a twentieth of the time went into looking


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test with a database may also use the alias of the system's role."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        options = dict(mark.kwargs) if mark else {}
        if mark or {"db", "zhida"} & set(getattr(item, "fixturenames", ())):
            options.setdefault("databases", ["default", "system", "owner"])
            item.add_marker(pytest.mark.django_db(**options), append=False)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tests that share a site must go to one worker: refuse to run where they would not.

    What was imported is never garbage again.
    """
    gc.collect()
    gc.freeze()
    if not getattr(session.config.option, "loadgroup", False):
        return
    for item in session.items:
        if item.get_closest_marker("xdist_group") and not GROUPED.search(item.nodeid):
            message = f"pytest-xdist has forgotten the group of {item.nodeid}"
            raise pytest.UsageError(message)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Create the test database as its owner; the application's role could not."""
    app = connections["default"].settings_dict
    owner = connections["owner"].settings_dict
    app["_APP"] = {key: app[key] for key in ("USER", "PASSWORD")}
    for key in ("USER", "PASSWORD"):
        app[key] = owner[key]


def _make_database(request: pytest.FixtureRequest, *, keep: bool) -> None:
    """Migrate once for all workers of a parallel run: the first, and the others copy it."""
    default = connections["default"]
    make = partial(
        default.creation.create_test_db,
        verbosity=0,
        autoclobber=True,
        serialize=False,
        keepdb=keep,
    )
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        make()
        return
    base = default.settings_dict["TEST"]["NAME"].removesuffix(f"_{worker}")
    folder = request.getfixturevalue("tmp_path_factory").getbasetemp().parent
    migrated: Path = folder / "migrated"
    with (folder / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not migrated.exists():
            default.settings_dict["TEST"]["NAME"] = base
            make()
            migrated.touch()
        default.settings_dict["NAME"] = base
        default.creation.clone_test_db(suffix=worker, verbosity=0)
    default.settings_dict["NAME"] = f"{base}_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_use_migrations: bool,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """A database of the test's own, migrated as the owner, used as the application.

    All aliases are pointed at it by hand: a mirrored or forgotten alias would keep its real
    name, and a test would write into real data.
    """
    default = connections["default"]
    real = default.settings_dict["NAME"]
    with django_db_blocker.unblock():
        _make_database(request, keep=django_db_keepdb and not django_db_createdb)
        name = default.settings_dict["NAME"]
        assert name.startswith("test_")
        assert name != real
        with default.cursor() as cursor:
            # Transactional tests end with TRUNCATE, which the application may not do.
            cursor.execute("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO sd_app")
            cursor.execute("GRANT UPDATE ON ALL SEQUENCES IN SCHEMA public TO sd_app")
        default.close()
        default.settings_dict.update(default.settings_dict["_APP"])
        for alias in connections:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
            if alias != "default":
                # One flush, by the application, empties it for all; the others may not.
                connections[alias].settings_dict["TEST"]["MIRROR"] = "default"
        settings.DATABASES["default"]["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        with closing(Watch()) as watch:
            watch.end()  # each was told of already; the database must go all the same
        if not django_db_keepdb:
            owner = connections["owner"]
            owner.settings_dict["NAME"] = name
            owner.creation.destroy_test_db(real, verbosity=0)


@pytest.fixture(scope="session")
def session_watch(django_db_setup: None) -> Iterator[Watch]:
    """Sees who is connected to the database of this process's tests."""
    watch = Watch()
    yield watch
    watch.close()


@pytest.fixture(autouse=True)
def _no_session_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A connection that a test leaves open fails that test, and not whoever comes last."""
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    watch: Watch = request.getfixturevalue("session_watch")
    yield
    if left := watch.left():
        pytest.fail(f"{request.node.nodeid} left sessions open: {dict(left)}")


@pytest.fixture(scope="session", autouse=True)
def _committed_world(django_db_setup: None, django_db_blocker: Any) -> World:
    """The world, committed once: other connections and processes see it too."""
    with django_db_blocker.unblock():
        return _build()


_cache: dict[str, bytes] = {}


def _build() -> World:
    from tenants.hosts import forget_tenants

    forget_tenants()
    world = build_world()
    _cache["world"] = pickle.dumps(world)
    return world


@pytest.fixture
def world(request: pytest.FixtureRequest, django_db_blocker: Any) -> World:
    """Two tenants with one person per role; built again after a transactional test."""
    from tenants.models import Tenant

    with django_db_blocker.unblock():
        alive = Tenant.objects.using("system").filter(slug="zhida").exists()
        if not alive:
            _build()
    # What a test sets on these objects is rolled back in the database, but not in them.
    copied: World = pickle.loads(_cache["world"])  # noqa: S301  (our own, a moment ago)
    return copied


@pytest.fixture
def zhida(world: World, db: None) -> Iterator[House]:
    """The tenant of most tests, with its scope open."""
    with world.zhida.scope():
        yield world.zhida


@pytest.fixture
def sign_in() -> Callable[[House, str], Client]:
    """A browser in which a person of a tenant is signed in."""

    def open_browser(house: House, name: str) -> Client:
        browser = Client(SERVER_NAME=house.host, HTTP_HOST=house.host)
        browser.force_login(house.people[name].user)
        session = browser.session
        session["tenant_id"] = house.tenant.pk
        session.save()
        return browser

    return open_browser


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """The language of one test's last request is not that of the next test."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Nothing remembered by one test is known to the next."""
    from django.core.cache import cache

    from sla.services import forget_standards
    from tenants.hosts import forget_tenants
    from tickets.engine.flows import forget_flows

    yield
    cache.clear()
    forget_tenants()
    forget_flows()
    forget_standards()  # a flush gives their numbers to others
