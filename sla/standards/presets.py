"""The standards that ship with the platform: one YAML file each in ``sla/presets``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from sla.holidays import HolidayTable, library
from sla.rules import Standard
from sla.standards.loader import load_standard

_SUFFIX = ".yaml"


class UnknownPresetError(LookupError):
    """There is no preset of that key. ``known`` lists those that there are."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.known = preset_keys()
        super().__init__(f"no preset {key}; known: {', '.join(self.known)}")


@cache
def preset_keys() -> tuple[str, ...]:
    """The keys of all presets, in order. A preset's key is its file's name."""
    names = (entry.name for entry in files("sla.presets").iterdir())
    return tuple(sorted(n.removesuffix(_SUFFIX) for n in names if n.endswith(_SUFFIX)))


def preset_text(key: str) -> str:
    """The file of a preset. Raises :class:`UnknownPresetError`."""
    if key not in preset_keys():
        raise UnknownPresetError(key)
    return files("sla.presets").joinpath(key + _SUFFIX).read_text(encoding="utf-8")


def load_preset(
    key: str, *, holidays: Mapping[str, HolidayTable] | None = None
) -> Standard:
    """A preset as a standard, with the library's holidays unless others are given."""
    regions = library() if holidays is None else holidays
    return load_standard(preset_text(key), holidays=regions)
