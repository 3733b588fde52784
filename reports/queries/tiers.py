"""Promises by the tier that made them: a tier belongs to a standard, whatever its version."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from reports.queries.promises import Figure, Promise
from sla.models import StandardVersion, in_language
from sla.rules import Standard
from sla.services import standards_of
from tickets.queries.words import METRIC_ORDER


@dataclass(frozen=True, slots=True)
class TierFigures:
    """One tier of one standard, with a figure for each of its metrics."""

    standard: int
    tier: str
    name: str
    metrics: list[tuple[str, Figure]]


def by_tier(figures: dict[Promise, Figure]) -> list[TierFigures]:
    """The figures of each tier, in the order of standards, tiers and the work.

    Versions of one standard count together. The standard is named where there are several.
    """
    standard_of = _standards({version for version, _tier, _metric in figures})
    found: dict[tuple[int, str], dict[str, Figure]] = defaultdict(dict)
    for (version, tier, metric), figure in figures.items():
        metrics = found[standard_of[version][0], tier]
        metrics.setdefault(metric, Figure()).add(figure)
    names = _names(standard_of)
    several = len({standard for standard, _tier in found}) > 1
    return [
        TierFigures(
            standard=key[0],
            tier=key[1],
            name=_title(names[key], several=several),
            metrics=sorted(
                metrics.items(), key=lambda one: METRIC_ORDER.get(one[0], 99)
            ),
        )
        for key, metrics in sorted(
            found.items(), key=lambda one: (names[one[0]][0], names[one[0]][2])
        )
    ]


def _title(names: tuple[str, str, int], *, several: bool) -> str:
    standard, tier, _place = names
    return f"{standard} · {tier}" if several else tier


def tier_name(standard: int, tier: str) -> str:
    """What a tier of a standard is called in the newest version that has it."""
    versions = StandardVersion.objects.filter(standard_id=standard)
    said = _standards(set(versions.values_list("pk", flat=True)))
    return _names(said).get((standard, tier), ("", tier, 0))[1]


def _standards(versions: set[int]) -> dict[int, tuple[int, Standard]]:
    """Version → (its standard's id, what it says), the oldest first."""
    rows = StandardVersion.objects.filter(pk__in=versions).order_by("number")
    owners = dict(rows.values_list("pk", "standard_id"))
    said = standards_of(owners)
    return {pk: (owner, said[pk]) for pk, owner in owners.items()}


def _names(
    standards: dict[int, tuple[int, Standard]],
) -> dict[tuple[int, str], tuple[str, str, int]]:
    """(standard, tier) → (name of the standard, of the tier, the tier's place in it)."""
    return {
        (owner, tier.key): (
            in_language(zh=standard.name.zh, en=standard.name.en),
            in_language(zh=tier.name.zh, en=tier.name.en),
            place,
        )
        for owner, standard in standards.values()
        for place, tier in enumerate(standard.tiers)
    }
