"""The real deployment: complete, without a default secret, clean in Django's eyes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from servicedesk.local.places import ROOT
from servicedesk.local.roles import APP, OWNER, SYSTEM

VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?::(?P<how>[?-])(?P<rest>[^}]*))?\}")
SECRET = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|EMAIL_URL")
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
FILLED = {
    "BASE_DOMAIN": "desk.example.com",
    "EMAIL_URL": "smtp+tls://u:p@mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "Service desk <service@example.com>",
}


def value_of(name: str, how: str | None, rest: str | None) -> str:
    if how == "-":
        return rest or ""
    return FILLED.get(
        name, f"{name.lower()}-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF"
    )


def environment_of(service: str) -> dict[str, str]:
    """What Compose would hand to a service, with every variable filled in."""
    return {
        name: VARIABLE.sub(
            lambda m: value_of(m["name"], m["how"], m["rest"]), str(text)
        )
        for name, text in COMPOSE["services"][service]["environment"].items()
    }


def run_with(environ: dict[str, str], *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *argv],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_example_lists_exactly_the_variables_of_the_composition() -> None:
    example = (ROOT / "deploy" / "env.example").read_text()
    listed = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    used = {match["name"] for match in VARIABLE.finditer(TEXT)} - {"VERSION"}
    assert listed == used


def test_nothing_secret_has_a_default() -> None:
    uses = list(VARIABLE.finditer(TEXT))
    assert len(uses) > 10
    lax = {m["name"] for m in uses if SECRET.search(m["name"]) and m["how"] != "?"}
    assert lax == set()


def test_the_example_fills_in_no_secret() -> None:
    example = (ROOT / "deploy" / "env.example").read_text()
    filled = re.findall(r"^(\w+)=\S", example, re.MULTILINE)
    assert [name for name in filled if SECRET.search(name)] == []


def test_only_what_migrates_is_told_the_owners_address() -> None:
    told = [
        name
        for name, service in COMPOSE["services"].items()
        if "DATABASE_OWNER_URL" in (service.get("environment") or {})
    ]
    assert told == ["prepare"]
    users = re.findall(r"postgres://(\w+):", TEXT)
    assert set(users) == {APP, OWNER, SYSTEM, "postgres"}


def test_every_queue_has_a_worker() -> None:
    from django.conf import settings

    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    commands = " ".join(str(s.get("command", "")) for s in COMPOSE["services"].values())
    served = {
        q for part in re.findall(r"--queues (\S+)", commands) for q in part.split(",")
    }
    assert served == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}


def test_the_check_for_deployment_is_clean() -> None:
    done = run_with(
        environment_of("web"),
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    "name",
    [
        *("SECRET_KEY", "BASE_DOMAIN", "REDIS_URL", "EMAIL_URL"),
        *("DATABASE_URL", "DATABASE_SYSTEM_URL"),
    ],
)
def test_a_missing_setting_is_refused_by_name(name: str) -> None:
    environ = environment_of("web")
    del environ[name]
    done = run_with(environ, "manage.py", "check")
    assert done.returncode != 0
    assert f"Setting {name}:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "memcached://x"),
        ("EMAIL_URL", "mail.example.com"),
        ("ENVIRONMENT", "staging"),
        ("DEBUG", "1"),
        ("SECRET_KEY", "short"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(name: str, wrong: str) -> None:
    done = run_with(environment_of("web") | {name: wrong}, "manage.py", "check")
    assert done.returncode != 0
    assert f"Setting {name}:" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_image_takes_no_local_data_along() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    for name in (".env", ".servicedesk", ".venv", ".git", "node_modules", "media"):
        assert name in ignored


def test_continuous_integration_runs_both_commands() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = Path(script).read_text().splitlines()
    assert lines[-2:] == ["make lint", "make test"]
