"""One event's turn: what it may look at, and the one way in which it concludes anything.

Each decision is emitted and evolved at once, so that the next one in the same turn sees its effect.
A handler that refuses does so before it emits anything.
"""

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import RefusalReason
from services.router.core.evolve import CHANGES
from services.router.core.state import Key, PartitionState

# A record holds at most 512 decisions (R2). Work that may go on later stops here, which leaves
# room for what one last step of it causes.
DECISIONS_BEFORE_PAUSE = 100
SEQUENCES_PER_EVENT = 1_024


class Refused(Exception):  # noqa: N818 - an outcome of the rules, not an error of anyone's
    """The event is illegal in the present state; nothing was changed."""

    def __init__(
        self, reason: RefusalReason, *, subject_id: str | None = None, detail: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.subject_id = subject_id
        self.detail = detail


class Turn:
    """The state, the event's coordinates, and the decisions so far; `now_ms` is engine time."""

    def __init__(self, state: PartitionState, *, event_id: str, event_offset: int) -> None:
        self.state = state
        self.now_ms = state.now_ms
        self.event_id = event_id
        self.event_offset = event_offset
        self.decisions: list[AnyDecision] = []
        self._freed: dict[Key, None] = {}
        # How many of the decisions were looked at for what they mean to promises.
        self.followed = 0

    @property
    def ordinal(self) -> int:
        """The place that the next decision will have."""
        return len(self.decisions)

    @property
    def is_full(self) -> bool:
        """Whether work that may go on later must (R2)."""
        return len(self.decisions) >= DECISIONS_BEFORE_PAUSE

    def next_sequence(self) -> int:
        """A number for a queued item that grows with the log and is given only once."""
        return self.event_offset * SEQUENCES_PER_EVENT + self.ordinal

    def emit(self, decision: AnyDecision) -> None:
        """Conclude, and see the effect at once."""
        CHANGES[type(decision)](self.state, decision)
        self.decisions.append(decision)

    def free(self, agent: Key) -> None:
        """Remember that this agent has room again: what waits is looked at before the turn ends."""
        self._freed[agent] = None

    def next_freed(self) -> Key | None:
        """The agent who was freed first and not looked at since, or None."""
        first = next(iter(self._freed), None)
        if first is not None:
            del self._freed[first]
        return first
