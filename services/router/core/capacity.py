"""Capacity: which kinds of work an agent has room for.

An agent's load is the sum of what work items hold of it and is kept from the items alone: there
is no second account that could disagree with them. Work comes in few *kinds* (a channel and a
weight). An agent's *room* is a bit mask over kinds, so that asking whether an agent can take an
item is one AND, and agents with equal room are alike for matching.
"""

from collections.abc import Iterable
from typing import NamedTuple

from libs.common.contracts.configuration import ChannelPolicy, DeskConfiguration
from services.router.core.profiles import Profile

LOADS_KNOWN_MAX = 10_000
PERMILLE = 1_000


class Held(NamedTuple):
    """What one item holds of one agent."""

    units: int
    channel: str


class Kind(NamedTuple):
    """A kind of work: a channel at a weight; `bit` is its place in a room."""

    channel: str
    weight: int
    bit: int


class BesideLoad(NamedTuple):
    """What an agent has beside what is held of them: room, units, how full they are."""

    room: int
    free_units: int
    occupied_permille: int


class Kinds:
    """The kinds of work of one desk, and what its channels exclude."""

    def __init__(self, desk: DeskConfiguration | None = None) -> None:
        self._kinds: dict[tuple[str, int], Kind] = {}
        # Agents carry the same few loads again and again: what there is room for beside each.
        self._ever: dict[tuple[Profile, int], int] = {}
        self._beside: dict[tuple[object, int, tuple[Held, ...]], BesideLoad] = {}
        self._desk = desk
        named = sorted(_channels_named(desk)) if desk is not None else []
        kinds = [self.kind_of(channel, self._policy(channel).weight) for channel in named]
        self._lightest = min((kind.weight for kind in kinds), default=1)

    def knows(self, channel: str, weight: int) -> bool:
        """Whether rooms tell of this kind."""
        return (channel, weight) in self._kinds

    def kind_of(self, channel: str, weight: int) -> Kind:
        """The kind of an item; a new one is numbered, and rooms must be computed anew."""
        found = self._kinds.get((channel, weight))
        if found is None:
            found = Kind(channel, weight, 1 << len(self._kinds))
            self._kinds[channel, weight] = found
            self._beside.clear()
            self._ever.clear()
        return found

    def room(self, profile: Profile, *, capacity: int, held: Iterable[Held]) -> int:
        """The kinds that an agent has units, channel room and exclusivity for, as a bit mask."""
        return self.beside(profile, capacity=capacity, held=held).room

    def beside(self, profile: Profile, *, capacity: int, held: Iterable[Held]) -> BesideLoad:
        """What an agent has beside what is held of them."""
        load = tuple([share for share in held if share.units])
        name = (profile.key.channels, capacity, load)
        found = self._beside.get(name)
        if found is None:
            if len(self._beside) >= LOADS_KNOWN_MAX:
                self._beside.clear()
            found = self._beside[name] = self._beside_load(load, profile, capacity)
        return found

    def _beside_load(self, load: tuple[Held, ...], profile: Profile, capacity: int) -> BesideLoad:
        taken = sum([share.units for share in load])
        return BesideLoad(
            self._room_for(capacity - taken, load, profile),
            capacity - taken,
            PERMILLE * taken // capacity if capacity else PERMILLE,
        )

    def _room_for(self, free: int, load: tuple[Held, ...], profile: Profile) -> int:
        if free <= 0:
            return 0
        counts = dict[str, int]()
        for _, channel in load:
            counts[channel] = counts.get(channel, 0) + 1
        room = 0
        for kind in self._kinds.values():
            if kind.weight <= free and self._is_open(kind.channel, profile, counts):
                room |= kind.bit
        return room

    def could_carry(self, profile: Profile, capacity: int, kind: Kind) -> bool:
        """Whether such an agent has room for this kind of work with empty hands."""
        return bool(self.ever(profile, capacity) & kind.bit)

    def ever(self, profile: Profile, capacity: int) -> int:
        """The kinds that such an agent has room for with empty hands, as a bit mask."""
        room = self._ever.get((profile, capacity))
        if room is None:
            room = self._ever[profile, capacity] = self.room(profile, capacity=capacity, held=())
        return room

    def is_heavy(self, channel: str, weight: int) -> bool:
        """Whether lighter or less demanding work could starve this kind (R6).

        By the document alone: what came by so far is not known to a restored state.
        """
        is_exclusive = self._policy(channel).exclusive
        return weight > self._lightest or is_exclusive

    def may_share(self, channel: str, held: str) -> bool:
        """Whether work of this channel may come beside work of the other that is held (R18)."""
        mine, theirs = self._policy(channel), self._policy(held)
        if mine.exclusive and held not in mine.compatible_with:
            return False
        return not theirs.exclusive or channel in theirs.compatible_with

    def _is_open(self, channel: str, profile: Profile, counts: dict[str, int]) -> bool:
        limits = profile.channels
        if limits is not None and counts.get(channel, 0) >= limits.get(channel, 0):
            return False
        return all(self.may_share(channel, other) for other in counts)

    def _policy(self, channel: str) -> ChannelPolicy:
        return self._desk.channel(channel) if self._desk is not None else ChannelPolicy()


def _channels_named(desk: DeskConfiguration) -> set[str]:
    """Every channel that the document mentions; others may come, and weigh 1."""
    named = {*desk.channels, *desk.capacity_weights}
    limits = [agent.channels for agent in desk.agents]
    limits += [group.channels for group in desk.agent_groups]
    named.update(*(channels or () for channels in limits))
    return named.union(*(rule.when.channel for rule in desk.rules))
