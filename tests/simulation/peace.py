"""Peace after the faults: everything must be decided, saved, told and done in bounded time."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.simulation.faults import NO_FAULTS
from tests.simulation.oracle import Oracle, require

if TYPE_CHECKING:
    from tests.simulation.world import World

WORK_LEFT = "work is left that somebody could do"


class Peace:
    """What comes after the faults of one world."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._oracle: Oracle = world.oracle
        self._calm: list[bytes] = []

    def settle(self) -> None:
        """Let everybody do what is left. Raises BrokenPromiseError when it takes too long."""
        world = self._world
        world.note("peace")
        world.faults = replace(NO_FAULTS, late_landing=world.faults.late_landing)
        world.revive_all()
        until_ms = world.now_ms + world.kit.settle_ms
        while missing := self._missing():
            promise = f"after the faults end all gets done in time: {missing}"
            require(world.now_ms < until_ms, promise)
            if missing == WORK_LEFT:
                world.hear(self._calm)
            world.step_in_peace()
        for reader in world.readers:
            while reader.is_behind:
                reader.step()
            reader.check(self._oracle)

    def _missing(self) -> str:
        world, oracle = self._world, self._oracle
        if oracle.last_event != len(world.partition.events) - 1:
            return "an event has no record"
        self._calm = world.talk.calm(world.log_ms)
        if self._calm:
            return WORK_LEFT
        deadline_ms = oracle.shadow.next_deadline_ms()
        if deadline_ms is not None and deadline_ms < world.log_ms - world.kit.overdue_ms:
            return "a deadline has not fired"
        if not oracle.letters_due <= world.letters:
            return "a dead letter was forgotten"
        if world.store.position is None or world.store.position.offset != oracle.counted[-1]:
            return "the last record is not saved"
        return ""
