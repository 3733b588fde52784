"""Standards drawn at random: whatever a file may say, in values."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import strategies as st

from servicedesk.lib.bilingual import Text
from sla.rules import (
    ALWAYS,
    Calendar,
    Condition,
    EscalationStep,
    Metric,
    Recipient,
    Severity,
    Standard,
    Start,
    Target,
    Tier,
    WaitReason,
)

keys = st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True)
shown = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=60
).filter(lambda text: text == text.strip())
paragraphs = st.lists(shown, min_size=1, max_size=3).map("\n".join)
names = st.builds(Text, zh=shown, en=shown)
texts = st.builds(Text, zh=paragraphs, en=paragraphs)
limits = st.timedeltas(timedelta(microseconds=1), timedelta(days=400))
#: Every drawn calendar has three hours a week, and ten years are the most a limit may take.
working_limits = st.timedeltas(timedelta(microseconds=1), timedelta(hours=1500))
shares = st.floats(0, 1, exclude_min=True, exclude_max=True, allow_subnormal=False).map(
    lambda share: round(share, 6) or 0.5
).filter(lambda share: 0 < share < 1)  # fmt: skip
seconds = st.integers(0, 86399).map(lambda s: time(s // 3600, s // 60 % 60, s % 60))


@st.composite
def day_windows(draw):
    """Windows that don't overlap; the last one perhaps until midnight."""
    edges = sorted(draw(st.lists(seconds, max_size=6, unique=True)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    if len(edges) % 2 and edges[-1] != time(0):
        pairs.append((edges[-1], time(0)))
    return tuple(pairs)


dates = st.dates(date(2020, 1, 1), date(2040, 12, 31))
whole_day = ((time(0), time(0)),)


@st.composite
def calendars(draw, key):
    windows = st.one_of(day_windows(), st.just(whole_day))
    days = [draw(windows) for _ in range(5)] + [((time(9), time(12)),), ()]
    region = draw(st.sampled_from([None, "CN", "DE-BY"]))
    dated = st.dictionaries(dates, windows, max_size=6)
    holiday = draw(dates)
    run = {holiday + timedelta(days=n): () for n in range(draw(st.integers(0, 400)))}
    return Calendar(
        key=key,
        zone=draw(st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin"])),
        week=tuple(days),
        exceptions=run | draw(dated),
        known_until=draw(dates) if region else draw(st.none() | dates),
        holidays=region,
        make_up_hours=draw(day_windows()) if region else (),
        name=draw(names),
    )


@st.composite
def steps(draw):
    after = sorted(draw(st.lists(limits, min_size=1, max_size=4)))
    names = draw(st.lists(keys, min_size=4, max_size=4, unique=True))
    raising = draw(st.integers(0, 4))
    return tuple(
        EscalationStep(
            key=name,
            after=begin,
            tell=draw(st.sampled_from(Recipient)),
            raise_severity=place == raising,
            every=draw(
                st.none() | limits.map(lambda every: every + timedelta(seconds=1))
            ),
            unless_acknowledged=draw(st.booleans()),
        )
        for place, (name, begin) in enumerate(zip(names, after, strict=False))
    )


def target(draw, key: str, metric: Metric, **more) -> Target:
    values = {
        "limit": draw(limits),
        "measured_from": Start.RECEIVED,
        "warn_at": draw(shares),
        **more,
    }
    return Target(key=key, metric=metric, **values)


@st.composite
def target_lists(draw, calendar_keys):
    """Some targets that go together: the metrics are real, the rest is drawn."""
    calendar = st.sampled_from(calendar_keys)
    on_site, remote = Condition.ON_SITE, Condition.REMOTE
    some = [
        target(draw, "arrival", Metric.ARRIVAL, condition=on_site),
        target(
            draw, "fix_on_site", Metric.RESOLUTION,
            measured_from=Start.ARRIVAL, condition=on_site,
        ),
        target(draw, "fix_remote", Metric.RESOLUTION, condition=remote),
        Target(
            "meeting", Metric.ARRIVAL, timedelta(0), Start.APPOINTMENT,
            condition=on_site, warn_before=draw(limits),
        ),
    ]  # fmt: skip
    if draw(st.booleans()):
        key = draw(
            keys.filter(lambda key: key not in {*map(str, Metric), "fix_on_site"})
        )
        some.append(
            target(
                draw,
                key,
                Metric.FIRST_RESPONSE,
                calendar=draw(calendar),
                limit=draw(working_limits),
            )
        )
        taken = [t.key for t in some]
        if len(set(taken)) != len(taken):
            some.pop()
    if draw(st.booleans()):
        some.append(
            target(
                draw, "part_shipped", Metric.PART_SHIPPED,
                measured_from=Start.PART_REQUESTED, limit=timedelta(days=2),
                warn_at=0.75, warn_before=timedelta(hours=1),
            )
        )  # fmt: skip
    return tuple(draw(st.permutations(some)))


@st.composite
def standards(draw):
    own = [
        key for key in draw(st.lists(keys, max_size=2, unique=True)) if key != "always"
    ]
    known = {"always": ALWAYS} | {key: draw(calendars(key)) for key in own}
    cover = draw(
        st.sampled_from([[{1, 2, 3}], [{1}, {2, 3}], [{3}, {1, 2}], [{2}, {3}, {1}]])
    )
    tier_keys = draw(st.lists(keys, min_size=3, max_size=3, unique=True))
    usual = draw(steps())
    tiers = tuple(
        Tier(
            key=key,
            severities=frozenset(map(Severity, severities)),
            name=draw(names),
            description=draw(texts),
            example=draw(texts),
            targets=draw(target_lists(tuple(known))),
            may_pause=frozenset(draw(st.sets(st.sampled_from(WaitReason)))),
            warn=draw(st.sampled_from(Recipient)),
            escalation=draw(st.one_of(st.just(usual), steps())),
        )
        for key, severities in zip(tier_keys, cover, strict=False)
    )
    return Standard(
        key=draw(keys),
        name=draw(names),
        source=draw(shown),
        tiers=tiers,
        calendars=known,
        backdate_limit=draw(st.timedeltas(timedelta(0), timedelta(days=40))),
        auto_confirm_after=draw(limits),
        reopen_within=draw(st.timedeltas(timedelta(0), timedelta(days=40))),
    )
