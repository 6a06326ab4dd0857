"""Conversations: one for each customer, every message in its place, nothing across tenants.

I2, I3, I10, R18, R22.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.events import PARTITION_EVENT_TYPES
from services.router.core.entities import Desk
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
        self._also_at: dict[tuple[str, str, str], list[str]] = {}
        self._home: dict[str, str] = {}
        # What may be reopened: until when, after which place, of which address it is the last.
        self._until_ms: dict[str, int] = {}
        self._ended_at: dict[str, int] = {}
        self._last_closed: dict[tuple[str, str, str], str] = {}

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:  # noqa: C901 - one case each
        """Every decision about a conversation against the account."""
        desk = desk_of(decision)
        match decision:
            case d.ConversationOpened():
                self._opened(scene, desk, decision)
            case d.ConversationsMerged():
                self._merge(desk, decision)
            case d.ConversationReopened():
                self._reopened(desk, decision, scene.told().now_ms)
            case d.ReopeningEnded():
                self._ended(desk, decision, scene.told().now_ms)
            case d.MessageFiled():
                self._check_home(desk, decision)
                self._file(decision, scene.told().now_ms)
            case d.ReplyFiled():
                self._file(decision, scene.told().now_ms)
            case d.ConversationClosed():
                self._close(scene, decision)
            case d.LinkAdded() | d.LinkRemoved():
                self._link(desk, decision)
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

    def _opened(self, scene: Scene, desk: DeskKey, opened: d.ConversationOpened) -> None:
        now_ms = scene.told().now_ms
        if scene.event is not None and isinstance(scene.event.data, e.SplitRequested):
            key = (*desk, opened.contact_point_id)
            require(key in self._open_at, f"R21: {opened.conversation_id}: split from nothing")
            self._also_at.setdefault(key, []).append(opened.conversation_id)
            self._begin(desk, opened, now_ms)
            return
        for point in self._same_customer(desk, opened.contact_point_id):
            label = f"R22: {opened.conversation_id}: {point} has one open"
            require((*desk, point) not in self._open_at, label)
            closed = self._last_closed.get((*desk, point))
            may_go_on = closed is not None and now_ms < self._until_ms.get(closed, 0)
            require(not may_go_on, f"R23: {opened.conversation_id}: {closed} could go on")
        self._open_at[*desk, opened.contact_point_id] = opened.conversation_id
        self._begin(desk, opened, now_ms)

    def _begin(self, desk: DeskKey, opened: d.ConversationOpened, now_ms: int) -> None:
        self._home[opened.conversation_id] = opened.contact_point_id
        self._desk[opened.conversation_id] = desk
        self._active_ms[opened.conversation_id] = now_ms
        self._sequence[opened.conversation_id] = 0
        self._opened_now.add(opened.conversation_id)

    def _merge(self, desk: DeskKey, merged: d.ConversationsMerged) -> None:
        """What is written to the merged one's addresses goes on in the survivor (R21)."""
        survivor, other = merged.conversation_id, merged.merged_conversation_id
        is_open = survivor in self._sequence and other in self._sequence
        require(is_open, f"R21: {other} into {survivor}: not both are open")
        require(self._desk[survivor] == self._desk[other] == desk, f"I10: {other} merged")
        del self._sequence[other]
        for key in [key for key, one in self._open_at.items() if one == other]:
            self._open_at[key] = survivor
        for key, also in self._also_at.items():
            replaced = [survivor if one == other else one for one in also]
            here = self._open_at[key]
            self._also_at[key] = [one for one in dict.fromkeys(replaced) if one != here]
        self._active_ms[survivor] = max(self._active_ms[survivor], self._active_ms[other])

    def _link(self, desk: DeskKey, told: d.LinkAdded | d.LinkRemoved) -> None:
        links = self._links.setdefault(desk, set())
        is_new = isinstance(told, d.LinkAdded)
        (links.add if is_new else links.discard)(frozenset(told.contact_point_ids))

    def _reopened(self, desk: DeskKey, reopened: d.ConversationReopened, now_ms: int) -> None:
        """Only within its window, after its last place, where nothing is open (R23)."""
        conversation_id = reopened.conversation_id
        label = f"R23: {conversation_id} is reopened"
        require(now_ms < self._until_ms.pop(conversation_id, 0), f"{label} after its time")
        require(self._ended_at.pop(conversation_id) == reopened.sequence, f"{label} elsewhere")
        for point in self._same_customer(desk, reopened.contact_point_id):
            require((*desk, point) not in self._open_at, f"{label} beside an open one")
        key = (*desk, reopened.contact_point_id)
        require(self._last_closed.pop(key) == conversation_id, f"{label} for another address")
        self._open_at[key] = conversation_id
        self._active_ms[conversation_id] = now_ms
        self._sequence[conversation_id] = reopened.sequence
        self._opened_now.add(conversation_id)

    def _ended(self, desk: DeskKey, ended: d.ReopeningEnded, now_ms: int) -> None:
        """Once, and not before its time."""
        until_ms = self._until_ms.pop(ended.conversation_id, now_ms + 1)
        require(until_ms <= now_ms, f"R23: {ended.conversation_id}: can go on no more")
        del self._ended_at[ended.conversation_id]
        key = (*desk, ended.contact_point_id)
        if self._last_closed.get(key) == ended.conversation_id:
            del self._last_closed[key]

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

    def _close(self, scene: Scene, closed: d.ConversationClosed) -> None:
        conversation_id = closed.conversation_id
        require(conversation_id in self._sequence, f"I2: {conversation_id}: closed")
        until_ms = _reopen_until_ms(scene, closed)
        require(closed.reopen_until_ms == until_ms, f"R23: {conversation_id}: its window")
        place = self._sequence.pop(conversation_id)
        asked = scene.event.data if scene.event is not None else None
        if isinstance(asked, e.CloseRequested) and asked.after_sequence is not None:
            is_read = place <= asked.after_sequence
            require(is_read, f"R17: {conversation_id}: closed over what came meanwhile")
        self._leave(conversation_id)
        key = (*desk_of(closed), self._home[conversation_id])
        self._last_closed.pop(key, None)
        if until_ms is not None:
            self._last_closed[key] = conversation_id
        if until_ms is not None:
            self._until_ms[conversation_id] = until_ms
            self._ended_at[conversation_id] = place

    def _leave(self, conversation_id: str) -> None:
        """It is open nowhere; where others were split off, the first of them takes its place."""
        for also in self._also_at.values():
            if conversation_id in also:
                also.remove(conversation_id)
        for key in [key for key, one in self._open_at.items() if one == conversation_id]:
            also = self._also_at.get(key, [])
            if also:
                self._open_at[key] = also.pop(0)
            else:
                del self._open_at[key]
                self._also_at.pop(key, None)


def _reopen_until_ms(scene: Scene, closed: d.ConversationClosed) -> int | None:
    """By the document in force: the queue's own window, else the desk's."""
    desk = desk_of(closed)
    if closed.outcome:
        return None
    within_s = scene.state.need(Desk, *desk).configuration.policies.reopen_within_s
    queue = scene.queue_or_none(desk, closed.conversation_id)
    if queue is not None and queue.reopen_within_s is not None:
        within_s = queue.reopen_within_s
    return scene.told().now_ms + 1_000 * within_s if within_s else None
