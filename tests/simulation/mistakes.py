"""All planted mistakes, each with a seed on which the simulation finds it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from libs.common.decision_log import LogContradictionError
from tests.simulation import planted as protocol
from tests.simulation.kits import KITS
from tests.simulation.oracle import BrokenPromiseError
from tests.simulation.routing import planted_capacity as capacity
from tests.simulation.routing import planted_flow as flow
from tests.simulation.routing import planted_levels as levels
from tests.simulation.routing import planted_promises as promises
from tests.simulation.routing import planted_times as times
from tests.simulation.world import World

FOUND_WITHIN_SEEDS = 200
FINDS = (BrokenPromiseError, LogContradictionError)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One planted mistake, a seed that finds it, and the engine and steps it is found with."""

    plant: protocol.Patches
    seed: int
    engine: str = "tiny"
    steps: int = 1_500

    def world(self, seed: int) -> World:
        """The world in which to look for it."""
        return World(seed, steps=self.steps, kit=KITS[self.engine])


IN_THE_PROTOCOL = (
    Mistake(protocol.save_on_ack, 58),
    Mistake(protocol.no_tail_reader, 2),
    Mistake(protocol.hole_counted, 1),
    Mistake(protocol.hole_stops, 1),
    Mistake(protocol.start_from_committed, 0),
    Mistake(protocol.reader_forgets_number, 5),
    Mistake(protocol.no_op_without_record, 0),
    Mistake(protocol.late_epoch_ignored, 14),
    Mistake(protocol.same_producer, 1),
    Mistake(protocol.tick_deduplicated, 0),
    Mistake(protocol.application_resends, 1),
    Mistake(protocol.epoch_ignored_by_a_reader, 10),
)
IN_ROUTING = {
    capacity.capacity_released_twice: 0,
    capacity.parked_for_nothing: 1,
    capacity.exclusive_beside_others: 0,
    capacity.channel_limits_ignored: 0,
    capacity.decision_from_dict_order: 1,
    capacity.lost_ageing: 0,
    capacity.stale_offer_accepted: 2,
    capacity.only_the_first_below_a_refused_head: 1,
    capacity.no_capacity_hold: 0,
    flow.refusal_forgotten: 0,
    flow.refusals_never_go_round: 0,
    flow.step_applied_twice: 33,
    flow.steps_do_not_add_up: 0,
    flow.rank_before_class: 2,
    flow.escalation_fires_again: 0,
    flow.others_still_asked: 29,
    flow.refusal_resets_idleness: 46,
    flow.freed_and_not_filled: 1,
    flow.away_and_still_asked: 0,
    flow.links_forgotten: 5,
    flow.ring_stands_still: 51,
    flow.weights_without_memory: 0,
    flow.repeat_decided_again: 0,
    flow.closed_over_what_came: 0,
}
IN_PROMISES = {
    promises.pause_forgets_the_remainder: 1,
    promises.fires_again_after_a_restart: 0,
    promises.escalates_after_completion: 0,
    promises.answer_forgotten: 0,
    levels.repeat_counted_from_when_it_was_due: 0,
    levels.level_without_its_delay: 0,
    levels.acknowledgement_forgotten: 1,
    levels.levels_forgotten_by_a_restart: 0,
    levels.clocks_forgotten_by_a_restart: 0,
}
IN_TIME = {
    times.wrong_daylight_saving_edge: 0,
    times.holiday_in_the_wrong_zone: 4,
    times.breaks_count_as_open: 0,
    times.timer_from_the_wall_clock: 0,
    times.promises_count_at_night: 0,
    times.transfer_keeps_the_old_calendar: 7,
    times.shift_never_ends: 0,
    times.something_new_to_the_last_minute: 10,
    times.queue_stays_open: 0,
    times.opening_fills_nobody: 9,
}
MISTAKES: dict[str, Mistake] = {
    mistake.plant.__name__: mistake
    for mistake in (
        *IN_THE_PROTOCOL,
        *(Mistake(plant, seed, "real", 2_000) for plant, seed in IN_ROUTING.items()),
        *(Mistake(plant, seed, "promising", 2_000) for plant, seed in IN_PROMISES.items()),
        *(Mistake(plant, seed, "timed", 2_000) for plant, seed in IN_TIME.items()),
    )
}


def find(name: str) -> int | None:
    """The first seed that finds a mistake; None when none of the first 200 does."""
    with planted(name):
        for seed in range(FOUND_WITHIN_SEEDS):
            try:
                MISTAKES[name].world(seed).run()
            except FINDS:
                return seed
    return None


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Run with this mistake in place."""
    with ExitStack() as stack:
        MISTAKES[name].plant(stack)
        yield
