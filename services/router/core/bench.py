"""The bench: where each present agent of a desk sits, and the populations they are in."""

from collections import defaultdict
from collections.abc import Iterable

from libs.common.contracts.terms import AgentPolicy
from services.router.core.populations import AgentClass, Counted, Population, Requires, Seat
from services.router.core.profiles import Profile


class Bench:
    """The populations of one desk and the present agents in them.

    An agent who is freed is mostly given other work in the same event, and then sits as before. So
    seats are noted at once and taken in the populations when somebody looks there: at full load
    hardly ever, where moving an agent costs as much as all else that an offer does.
    """

    def __init__(self) -> None:
        self.populations: dict[str, Population] = {}
        self._seats: dict[str, tuple[Profile, Seat]] = {}
        self._taken: dict[str, tuple[Profile, Seat]] = {}
        self._moved: dict[str, None] = {}
        # Agents who serve no queue are in none until somebody asks for everyone.
        self._of_profile: defaultdict[Profile, tuple[Population, ...]] = defaultdict(tuple)

    def open(
        self,
        name: str,
        members: dict[Profile, int],
        *,
        policies: Iterable[AgentPolicy],
        requirements: Iterable[Requires] = (),
    ) -> Population:
        """A new population of so many agents of each profile, divided by what is known of it."""
        population = self.populations[name] = Population(policies)
        for profile, agents in members.items():
            population.configure(profile, agents)
            self._of_profile[profile] = (*self._of_profile[profile], population)
        self._divide(population, requirements)
        return population

    def compare(self, population: Population, policy: AgentPolicy) -> None:
        """Tell a population's agents apart by what this policy looks at, if they are not yet."""
        if policy not in population.policies:
            population.policies.add(policy)
            self._divide(population, ())

    def classes(self, population: Population, requires: Requires) -> list[AgentClass]:
        """The classes of a population that meet a requirement, also one never asked before."""
        self._know(population, requires)
        if self._moved:
            self._take_seats()
        return population.classes(requires)

    def has_room(self, populations: tuple[Population, ...], kind_bit: int) -> bool:
        """Whether anybody in these could take work of this kind, skills aside."""
        if self._moved:
            self._take_seats()
        for population in populations:  # noqa: SIM110 - asked for every arrival: a loop costs half of `any`
            if population.has_room(kind_bit):
                return True
        return False

    def unkept(self, populations: tuple[Population, ...], requires: Requires) -> list[AgentClass]:
        """The classes that meet a requirement and have somebody to keep for a heavy item (R6)."""
        if self._moved:
            self._take_seats()
        return [
            agents
            for population in populations
            if population.unkept
            for agents in self.classes(population, requires)
            if agents.by_free
        ]

    def count(self, population: Population, requires: Requires, kind_bit: int) -> Counted:
        """How many of a population meet a requirement, are present, and have room for the kind.

        Asked with every offer, while one agent is freed and not yet busy again: instead of taking
        the seats for that moment, who moved is counted one by one.
        """
        self._know(population, requires)
        skilled, present, with_room = population.count(requires, kind_bit)
        for agent_id in self._moved:
            for seats, sign in ((self._taken, -1), (self._seats, 1)):
                profile, seat = seats.get(agent_id, (None, None))
                if profile is not None and seat is not None and population.meets(profile, requires):
                    present += sign
                    with_room += sign * bool(seat.room & kind_bit)
        return Counted(skilled, present, with_room)

    def put(self, profile: Profile, seat: Seat) -> None:
        """Seat a present agent, or move them when anything that is looked at has changed."""
        agent_id = seat.idle.agent_id
        self._seats[agent_id] = (profile, seat)
        self._moved[agent_id] = None

    def remove(self, agent_id: str) -> None:
        """The agent is no longer present."""
        if self._seats.pop(agent_id, None) is not None:
            self._moved[agent_id] = None

    def seat_of(self, agent_id: str) -> Seat | None:
        """Where a present agent sits; None for an absent one."""
        found = self._seats.get(agent_id)
        return found[1] if found is not None else None

    def _know(self, population: Population, requires: Requires) -> None:
        """Divide a population by a requirement that it was never asked for."""
        if not population.knows(requires):
            self._divide(population, [requires])

    def _divide(self, population: Population, requirements: Iterable[Requires]) -> None:
        """Anew, and whoever sits there is seated again."""
        population.divide(requirements)
        for profile, seat in self._taken.values():
            if population in self._of_profile[profile]:
                population.put(profile, seat)

    def _take_seats(self) -> None:
        """Let the populations know who sits where now."""
        for agent_id in self._moved:
            before, after = self._taken.get(agent_id), self._seats.get(agent_id)
            if before is not None and after is not None and _is_alike(before, after):
                continue
            if before is not None:
                for population in self._of_profile[before[0]]:
                    population.remove(*before)
                del self._taken[agent_id]
            if after is not None:
                for population in self._of_profile[after[0]]:
                    population.put(*after)
                self._taken[agent_id] = after
        self._moved.clear()


def _is_alike(before: tuple[Profile, Seat], after: tuple[Profile, Seat]) -> bool:
    """Whether nobody who looks can tell: no one compares the idle time of agents without room."""
    (profile, old), (same, new) = before, after
    if profile is not same:
        return False
    return old == new or (not (old.room or new.room) and old.without_room == new.without_room)
