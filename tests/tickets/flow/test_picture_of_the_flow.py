"""The picture of a whole flow can be read: words stand beside each other, never on each other."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.utils import translation

from tickets.flows import load_flow, shipped_text
from tickets.queries.flow_map import draw_flow

FLOW = load_flow(shipped_text())


def meet(one, other):
    """Whether two areas (left, top, right, bottom) have a part in common."""
    across = min(one[2], other[2]) > max(one[0], other[0])
    return across and min(one[3], other[3]) > max(one[1], other[1])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_words_stand_on_other_words_or_on_a_box(language):
    with translation.override(language):
        drawn = draw_flow(FLOW)
    said = [edge for edge in drawn.edges if edge.words]
    assert len(said) > 12
    for one, other in combinations(said, 2):
        assert not meet(one.area, other.area), (one.words, other.words)
    for edge in said:
        for box in drawn.boxes:
            area = (box.x, box.y, box.x + box.width, box.y + box.height)
            assert not meet(edge.area, area), (edge.words, box.lines)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_step_is_called_by_its_whole_name(language):
    with translation.override(language):
        drawn = draw_flow(FLOW)
    names = {" ".join(text for _x, _y, text in box.lines) for box in drawn.boxes}
    assert not [name for name in names if "…" in name]
