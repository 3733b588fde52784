"""The lock files: they agree, carry hashes, and name no registry and no machine."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("runtime", "demo", "dev", "uv")
PIN = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text()


def pins(name: str) -> dict[str, str]:
    return {match["name"]: match["version"] for match in PIN.finditer(read(name))}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_registry_and_no_path(name: str) -> None:
    text = read(name)
    found = re.findall(
        r"\w+://\S*|^-\S.*|\bfile:\S*|(?:^|\s)/\S+| @ \S+", text, re.MULTILINE
    )
    assert found == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_of_a_lock_has_a_hash(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", read(name))
    assert len(blocks) > 1 or name == "uv"
    bare = [b.split()[0] for b in blocks if "==" in b and "--hash=sha256:" not in b]
    assert bare == []


@pytest.mark.parametrize(("small", "large"), [("runtime", "demo"), ("demo", "dev")])
def test_a_smaller_lock_is_part_of_the_larger(small: str, large: str) -> None:
    assert pins(small).items() <= pins(large).items()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    wanted = {
        "runtime": project["project"]["dependencies"],
        "demo": groups["demo"],
        "dev": [entry for entry in groups["dev"] if isinstance(entry, str)],
    }
    for lock, entries in wanted.items():
        asked = {re.sub(r"\[.*?\]", "", entry) for entry in entries}
        held = {f"{name}=={version}" for name, version in pins(lock).items()}
        assert asked <= held, "run `make locks`"


def test_the_npm_lock_names_no_registry_and_hashes_every_package() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    wanted = json.loads((ROOT / "package.json").read_text())
    for group in ("dependencies", "devDependencies"):
        for name, version in wanted[group].items():
            assert packages[f"node_modules/{name}"]["version"] == version
