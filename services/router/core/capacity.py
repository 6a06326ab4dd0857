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


class Held(NamedTuple):
    """What one item holds of one agent."""

    units: int
    channel: str


class Kind(NamedTuple):
    """A kind of work: a channel at a weight; `bit` is its place in a room."""

    channel: str
    weight: int
    bit: int


class Kinds:
    """The kinds of work of one desk, and what its channels exclude.

    `seated` is how many of them the rooms of the seated agents were computed with.
    """

    def __init__(self, desk: DeskConfiguration | None = None) -> None:
        self._kinds: dict[tuple[str, int], Kind] = {}
        self.seated = 0
        self._desk = desk
        names = {*desk.channels, *desk.capacity_weights} if desk is not None else ()
        for channel in sorted(names):
            self.kind_of(channel, self._policy(channel).weight)

    def __len__(self) -> int:
        return len(self._kinds)

    def kind_of(self, channel: str, weight: int) -> Kind:
        """The kind of an item; a new one is numbered, and rooms must be computed anew."""
        found = self._kinds.get((channel, weight))
        if found is None:
            found = Kind(channel, weight, 1 << len(self._kinds))
            self._kinds[channel, weight] = found
        return found

    def room(self, profile: Profile, *, capacity: int, held: Iterable[Held]) -> int:
        """The kinds that an agent has units, channel room and exclusivity for, as a bit mask."""
        free, counts = capacity, dict[str, int]()
        for units, channel in held:
            if units:
                free -= units
                counts[channel] = counts.get(channel, 0) + 1
        if free <= 0:
            return 0
        room = 0
        for kind in self._kinds.values():
            if kind.weight <= free and self._is_open(kind.channel, profile, counts):
                room |= kind.bit
        return room

    def is_heavy(self, kind: Kind) -> bool:
        """Whether lighter or less demanding work could starve this kind (R6)."""
        is_exclusive = self._policy(kind.channel).exclusive
        lightest = min(other.weight for other in self._kinds.values())
        return kind.weight > lightest or (is_exclusive and len(self._kinds) > 1)

    @property
    def has_heavy(self) -> bool:
        """Whether any kind of this desk can starve behind others."""
        return any(self.is_heavy(kind) for kind in self._kinds.values())

    def _is_open(self, channel: str, profile: Profile, counts: dict[str, int]) -> bool:
        limits = profile.channels
        if limits is not None and counts.get(channel, 0) >= limits.get(channel, 0):
            return False
        return all(self._may_share(channel, other) for other in counts)

    def _may_share(self, channel: str, held: str) -> bool:
        """Whether work of this channel may come beside work of the other that is held (R18)."""
        mine, theirs = self._policy(channel), self._policy(held)
        if mine.exclusive and held not in mine.compatible_with:
            return False
        return not theirs.exclusive or channel in theirs.compatible_with

    def _policy(self, channel: str) -> ChannelPolicy:
        return self._desk.channel(channel) if self._desk is not None else ChannelPolicy()
