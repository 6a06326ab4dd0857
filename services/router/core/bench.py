"""The bench: present agents, grouped so that the right one is found without looking at each.

A *population* is whom a line may ask together: the agents of one queue, of one group, or of the
whole desk. Inside it, agents fall into *classes*: those who meet the same of the population's
requirements. Ten thousand distinct profiles are few classes of any one queue. Inside a class,
agents with equal room (and, where the policy looks at it, equal occupancy) share a *row*, longest
idle first. So a match looks at the heads of a few rows.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sortedcontainers import SortedList

from services.router.core.profiles import Profile
from services.router.core.spare import Spare

Requires = tuple[tuple[str, int], ...]


class Idle(NamedTuple):
    """The order among free agents: longest idle first, ties by id (R9)."""

    idle_since_ms: int
    agent_id: str


class Seat(NamedTuple):
    """All that the bench knows of a present agent. Units may be negative: over the limit.

    An agent who is kept for a heavy item has no room for anything else.
    """

    idle: Idle
    room: int
    free_units: int
    occupied_permille: int
    is_kept: bool

    @property
    def without_idle(self) -> tuple[int, int, bool]:
        """What is looked at in an agent without room."""
        return (self.room, self.free_units, self.is_kept)


class Row:
    """Agents of one class with equal room and occupancy."""

    __slots__ = ("by_id", "idle", "occupied", "room")

    def __init__(self, room: int, occupied: int, *, is_ring: bool) -> None:
        self.room = room
        self.occupied = occupied
        self.idle: SortedList[Idle] = SortedList()
        self.by_id: SortedList[str] | None = SortedList() if is_ring else None

    def add(self, idle: Idle) -> None:
        """Seat an agent."""
        self.idle.add(idle)
        if self.by_id is not None:
            self.by_id.add(idle.agent_id)

    def remove(self, idle: Idle) -> None:
        """The agent gets up."""
        self.idle.remove(idle)
        if self.by_id is not None:
            self.by_id.remove(idle.agent_id)

    def in_ring(self) -> SortedList[str]:
        """The agents by id. Kept where a queue's policy goes round, else made for the asking."""
        if self.by_id is not None:
            return self.by_id
        return SortedList(idle.agent_id for idle in self.idle)


class AgentClass:
    """Agents of one population who meet the same requirements; `levels` only where compared."""

    __slots__ = ("by_free", "configured", "levels", "meets", "present", "rows")

    def __init__(self, meets: int, levels: dict[str, int]) -> None:
        self.meets = meets
        self.levels = levels
        self.configured = 0
        self.present: set[str] = set()
        self.rows: dict[tuple[int, int], Row] = {}
        # Whom a heavy item may keep, by free units (R6).
        self.by_free: dict[int, Spare] = {}

    def proficiency(self, requires: Requires) -> int:
        """The sum of levels in the skills that are asked for."""
        return sum(self.levels.get(skill, 0) for skill, _ in requires)


class Looks(NamedTuple):
    """What the policies of the lines that ask a population look at, besides idle time."""

    occupancy: bool = False
    levels: bool = False
    ring: bool = False
    free: bool = False


class Population:
    """The agents whom a line may ask together."""

    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.rooms: dict[int, int] = {}
        self.configured = 0
        self._bits: dict[Requires, int] = {}
        self._classes: dict[tuple[int, Requires], AgentClass] = {}
        self._class_of: dict[Profile, AgentClass] = {}
        self._members: dict[Profile, int] = {}

    def configure(self, profile: Profile, agents: int) -> None:
        """This many agents of the profile belong here, present or not."""
        self._members[profile] = agents
        self.configured += agents

    def knows(self, requires: Requires) -> bool:
        """Whether the classes are divided by this requirement."""
        return requires in self._bits

    def divide(self, requirements: list[Requires]) -> None:
        """Divide the classes by these requirements too; whoever is present must be seated again."""
        for requires in requirements:
            self._bits.setdefault(requires, 1 << len(self._bits))
        self._classes, self._class_of, self.rooms = {}, {}, {}
        skills = sorted({skill for requires in self._bits for skill, _ in requires})
        for profile, agents in self._members.items():
            self._classify(profile, skills).configured += agents

    def put(self, profile: Profile, seat: Seat) -> None:
        """Seat an agent who is not seated."""
        found = self._class_of[profile]
        agent_id = seat.idle.agent_id
        found.present.add(agent_id)
        if self.looks.free and not seat.is_kept:
            spare = found.by_free.get(seat.free_units)
            if spare is None:
                spare = found.by_free[seat.free_units] = Spare()
            spare.add(agent_id, seat.idle.idle_since_ms)
        if not seat.room:
            return
        self.rooms[seat.room] = self.rooms.get(seat.room, 0) + 1
        key = (seat.room, seat.occupied_permille if self.looks.occupancy else 0)
        row = found.rows.get(key)
        if row is None:
            row = found.rows[key] = Row(*key, is_ring=self.looks.ring)
        row.add(seat.idle)

    def remove(self, profile: Profile, seat: Seat) -> None:
        """An agent gets up from this seat."""
        found = self._class_of[profile]
        agent_id = seat.idle.agent_id
        found.present.discard(agent_id)
        if self.looks.free and not seat.is_kept:
            spare = found.by_free[seat.free_units]
            spare.remove(agent_id)
            if not spare:
                del found.by_free[seat.free_units]
        if not seat.room:
            return
        self.rooms[seat.room] -= 1
        if not self.rooms[seat.room]:
            del self.rooms[seat.room]
        key = (seat.room, seat.occupied_permille if self.looks.occupancy else 0)
        row = found.rows[key]
        row.remove(seat.idle)
        if not row.idle:
            del found.rows[key]

    def has_room(self, kind_bit: int) -> bool:
        """Whether anybody here could take work of this kind, skills aside."""
        for room in self.rooms:  # noqa: SIM110 - asked for every arrival: a loop costs half of `any`
            if room & kind_bit:
                return True
        return False

    def classes(self, requires: Requires) -> Iterator[AgentClass]:
        """The classes that meet a known requirement; their order means nothing."""
        bit = self._bits[requires]
        return (found for found in self._classes.values() if found.meets & bit)

    def _classify(self, profile: Profile, skills: list[str]) -> AgentClass:
        meets = sum(bit for requires, bit in self._bits.items() if profile.has_skills(requires))
        levels: Requires = ()
        if self.looks.levels:
            levels = tuple((skill, profile.skills.get(skill, 0)) for skill in skills)
        found = self._classes.get((meets, levels))
        if found is None:
            found = self._classes[meets, levels] = AgentClass(meets, dict(levels))
        self._class_of[profile] = found
        return found


class Bench:
    """The populations of one desk and the present agents in them."""

    def __init__(self) -> None:
        self.populations: dict[str, Population] = {}
        self._seats: dict[str, tuple[Profile, Seat]] = {}
        self._of_profile: dict[Profile, tuple[Population, ...]] = {}

    def join(self, profile: Profile, names: list[str], *, agents: int) -> None:
        """Agents of this profile belong to these populations."""
        for name in names:
            self.populations[name].configure(profile, agents)
        self._of_profile[profile] = tuple(self.populations[name] for name in names)

    def classes(self, population: Population, requires: Requires) -> Iterator[AgentClass]:
        """The classes of a population that meet a requirement, also one never asked before."""
        if not population.knows(requires):
            population.divide([requires])
            for profile, seat in self._seats.values():
                if population in self._of_profile[profile]:
                    population.put(profile, seat)
        return population.classes(requires)

    def put(self, profile: Profile, seat: Seat) -> None:
        """Seat a present agent, or move them when anything that is looked at has changed."""
        agent_id = seat.idle.agent_id
        before = self._seats.get(agent_id)
        if before is not None and before[0] is profile:
            old = before[1]
            is_same = old == seat
            # Nobody compares the idle time of an agent without any room.
            is_alike = not (old.room or seat.room) and old.without_idle == seat.without_idle
            if is_same or is_alike:
                self._seats[agent_id] = (profile, seat)
                return
        self.remove(agent_id)
        self._seats[agent_id] = (profile, seat)
        for population in self._of_profile[profile]:
            population.put(profile, seat)

    def remove(self, agent_id: str) -> None:
        """The agent is no longer present."""
        found = self._seats.pop(agent_id, None)
        if found is None:
            return
        for population in self._of_profile[found[0]]:
            population.remove(*found)

    def seat_of(self, agent_id: str) -> Seat | None:
        """Where a present agent sits; None for an absent one."""
        found = self._seats.get(agent_id)
        return found[1] if found is not None else None
