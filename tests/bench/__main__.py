"""``make bench``: fill, measure, print a table. ARGS="--tenants 50 --tickets 50000" for less."""

from __future__ import annotations

import argparse
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

import django

django.setup()

from django.core.management import call_command

from servicedesk.local import assets, translations
from tests.bench import alarms, fill, pages, rest
from tests.bench.figures import Row
from tests.bench.paper import paper


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--tenants", type=int, default=1_000)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--largest", type=int, default=100_000)
    parser.add_argument("--storm", type=int, default=10_000)
    given = parser.parse_args()
    assets.build()
    translations.compile_all()
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", database="owner", verbosity=0)
    fill.owner("TRUNCATE tenants_tenant, accounts_user, deadlines_sweep CASCADE")
    began = time.monotonic()
    levels = [1_000_000, 100_000, 1_000]
    houses = fill.fill(
        tenants=given.tenants,
        tickets=given.tickets,
        largest=given.largest,
        armed=min(given.tickets, given.storm * 8),
        storm=given.storm,
    )
    fill.say(f"filled in {time.monotonic() - began:.0f} s")
    rows = list(measured(houses, levels, given.storm))
    show(rows)
    return 0 if all(row.met for row in rows) else 1


def measured(houses: list[fill.House], levels: list[int], storm: int) -> list[Row]:
    rows: list[Row] = []
    large, small = houses[0], houses[1]

    def add(*found: Row) -> None:
        for row in found:
            fill.say(f"{row.what}: {row.figure}")
            rows.append(row)

    add(*pages.queue_page(large, small))
    add(pages.ticket_page(large))
    add(pages.full_text(large))
    add(pages.dashboard(large))
    add(*pages.weight(large))
    add(*rest.filing(houses[2:]))
    add(*paper())
    bare = alarms.raw_claim(storm)
    add(
        Row(
            f"bare limit: SKIP LOCKED update of {storm:,} rows",
            f"{bare:.2f} s",
            "(no goal)",
            True,
        )
    )
    add(alarms.storm(houses, storm))
    add(alarms.ordinary(houses))
    add(alarms.beside_papers(houses))
    figures = []
    for armed in levels:
        fill.level(armed)
        # Measured is what is armed, not what we have just taken away.
        fill.owner("VACUUM (FULL, ANALYZE) deadlines_deadline")
        figure, row = alarms.idle_sweep(armed)
        figures.append(figure)
        add(row)
    same = max(figures) / min(figures)
    add(
        Row(
            "the same at every number of armed deadlines",
            f"{same:.2f} ×",
            "≤ 2 ×",
            same <= 2,
        )
    )
    return rows


def show(rows: list[Row]) -> None:
    wide = max(len(row.what) for row in rows)
    mid = max(len(row.figure) for row in rows)
    print(f"\n{'what':{wide}}  {'figure':{mid}}  goal")
    for row in rows:
        mark = "met" if row.met else "MISSED"
        print(f"{row.what:{wide}}  {row.figure:{mid}}  {row.goal}  {mark}")


if __name__ == "__main__":
    sys.exit(main())
