"""Who is open and who is on shift, by counting minutes, against what the engine goes by (R25)."""

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import Calendar, DeskConfiguration, ShiftEnd
from libs.common.contracts.terms import ShiftPhase as P
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey, is_open
from tests.simulation.routing.openings import Openings, openings_of
from tests.simulation.routing.scene import Scene, desk_of


class Hours:
    """Judges queues' hours and agents' shifts after every tick, and notices when they are said."""

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing is offered from the line of a queue that the engine takes for closed; a colleague
        to whom somebody hands their conversation is there all the same.
        """
        if isinstance(decision, d.ReservationOpened) and decision.why.chosen_for != "transfer":
            queue_id = scene.item(decision.work_item_id).queue_id
            right = is_open(scene.state, desk_of(decision), queue_id)
            require(right, f"R25: {decision.work_item_id} is offered in closed {queue_id}")

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing: a desk is looked at once a record is done."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:  # noqa: ARG002 - a tick is for all
        """A tick leaves nothing as it was that time has changed."""
        first = scene.state.deadlines.first()
        is_behind = first is not None and first.due_ms <= scene.told().now_ms
        if not scene.is_whole_tick() or is_behind:
            return
        for key in sorted(scene.people):
            floor = scene.floor(key)
            calendars = {one.calendar_id: one for one in floor.configuration.calendars}
            if calendars:
                self._check_queues(scene, key, floor.configuration, calendars)
                self._check_shifts(scene, key, floor.configuration, calendars)

    def _check_queues(
        self, scene: Scene, key: DeskKey, desk: DeskConfiguration, calendars: dict[str, Calendar]
    ) -> None:
        now_ms = scene.told().now_ms
        for queue in desk.queues:
            told, right = is_open(scene.state, key, queue.queue_id), True
            if queue.calendar is not None:
                right = openings_of(calendars[queue.calendar], now_ms).is_open(now_ms)
            require(told == right, f"R25: {queue.queue_id} of {key} is open: {told}")

    def _check_shifts(
        self, scene: Scene, key: DeskKey, desk: DeskConfiguration, calendars: dict[str, Calendar]
    ) -> None:
        floor, now_ms = scene.floor(key), scene.told().now_ms
        groups = {one.agent_group_id: one for one in desk.agent_groups}
        for agent in desk.agents:
            ends = [groups[name].shift_end for name in agent.groups]
            end = next((one for one in ends if one is not None), desk.policies.shift_end)
            right = P.ON
            if agent.shift is not None:
                right = _phase(openings_of(calendars[agent.shift], now_ms), end, now_ms)
            phase = floor.agent(agent.agent_id).shift
            require(phase is right, f"R25: {agent.agent_id} of {key}: {phase}, not {right}")


def _phase(openings: Openings, end: ShiftEnd, now_ms: int) -> P:
    """On, near the end, in a break (the shift goes on the same day), or off."""
    if openings.is_open(now_ms):
        closing_ms = openings.next_closing(now_ms)
        if closing_ms is None or _is_break(openings, closing_ms):
            return P.ON
        return P.ENDING if closing_ms - now_ms <= 1_000 * end.nothing_new_before_end_s else P.ON
    return P.BREAK if _is_break(openings, now_ms) else P.OFF


def _is_break(openings: Openings, closed_ms: int) -> bool:
    opening_ms = openings.next_opening(closed_ms)
    goes_on = opening_ms is not None and openings.is_same_day(closed_ms, opening_ms)
    return goes_on and openings.was_open_before(closed_ms)
