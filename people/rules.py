"""Who is told: managers, their deputies, and who is above them. Pure functions.

[A.C] and the domain's "Escalation": a step goes to whoever has the role; an absent person's
deputies are followed up to three steps; if none is present the step goes up at once and the
absent person gets a copy; above the general manager stand the administrators, with an alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

#: How many deputies are asked, one after the other.
DEPUTY_STEPS = 3
NOBODY_HAS_ROLE = "nobody_has_role"
ALL_AWAY = "all_away"

DESK = "desk"
ASSIGNEE = "assignee"
DEDICATED_ENGINEER = "dedicated_engineer"
DEPARTMENT_MANAGER = "department_manager"
GENERAL_MANAGER = "general_manager"
ADMINISTRATOR = "administrator"
DESK_ROLES = frozenset({"agent", "engineer"})


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of the service company. ``is_active`` is false while invited or ended."""

    membership_id: int
    role: str
    department_id: int | None = None
    deputy_id: int | None = None
    is_active: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """When somebody is not there: [starts_at, ends_at)."""

    membership_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One recipient: as what, in whose place; ``copy`` for the absent who only reads it."""

    membership_id: int
    as_role: str
    instead_of: int | None = None
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a level could not take it: ``nobody_has_role`` (set-up) or ``all_away``."""

    role: str
    code: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who is told of a step, which level that is, and what was wrong on the way up.

    ``reached`` is the level that got it, "" when nobody did. ``alarm`` is set when the
    administrators had to be told.
    """

    told: tuple[Told, ...]
    reached: str
    problems: tuple[Problem, ...] = ()
    alarm: bool = False

    @property
    def problem(self) -> str:
        """What was wrong at the level that was asked; "" when it took it."""
        return self.problems[0].code if self.problems else ""

    @property
    def recipients(self) -> tuple[int, ...]:
        """Every membership that gets a message, copies included, each once."""
        return tuple(dict.fromkeys(one.membership_id for one in self.told))


class Staffing:
    """The people of a tenant as loaded for one batch; answers without asking again."""

    def __init__(
        self,
        colleagues: Iterable[Colleague],
        managers: Mapping[int, int | None],
        absences: Iterable[Away] = (),
    ) -> None:
        """``managers`` maps each department to its manager's membership, or to None."""
        self._people = {one.membership_id: one for one in colleagues}
        self._managers = dict(managers)
        self._absences: dict[int, list[Away]] = {}
        for away in absences:
            self._absences.setdefault(away.membership_id, []).append(away)

    def name_of(self, membership_id: int | None) -> str:
        """The name of somebody; "" of nobody, or of one who is no colleague."""
        person = self._people.get(membership_id) if membership_id is not None else None
        return person.name if person else ""

    # -- presence --------------------------------------------------------------------

    def is_present(self, membership_id: int, at: datetime) -> bool:
        """Whether somebody is an active member and not away at an instant."""
        person = self._people.get(membership_id)
        if person is None or not person.is_active:
            return False
        away = self._absences.get(membership_id, ())
        return not any(one.starts_at <= at < one.ends_at for one in away)

    def stand_in(self, membership_id: int, at: datetime) -> int | None:
        """The person if present, else the first present deputy within three steps."""
        for candidate in self._line(membership_id):
            if self.is_present(candidate, at):
                return candidate
        return None

    def _line(self, membership_id: int) -> Iterator[int]:
        seen: set[int] = set()
        current: int | None = membership_id
        while current is not None and current not in seen and len(seen) <= DEPUTY_STEPS:
            seen.add(current)
            yield current
            person = self._people.get(current)
            current = person.deputy_id if person else None

    def _active(self, membership_id: int | None) -> bool:
        person = self._people.get(membership_id) if membership_id is not None else None
        return person is not None and person.is_active

    # -- levels ----------------------------------------------------------------------

    def person(
        self, membership_id: int | None, at: datetime, role: str = ASSIGNEE
    ) -> Resolution:
        """One person or whoever stands in. Goes no higher: the caller asks the next."""
        holders = [membership_id] if membership_id is not None else []
        return self._level(role, holders, at)

    def department_manager(self, department_id: int | None, at: datetime) -> Resolution:
        """The department's manager or deputy; else the general manager, and above."""
        manager = None if department_id is None else self._managers.get(department_id)
        holders = [] if manager is None else [manager]
        found = self._level(DEPARTMENT_MANAGER, holders, at)
        return self._or_up(found, holders, lambda: self.general_manager(at))

    def general_manager(self, at: datetime) -> Resolution:
        """Every general manager or their deputies; else the administrators."""
        holders = self._with_role(GENERAL_MANAGER)
        found = self._level(GENERAL_MANAGER, holders, at)
        return self._or_up(found, holders, self.administrators)

    def administrators(self) -> Resolution:
        """All administrators, present or not, with an alarm: nobody is above them."""
        told = tuple(Told(one, ADMINISTRATOR) for one in self._with_role(ADMINISTRATOR))
        if told:
            return Resolution(told, ADMINISTRATOR, alarm=True)
        problem = Problem(ADMINISTRATOR, NOBODY_HAS_ROLE)
        return Resolution((), "", (problem,), alarm=True)

    def desk_of(self, department_id: int | None, at: datetime) -> Resolution:
        """Everyone present on a department's desk; else its manager, and above.

        The desk are its agents and engineers; without a department it is all agents.
        """
        holders = [
            one.membership_id
            for one in self._people.values()
            if one.is_active and self._on_desk(one, department_id)
        ]
        found = self._desk(holders, at)
        return self._or_up(
            found, (), lambda: self.department_manager(department_id, at)
        )

    def warned(
        self,
        assignee_id: int | None,
        engineer_id: int | None,
        department_id: int | None,
        *,
        at: datetime,
    ) -> Resolution:
        """A warning: the assignee, else the dedicated engineer, else the whole desk."""
        for role, holder in (
            (ASSIGNEE, assignee_id),
            (DEDICATED_ENGINEER, engineer_id),
        ):
            found = self.person(holder, at, role)
            if found.told:
                return found
        return self.desk_of(department_id, at)

    # -- parts -----------------------------------------------------------------------

    def _with_role(self, role: str) -> list[int]:
        return [
            one.membership_id
            for one in self._people.values()
            if one.role == role and one.is_active
        ]

    @staticmethod
    def _on_desk(person: Colleague, department_id: int | None) -> bool:
        if department_id is None:
            return person.role == "agent"
        return person.department_id == department_id and person.role in DESK_ROLES

    def _level(self, role: str, holders: Sequence[int], at: datetime) -> Resolution:
        holders = [one for one in holders if self._active(one)]
        told: dict[int, Told] = {}
        for holder in holders:
            found = self.stand_in(holder, at)
            if found == holder:
                told[found] = Told(found, role)
            elif found is not None:
                told.setdefault(found, Told(found, role, instead_of=holder))
        if told:
            return Resolution(tuple(told.values()), role)
        code = ALL_AWAY if holders else NOBODY_HAS_ROLE
        return Resolution((), "", (Problem(role, code),))

    def _desk(self, holders: Sequence[int], at: datetime) -> Resolution:
        present = [one for one in holders if self.is_present(one, at)]
        if present:
            return Resolution(tuple(Told(one, DESK) for one in present), DESK)
        return self._level(DESK, holders, at)

    def _or_up(
        self,
        found: Resolution,
        holders: Sequence[int],
        above: Callable[[], Resolution],
    ) -> Resolution:
        if found.told:
            return found
        higher = above()
        told = {one.membership_id: one for one in higher.told}
        role = found.problems[0].role
        for holder in holders:
            if self._active(holder):
                told.setdefault(holder, Told(holder, role, copy=True))
        return Resolution(
            told=tuple(told.values()),
            reached=higher.reached,
            problems=found.problems + higher.problems,
            alarm=higher.alarm,
        )


def closes_cycle(
    deputies: Mapping[int, int | None], person: int, deputy: int | None
) -> bool:
    """Whether making ``deputy`` stand in for ``person`` closes a circle, however long."""
    seen: set[int] = set()
    current = deputy
    while current is not None and current not in seen:
        if current == person:
            return True
        seen.add(current)
        current = deputies.get(current)
    return False
