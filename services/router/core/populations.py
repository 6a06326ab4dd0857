"""Populations: present agents, grouped so that the right one is found without looking at each.

A *population* is whom a line may ask together: the agents of one queue, of one group, or of the
whole desk. Inside it, agents fall into *classes*: those who meet the same of the population's
requirements. Ten thousand distinct profiles are few classes of any one queue. Inside a class,
agents with equal room (and, where the policy looks at it, equal occupancy) share a *row*, longest
idle first. So a match looks at the heads of a few rows.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sortedcontainers import SortedList

from libs.common.contracts.terms import AgentPolicy
from services.router.core.profiles import Profile
from services.router.core.spare import Spare

Requires = tuple[tuple[str, int], ...]


def in_order(requires: dict[str, int]) -> Requires:
    """What is required, by skill: equal needs are equal tuples. Mostly it is nothing, or one."""
    return tuple(requires.items() if len(requires) <= 1 else sorted(requires.items()))


class Idle(NamedTuple):
    """The order among free agents: longest idle first, ties by id (R9)."""

    idle_since_ms: int
    agent_id: str


# After everybody.
NEVER_IDLE = Idle(1 << 62, "")


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
    def without_room(self) -> int | None:
        """What is looked at in an agent without room: whom a heavy item may keep (R6)."""
        return None if self.is_kept else self.free_units


class Row:
    """Agents of one class with equal room and occupancy."""

    __slots__ = ("by_id", "first", "idle", "occupied", "room")

    def __init__(self, room: int, occupied: int, *, is_ring: bool) -> None:
        self.room = room
        self.occupied = occupied
        self.idle: SortedList[Idle] = SortedList()
        # The longest idle: asked of all rows of a population, to find the few that matter.
        self.first = NEVER_IDLE
        self.by_id: SortedList[str] | None = SortedList() if is_ring else None

    def add(self, idle: Idle) -> None:
        """Seat an agent."""
        self.idle.add(idle)
        self.first = min(self.first, idle)
        if self.by_id is not None:
            self.by_id.add(idle.agent_id)

    def remove(self, idle: Idle) -> None:
        """The agent gets up."""
        self.idle.remove(idle)
        if idle == self.first:
            self.first = self.idle[0] if self.idle else NEVER_IDLE
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


class Counted(NamedTuple):
    """How many of a population have the skills, are present too, and have room too."""

    skilled: int
    present: int
    with_room: int


class Population:
    """The agents whom a line may ask together.

    `policies` are those of the lines that ask: whatever these look at besides idle time, agents are
    told apart by.
    """

    def __init__(self, policies: Iterable[AgentPolicy]) -> None:
        self.policies = set(policies)
        self.rooms: dict[int, int] = {}
        self.configured = 0
        # How many may be kept for a heavy item: at full load mostly nobody, which saves looking.
        self.unkept = 0
        self._bits: dict[Requires, int] = {}
        self._classes: dict[tuple[int, Requires], AgentClass] = {}
        self._class_of: dict[Profile, AgentClass] = {}
        self._members: dict[Profile, int] = {}
        self._meeting: dict[Requires, list[AgentClass]] = {}
        self._counted: dict[tuple[Requires, int], Counted] = {}

    def configure(self, profile: Profile, agents: int) -> None:
        """This many agents of the profile belong here, present or not."""
        self._members[profile] = agents
        self.configured += agents

    def knows(self, requires: Requires) -> bool:
        """Whether the classes are divided by this requirement."""
        return requires in self._bits

    def divide(self, requirements: Iterable[Requires]) -> None:
        """Divide the classes by these requirements too, and by what the policies look at; whoever
        is present must be seated again.
        """
        for requires in requirements:
            self._bits.setdefault(requires, 1 << len(self._bits))
        self._classes, self._class_of, self._meeting, self.rooms = {}, {}, {}, {}
        self._counted.clear()
        self.unkept = 0
        skills = sorted({skill for requires in self._bits for skill, _ in requires})
        for profile, agents in self._members.items():
            self._classify(profile, skills).configured += agents

    def put(self, profile: Profile, seat: Seat) -> None:
        """Seat an agent who is not seated."""
        found = self._class_of[profile]
        agent_id = seat.idle.agent_id
        found.present.add(agent_id)
        self._counted.clear()
        if not seat.is_kept:
            spare = found.by_free.get(seat.free_units)
            if spare is None:
                spare = found.by_free[seat.free_units] = Spare()
            spare.add(agent_id, seat.idle.idle_since_ms)
            self.unkept += 1
        if not seat.room:
            return
        self.rooms[seat.room] = self.rooms.get(seat.room, 0) + 1
        key = self._row_of(seat)
        row = found.rows.get(key)
        if row is None:
            row = found.rows[key] = Row(*key, is_ring=AgentPolicy.ROUND_ROBIN in self.policies)
        row.add(seat.idle)

    def remove(self, profile: Profile, seat: Seat) -> None:
        """An agent gets up from this seat."""
        found = self._class_of[profile]
        agent_id = seat.idle.agent_id
        found.present.discard(agent_id)
        self._counted.clear()
        if not seat.is_kept:
            spare = found.by_free[seat.free_units]
            spare.remove(agent_id)
            self.unkept -= 1
            if not spare:
                del found.by_free[seat.free_units]
        if not seat.room:
            return
        self.rooms[seat.room] -= 1
        if not self.rooms[seat.room]:
            del self.rooms[seat.room]
        key = self._row_of(seat)
        row = found.rows[key]
        row.remove(seat.idle)
        if not row.idle:
            del found.rows[key]

    def _row_of(self, seat: Seat) -> tuple[int, int]:
        is_compared = AgentPolicy.LEAST_OCCUPIED in self.policies
        return (seat.room, seat.occupied_permille if is_compared else 0)

    def has_room(self, kind_bit: int) -> bool:
        """Whether anybody here could take work of this kind, skills aside."""
        for room in self.rooms:  # noqa: SIM110 - asked for every arrival: a loop costs half of `any`
            if room & kind_bit:
                return True
        return False

    def classes(self, requires: Requires) -> list[AgentClass]:
        """The classes that meet a known requirement; their order means nothing."""
        found = self._meeting.get(requires)
        if found is None:
            bit = self._bits[requires]
            found = [agents for agents in self._classes.values() if agents.meets & bit]
            self._meeting[requires] = found
        return found

    def count(self, requires: Requires, kind_bit: int) -> Counted:
        """How many meet a known requirement. Until somebody moves, the answer stays the same."""
        counted = self._counted.get((requires, kind_bit))
        if counted is None:
            skilled = present = with_room = 0
            for agents in self.classes(requires):
                skilled += agents.configured
                present += len(agents.present)
                for row in agents.rows.values():
                    if row.room & kind_bit:
                        with_room += len(row.idle)
            counted = self._counted[requires, kind_bit] = Counted(skilled, present, with_room)
        return counted

    def meets(self, profile: Profile, requires: Requires) -> bool:
        """Whether agents of the profile belong here and meet a known requirement."""
        found = self._class_of.get(profile)
        return found is not None and bool(found.meets & self._bits[requires])

    def _classify(self, profile: Profile, skills: list[str]) -> AgentClass:
        meets = sum(bit for requires, bit in self._bits.items() if profile.has_skills(requires))
        levels: Requires = ()
        if AgentPolicy.MOST_PROFICIENT in self.policies:
            levels = tuple((skill, profile.skills.get(skill, 0)) for skill in skills)
        found = self._classes.get((meets, levels))
        if found is None:
            found = self._classes[meets, levels] = AgentClass(meets, dict(levels))
        self._class_of[profile] = found
        return found
