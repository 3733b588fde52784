"""Compile every template: a misspelt tag is found before anybody opens the page."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Name each template that does not compile; return an exit code."""
    django.setup()
    engine = engines["django"]
    failures = 0
    for folder in (ROOT / "templates", *sorted(ROOT.glob("*/templates"))):
        for path in sorted(folder.rglob("*")):
            if path.suffix not in {".html", ".txt", ".xml"}:
                continue
            try:
                engine.get_template(str(path.relative_to(folder)))
            except TemplateSyntaxError as error:
                failures += 1
                sys.stdout.write(f"{path.relative_to(ROOT)}: {error}\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
