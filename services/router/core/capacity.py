"""Capacity: which agents are present, with how many free units, and idle since when.

An agent's load is the sum of what the work items hold of it, and is kept from the items alone:
there is no second account that could disagree with them.
"""

from typing import NamedTuple

from sortedcontainers import SortedList

from libs.common.contracts.configuration import AgentConfiguration
from services.router.core.entities import Agent


class Profile(NamedTuple):
    """What agents with equal queues and skills have in common."""

    queues: tuple[tuple[str, int], ...]
    skills: tuple[tuple[str, int], ...]


class Idle(NamedTuple):
    """The order among free agents: longest idle first, ties by id."""

    idle_since_ms: int
    agent_id: str


def profile_of(agent: AgentConfiguration) -> Profile:
    """The profile of a configured agent."""
    return Profile(tuple(sorted(agent.queues.items())), tuple(sorted(agent.skills.items())))


class Bench:
    """The present agents of one desk by profile and free units."""

    def __init__(self) -> None:
        self._free: dict[Profile, dict[int, SortedList[Idle]]] = {}
        self._present: dict[Profile, set[str]] = {}
        self._seats: dict[str, tuple[Profile, int, Idle]] = {}

    def put(self, agent: Agent, *, profile: Profile, free_units: int) -> None:
        """Seat a present agent; moves the agent when units or idle time have changed."""
        idle = Idle(agent.idle_since_ms, agent.agent_id)
        if self._seats.get(agent.agent_id) == (profile, free_units, idle):
            return
        self.remove(agent.agent_id)
        self._seats[agent.agent_id] = (profile, free_units, idle)
        self._present.setdefault(profile, set()).add(agent.agent_id)
        if free_units > 0:
            by_units = self._free.setdefault(profile, {})
            by_units.setdefault(free_units, SortedList()).add(idle)

    def remove(self, agent_id: str) -> None:
        """The agent is no longer present."""
        seat = self._seats.pop(agent_id, None)
        if seat is None:
            return
        profile, free_units, idle = seat
        self._present[profile].discard(agent_id)
        if free_units > 0:
            row = self._free[profile][free_units]
            row.remove(idle)
            if not row:
                del self._free[profile][free_units]

    def free_units(self, agent_id: str) -> int:
        """How many units a present agent has free; 0 for an absent one."""
        seat = self._seats.get(agent_id)
        return max(seat[1], 0) if seat else 0

    def with_room(self, profile: Profile, weight: int) -> list["SortedList[Idle]"]:
        """Rows of agents of this profile that can take the weight, each longest idle first."""
        rows = self._free.get(profile, {})
        return [row for units, row in rows.items() if units >= weight]

    def present(self, profile: Profile) -> set[str]:
        """The present agents of this profile, busy ones included; their order means nothing."""
        return self._present.get(profile, set())
