"""What must hold between the parts of a standard: who covers what, and what starts when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from servicedesk.lib.textfile.problems import Problems
from sla.rules import (
    PART_METRICS,
    Condition,
    Metric,
    Severity,
    Start,
    Target,
    Tier,
)

#: The two kinds of work a target can apply to. An undecided visit is remote (rule 8).
_REMOTE, _ON_SITE = Condition.REMOTE, Condition.ON_SITE
_APPLIES: Mapping[Condition, frozenset[Condition]] = {
    Condition.ALWAYS: frozenset({_ON_SITE, _REMOTE}),
    _ON_SITE: frozenset({_ON_SITE}),
    _REMOTE: frozenset({_REMOTE}),
}
_ON_SITE_METRICS = frozenset({Metric.DISPATCH, Metric.ARRIVAL})
_ON_SITE_STARTS = frozenset({Start.VISIT_REQUESTED, Start.APPOINTMENT})


def check_tiers(tiers: Sequence[Tier], problems: Problems) -> None:
    """Notes what is wrong between tiers, and between the targets of each."""
    _check_severities(tiers, problems)
    for tier in tiers:
        _TierCheck(tier, problems).run()


def _check_severities(tiers: Sequence[Tier], problems: Problems) -> None:
    owner: dict[Severity, str] = {}
    for tier in tiers:
        path = f"tiers.{tier.key}.severities"
        for severity in sorted(tier.severities):
            if severity in owner:
                word, other = severity.name.lower(), owner[severity]
                problems.add(path, "severity_twice", severity=word, tier=other)
            owner.setdefault(severity, tier.key)
    unread = any(not tier.severities for tier in tiers) or not tiers
    for severity in Severity:
        if severity not in owner and not unread:
            word = severity.name.lower()
            problems.add("tiers", "severity_missing", severity=word)


class _TierCheck:
    """The targets of one tier, looked at together."""

    def __init__(self, tier: Tier, problems: Problems) -> None:
        self._path = f"tiers.{tier.key}.targets"
        self._targets = tier.targets
        self._problems = problems
        #: Where a target could not be read, the others may rest on it.
        self._whole = not problems.any_under(self._path)

    def run(self) -> None:
        for target in self._targets:
            self._check_metric(target)
            self._check_start(target)
        self._check_cycles()
        for one, other in combinations(self._targets, 2):
            self._check_pair(one, other)

    def _check_metric(self, target: Target) -> None:
        path = f"{self._path}.{target.key}"
        metric, start = target.metric, target.measured_from
        if metric in _ON_SITE_METRICS and target.condition is _REMOTE:
            self._problems.add(
                f"{path}.when", "metric_without_visit", metric=metric.value
            )
        if start is Start.PART_REQUESTED and metric not in PART_METRICS:
            self._problems.add(f"{path}.from", "part_start")

    def _check_start(self, target: Target) -> None:
        path = f"{self._path}.{target.key}.from"
        start = target.measured_from
        covered = _APPLIES[_ON_SITE] if start in _ON_SITE_STARTS else None
        if start.value in set(Metric):
            sources = [t for t in self._targets if t.metric.value == start.value]
            covered = frozenset[Condition]().union(
                *(_APPLIES[source.condition] for source in sources)
            )
        if covered is None or not self._whole:
            return
        if not covered:
            self._problems.add(path, "start_absent", start=start.value)
        elif not covered >= _APPLIES[target.condition]:
            self._problems.add(path, "start_not_covered", start=start.value)

    def _check_cycles(self) -> None:
        told: set[frozenset[str]] = set()
        for kind in (_ON_SITE, _REMOTE):
            for cycle in _cycles(self._edges(kind)):
                if frozenset(cycle) not in told:
                    told.add(frozenset(cycle))
                    self._tell_cycle(cycle)

    def _edges(self, kind: Condition) -> dict[str, list[str]]:
        """Metric → what it is measured from, for one kind of work."""
        edges: dict[str, list[str]] = {}
        for target in self._targets:
            if kind in _APPLIES[target.condition]:
                starts = edges.setdefault(target.metric.value, [])
                starts.append(target.measured_from.value)
        return edges

    def _tell_cycle(self, cycle: list[str]) -> None:
        pair = cycle[0], cycle[1 % len(cycle)]
        key = next(
            t.key
            for t in self._targets
            if (t.metric.value, t.measured_from.value) == pair
        )
        shown = " → ".join([*cycle, cycle[0]])
        self._problems.add(f"{self._path}.{key}.from", "start_cycle", cycle=shown)

    def _check_pair(self, one: Target, other: Target) -> None:
        if one.metric is not other.metric:
            return
        by_appointment = [t.measured_from is Start.APPOINTMENT for t in (one, other)]
        if one.metric is Metric.ARRIVAL and sum(by_appointment) == 1:
            return  # within two hours, or at the appointment where one was agreed
        if _APPLIES[one.condition] & _APPLIES[other.condition]:
            path = f"{self._path}.{other.key}"
            metric = one.metric.value
            self._problems.add(path, "metric_twice", metric=metric, other=one.key)


def _cycles(edges: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """A cycle for each group of metrics measured from each other, smallest name first."""
    for first in sorted(edges):
        trail = _way_back(edges, first)
        if trail is not None and min(trail) == first:
            yield trail


def _way_back(edges: Mapping[str, Sequence[str]], first: str) -> list[str] | None:
    """The shortest way from a metric back to itself."""
    trails = [[first]]
    seen: set[str] = set()
    while trails:
        trail = trails.pop(0)
        for start in edges.get(trail[-1], ()):
            if start == first:
                return trail
            if start not in seen:
                seen.add(start)
                trails.append([*trail, start])
    return None
