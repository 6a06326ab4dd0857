"""Conversations: one for each customer, every message in its place, nothing across tenants.

I2, I3, I10, R18, R22.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.events import PARTITION_EVENT_TYPES
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene, desk_of


class Threads:
    """Keeps its own account of conversations, their places, and links between addresses."""

    def __init__(self) -> None:
        self._sequence: dict[str, int] = {}
        self._desk: dict[str, DeskKey] = {}
        self._open_at: dict[tuple[str, str, str], str] = {}
        self._active_ms: dict[str, int] = {}
        self._links: dict[DeskKey, set[frozenset[str]]] = {}
        self._opened_now: set[str] = set()

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Every decision about a conversation against the account."""
        desk = desk_of(decision)
        match decision:
            case d.ConversationOpened():
                self._opened(desk, decision, scene.told().now_ms)
            case d.MessageFiled():
                self._check_home(desk, decision)
                self._file(decision, scene.told().now_ms)
            case d.ReplyFiled():
                self._file(decision, scene.told().now_ms)
            case d.ConversationClosed():
                self._close(decision)
            case d.LinkAdded():
                self._links.setdefault(desk, set()).add(frozenset(decision.contact_point_ids))
            case d.LinkRemoved():
                self._links[desk].discard(frozenset(decision.contact_point_ids))
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """What concerns a conversation stays inside its desk (I10)."""
        conversation_id = getattr(decision, "conversation_id", None)
        desk = self._desk.get(conversation_id or "")
        if desk is not None:
            require(desk == desk_of(decision), f"I10: {conversation_id}: {decision.type}")
        event = scene.event
        if event is not None and event.type not in PARTITION_EVENT_TYPES:
            is_here = (event.tenant_id, event.desk_id) == desk_of(decision)
            require(is_here, f"I10: an event of {event.desk_id}: {decision.type}")

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:  # noqa: ARG002 - all desks alike
        """A customer who hung up is waited for by nobody (R18)."""
        self._opened_now.clear()
        event = scene.event
        if (
            event is None
            or not isinstance(event.data, e.ContactEnded)
            or not scene.told().decisions
        ):
            return
        is_refused = isinstance(scene.told().decisions[0], d.EventRefused)
        key = (event.tenant_id, event.desk_id, event.data.contact_point_id)
        require(is_refused or key not in self._open_at, f"R18: {key[2]}: hung up and still open")

    def _opened(self, desk: DeskKey, opened: d.ConversationOpened, now_ms: int) -> None:
        for point in self._same_customer(desk, opened.contact_point_id):
            label = f"R22: {opened.conversation_id}: {point} has one open"
            require((*desk, point) not in self._open_at, label)
        self._open_at[*desk, opened.contact_point_id] = opened.conversation_id
        self._desk[opened.conversation_id] = desk
        self._active_ms[opened.conversation_id] = now_ms
        self._sequence[opened.conversation_id] = 0
        self._opened_now.add(opened.conversation_id)

    def _check_home(self, desk: DeskKey, filed: d.MessageFiled) -> None:
        """Its own address's conversation, else the linked one that was active last."""
        if filed.conversation_id in self._opened_now:
            return
        point = filed.reply_to.contact_point_id
        own = self._open_at.get((*desk, point))
        label = f"R22: {filed.message_id} is filed in {filed.conversation_id}"
        if own is not None:
            require(filed.conversation_id == own, f"{label}, not in its own")
            return
        linked = [
            self._open_at[*desk, other]
            for other in self._same_customer(desk, point)
            if (*desk, other) in self._open_at
        ]
        last = max(linked, key=lambda one: (self._active_ms[one], one), default=None)
        require(filed.conversation_id == last, f"{label}, not in {last}")

    def _same_customer(self, desk: DeskKey, point: str) -> set[str]:
        found, more = {point}, [point]
        while more:
            here = more.pop()
            for link in self._links.get(desk, set()):
                if here in link:
                    new = link - found
                    found |= new
                    more += new
        return found

    def _file(self, filed: d.MessageFiled | d.ReplyFiled, now_ms: int) -> None:
        place = self._sequence.get(filed.conversation_id, -1) + 1
        label = f"I2: {filed.conversation_id}: place {filed.sequence}, not {place}"
        require(filed.sequence == place, label)
        self._sequence[filed.conversation_id] = place
        self._active_ms[filed.conversation_id] = now_ms

    def _close(self, closed: d.ConversationClosed) -> None:
        require(closed.conversation_id in self._sequence, f"I2: {closed.conversation_id}: closed")
        del self._sequence[closed.conversation_id]
        self._open_at = {
            key: one for key, one in self._open_at.items() if one != closed.conversation_id
        }
