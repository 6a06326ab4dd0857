"""Which faults a run has, in which order, to whom: all of it from one seed."""

import random
from dataclasses import dataclass
from enum import StrEnum

FIRST_REPLICAS = ("router-0", "router-1", "router-2")
PAUSE_S = (1.0, 4.0)


class Kind(StrEnum):
    """What happens to a replica."""

    KILL = "kill -9, back at once"
    KILL_LATE = "kill -9, back after the session"
    KILL_TWO = "kill -9 two at once, back at once"
    FREEZE = "freeze for longer than the session"
    FREEZE_AND_KILL = "freeze one, meanwhile kill -9 another"
    END = "end in order, back at once"
    ADD = "add a replica"
    REMOVE = "remove a replica"


WITH_TWO_VICTIMS = frozenset({Kind.KILL_TWO, Kind.FREEZE_AND_KILL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault. `pause_s` is how long all is left alone before it; `other` is a second victim."""

    kind: Kind
    replica_id: str
    other: str = ""
    pause_s: float = 1.0

    @property
    def victims(self) -> tuple[str, ...]:
        """Everybody whom it hurts."""
        return (self.replica_id, self.other) if self.other else (self.replica_id,)

    def __str__(self) -> str:
        victims = " and ".join(self.victims)
        return f"{self.kind}: {victims}, {self.pause_s:.1f} s after the one before"


def plan(seed: int, faults: int) -> tuple[Fault, ...]:
    """The faults of a run, the same for the same seed: every kind once before any comes again,
    over three replicas or four.
    """
    rng = random.Random(seed)
    members, planned, waiting = list(FIRST_REPLICAS), [], list[Kind]()
    for number in range(faults):
        if not waiting:
            waiting = list(Kind)
            rng.shuffle(waiting)
        kind = _possible(waiting.pop(), members)
        replica_id, other = rng.sample(members, 2)
        if kind is Kind.ADD:
            replica_id = f"router-{len(FIRST_REPLICAS) + number}"
            members.append(replica_id)
        if kind is Kind.REMOVE:
            members.remove(replica_id)
        planned.append(
            Fault(
                kind=kind,
                replica_id=replica_id,
                other=other if kind in WITH_TWO_VICTIMS else "",
                pause_s=rng.uniform(*PAUSE_S),
            )
        )
    return tuple(planned)


def _possible(kind: Kind, members: list[str]) -> Kind:
    """Three replicas are the fewest and four the most: what is drawn first adds."""
    if kind in (Kind.ADD, Kind.REMOVE):
        return Kind.ADD if len(members) == len(FIRST_REPLICAS) else Kind.REMOVE
    return kind
