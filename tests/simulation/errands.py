"""What a process sends off besides its records: it may get lost, and so may the answer."""

from typing import TYPE_CHECKING

from services.router.core import ownership_effects as e
from services.router.core.ownership import Takeover
from tests.simulation import workload
from tests.simulation.oracle import require

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.world import World


def carry_dead_letter(
    world: "World", process: "Process", machine: Takeover, effect: e.SendDeadLetter
) -> None:
    """Carry it to the dead letters, perhaps, and perhaps say so."""
    offset = effect.event_offset

    def carry() -> None:
        is_lost = world.strikes(world.faults.outcome_lost)
        if not is_lost or world.strikes(0.5):
            require(offset in world.oracle.letters_due, "dead letters derive from counted ones")
            world.letters.add(offset)
        answer = machine.dead_letter_failed if is_lost else machine.dead_letter_acked
        process.tell(machine, lambda: answer(offset))

    world.send_off(carry)


def carry_tick(
    world: "World", process: "Process", machine: Takeover, effect: e.PublishTick
) -> None:
    """Append the tick to the events, perhaps, and say so if it failed."""

    def append() -> None:
        is_lost = world.strikes(world.faults.outcome_lost)
        if not is_lost or world.strikes(0.5):
            value = workload.tick(effect.event_id, effect.owner, world.log_ms)
            world.partition.events.append((world.log_ms, value))
            world.note("tick", id=effect.event_id)
        if is_lost:
            process.tell(machine, machine.tick_failed)

    world.send_off(append)
