"""The referee: folds each counted record decision by decision, with every judge watching."""

from collections.abc import Callable, Iterable
from typing import Self

from libs.common.contracts import decisions as d
from libs.common.contracts.events import ClockTicked
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.wire import Event
from services.router.core import memory
from services.router.core.engine import Engine
from services.router.core.evolve import evolve
from services.router.core.state import Change
from tests.simulation.routing.choices import Choices
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.loads import Loads
from tests.simulation.routing.scene import Judge, Scene, desk_of
from tests.simulation.routing.times import Times
from tests.simulation.routing.waits import Waits


class Referee:
    """Holds all promises of routing against one log."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.scene = Scene(engine.state)
        self._judges: tuple[Judge, ...] = (Choices(), Loads(), Times(), Waits())

    def fold(self, record: DecisionRecord, event: Event | None, *, has_policies: bool) -> None:
        """Fold the record. Raises BrokenPromiseError at the first decision that breaks one."""
        scene, state = self.scene, self._engine.state
        scene.record, scene.event, scene.has_policies = record, event, has_policies
        state.touched.clear()
        state.now_ms = record.now_ms
        for decision in record.decisions:
            for judge in self._judges:
                judge.before(scene, decision)
            evolve(state, decision)
            scene.take_in(decision)
            for judge in self._judges:
                judge.after(scene, decision)
        is_tick = record.event_type == ClockTicked.type
        if not is_tick and not memory.is_repeat(state, record.event_id):
            memory.remember(state, record.event_id, record.event_offset)
        desks = self._desks(record)
        for judge in self._judges:
            judge.end(scene, desks)

    def _desks(self, record: DecisionRecord) -> list[DeskKey]:
        found = {desk_of(decision) for decision in record.decisions}
        return sorted(key for key in found if key in self.scene.people)
