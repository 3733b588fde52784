"""The rules of the house that no linter knows. Each message says what to do instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

from deadlines import registry
from servicedesk.lib import pages

ROOT = Path(settings.BASE_DIR)
APPS = [
    "accounts",
    "tenants",
    "activity",
    "people",
    "deadlines",
    "documents",
    "notifications",
    "sla",
    "clients",
    "tickets",
    "reports",
]
#: Lower rooms first: a relation may only point at the same or a lower one.
FLOORS = {
    "accounts": 0,
    "tenants": 1,
    "activity": 2,
    "people": 3,
    "deadlines": 4,
    "documents": 4,
    "notifications": 4,
    "sla": 5,
    "clients": 6,
    "tickets": 7,
    "reports": 9,
}


def modules(*names: str) -> Iterator[tuple[Path, ast.Module]]:
    """The parsed modules of all apps whose file or package has one of the names."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            relative = path.relative_to(ROOT / app)
            if "migrations" in relative.parts:
                continue
            if relative.stem in names or relative.parts[0] in names:
                yield path, ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_services_and_rules_do_not_read_the_clock() -> None:
    clocks = ("timezone.now", "datetime.now", "date.today", "time.time", "database_now")
    found = [
        f"{path.relative_to(ROOT)}:{line} {call}"
        for path, tree in modules("services", "rules", "clock", "engine")
        if "deadlines" not in path.parts and "notifications" not in path.parts
        for line, call in calls(tree)
        if call.endswith(clocks)
    ]
    assert not found, "Take `now` as an argument; it is read once, at the entry point."


def test_views_do_not_write() -> None:
    writes = (".save", ".create", ".bulk_create", ".update_or_create", ".delete")
    found = [
        f"{path.relative_to(ROOT)}:{line} {call}"
        for path, tree in modules("views", "api")
        for line, call in calls(tree)
        if call.endswith(writes)
        and not call.startswith(("request.session", "form", "cache"))
    ]
    assert not found, "A view makes one service call; the service writes."


def test_services_import_no_tasks_and_no_requests() -> None:
    found = []
    for path, tree in modules("services", "engine"):
        for node in ast.walk(tree):
            name = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if name.endswith(".tasks") or name == "django.http":
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}")
    assert not found, "Wake a task by name on commit; take plain values, not a request."


def test_relations_point_down() -> None:
    found = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.local_fields
        if field.is_relation and field.related_model._meta.app_label in FLOORS
        if FLOORS[field.related_model._meta.app_label] > FLOORS[model._meta.app_label]
    ]
    assert not found, "A lower room knows nothing of a higher one."


def test_no_automatic_many_to_many_table() -> None:
    found = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.local_many_to_many
    ]
    assert not found, (
        "Its table would stand outside the wall: write the model in between."
    )


def test_no_default_ordering() -> None:
    found = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        and model._meta.ordering
        and not model.__name__.startswith("Historical")
    ]
    assert not found, "Order where it matters; a default ordering hides in every query."


def test_migrations_import_nothing_of_the_apps() -> None:
    allowed = {"tenants.rls", "tenants.scope", "tenants.models"}
    found = []
    for app in APPS:
        for path in sorted((ROOT / app / "migrations").glob("0*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                name = ""
                if isinstance(node, ast.ImportFrom):
                    name = node.module or ""
                elif isinstance(node, ast.Import):
                    name = node.names[0].name
                if name.endswith(".models"):
                    continue  # fields, choices' classes and managers of models
                if name.partition(".")[0] in APPS and name not in allowed:
                    found.append(f"{path.relative_to(ROOT)}: {name}")
    assert not found, "A migration must work when the app has long changed."


def test_every_view_declares_its_permission() -> None:
    assert pages.check_permissions() == []


def test_a_view_without_a_permission_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def bare() -> None: ...

    monkeypatch.setattr(pages, "all_views", lambda: iter([("bare", bare)]))
    assert [error.id for error in pages.check_permissions()] == ["servicedesk.E001"]


def test_every_kind_of_deadline_has_a_handler() -> None:
    assert registry.kinds() == {"calendar", "departure", "reminder", "ticket"}
    with pytest.raises(LookupError, match="nobody"):
        registry.handler_of("nobody")


def test_every_template_compiles() -> None:
    assert engines["django"]
    names = [
        str(path.relative_to(ROOT / "templates"))
        for path in sorted((ROOT / "templates").rglob("*.*"))
        if path.suffix in {".html", ".txt"}
    ]
    assert len(names) > 50
    for name in names:
        get_template(name)


def test_templates_hold_no_inline_script_or_style() -> None:
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if "mail" in path.stem:
            continue  # read in a mail program, which knows no style sheet of ours
        text = path.read_text()
        for mark in (
            " style=",
            "<style",
            " onclick=",
            " onchange=",
            "javascript:",
            "hx-on",
        ):
            found += [f"{path.relative_to(ROOT)}: {mark.strip()}"] * (mark in text)
        for part in text.split("<script")[1:]:
            tag = part.partition(">")[0]
            if "src=" not in tag and "application/json" not in tag:
                found.append(f"{path.relative_to(ROOT)}: <script> without src")
    assert not found, (
        "The Content-Security-Policy forbids it: use a class, a file, an attribute."
    )
