"""The referee: folds each counted record decision by decision, with every judge watching."""

from libs.common.contracts.events import ClockTicked
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.wire import Event, decode_event
from libs.common.errors import UnprocessableError
from services.router.core import memory
from services.router.core.evolve import evolve
from tests.simulation.oracle import require
from tests.simulation.routing.blocks import Blocks
from tests.simulation.routing.choices import Choices
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.hours import Hours
from tests.simulation.routing.levels import Levels
from tests.simulation.routing.loads import Loads
from tests.simulation.routing.merges import Merges
from tests.simulation.routing.notices import Notices
from tests.simulation.routing.offers import Offers
from tests.simulation.routing.overdue import Overdue
from tests.simulation.routing.promises import Promises
from tests.simulation.routing.queues import Queues
from tests.simulation.routing.scene import Judge, Scene, desk_of
from tests.simulation.routing.silences import Silences
from tests.simulation.routing.sleepers import Sleepers
from tests.simulation.routing.threads import Threads
from tests.simulation.routing.times import Times
from tests.simulation.routing.waits import Waits
from tests.simulation.upgraded import UPGRADED, VulnerableEngine

FULLY_CHECKED_EVERY = 50


class Referee:
    """Holds all promises of routing against one log."""

    def __init__(self, engine: VulnerableEngine) -> None:
        self._engine = engine
        self._records = 0
        self.scene = Scene(engine.state)
        self._judges: tuple[Judge, ...] = (
            Blocks(),
            Choices(),
            Hours(),
            Levels(),
            Loads(),
            Merges(),
            Notices(),
            Offers(),
            Overdue(),
            Promises(),
            Queues(),
            Silences(),
            Sleepers(),
            Threads(),
            Times(),
            Waits(),
        )

    def hear(self, record: DecisionRecord, value: bytes | None, release: str) -> None:
        """Fold a record of the log that this release decided about this event."""
        try:
            event = decode_event(value)
        except UnprocessableError:
            event = None
        self.fold(record, event, has_policies=release != str(UPGRADED))
        self._engine.follow()
        self._records += 1
        if self._records % FULLY_CHECKED_EVERY == 0:
            is_marked = self._engine.canonical_hash() == self._engine.full_hash()
            require(is_marked, "every change of the state is marked for the next save")

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
