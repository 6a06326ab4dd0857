"""Who and what a dialogue has named so far: the desk, connections, offers, conversations."""

from dataclasses import dataclass

from libs.common.contracts import decisions as d
from tests.dialogues.desks import Document, laid_over
from tests.dialogues.telling import Book

NEVER = "never-was"


@dataclass(slots=True)
class Offer:
    """A reservation that was opened for an agent."""

    customer: str
    reservation_id: str
    is_over: bool = False


class Cast:
    """The names of one dialogue and what they stand for."""

    def __init__(self, desk: Document) -> None:
        self.desk = desk
        self.book = Book()
        self.messages = 0
        self.connections: dict[str, str] = {}
        self._conversations: dict[str, str] = {}
        self._work_items: dict[str, str] = {}
        self._offers: dict[str, list[Offer]] = {}

    def change_desk(self, changes: Document) -> None:
        """The administrator edits the document."""
        self.desk = laid_over(self.desk, changes)

    def next_connection(self, agent_id: str) -> str:
        """A name for a new stream of the agent."""
        number = int(self.connections.get(agent_id, "-0").rpartition("-")[2]) + 1
        self.connections[agent_id] = f"{agent_id}-{number}"
        return self.connections[agent_id]

    def conversation(self, customer: str) -> str:
        """The customer's latest conversation, open or not; one that never was for a stranger."""
        return self._conversations.get(customer, NEVER)

    def work_item(self, customer: str) -> str:
        """The customer's latest work item."""
        return self._work_items.get(customer, NEVER)

    def offer(self, agent_id: str, customer: str | None) -> str:
        """The agent's first open offer (of this customer), else the latest that is over."""
        offers = [one for one in self._offers.get(agent_id, []) if customer in (None, one.customer)]
        is_open = next((one for one in offers if not one.is_over), None)
        found = is_open or (offers[-1] if offers else None)
        return found.reservation_id if found is not None else NEVER

    def watch(self, decision: d.AnyDecision) -> None:
        """Remember what the decision named. Called after the book has learned it."""
        if isinstance(decision, d.ConversationOpened):
            self._conversations[self.book.name(decision.conversation_id)] = decision.conversation_id
        elif isinstance(decision, d.ConversationSplit):
            before, new = decision.from_conversation_id, decision.conversation_id
            self._conversations[self.book.name(before)] = before
            self._conversations[self.book.name(new)] = new
        elif isinstance(decision, d.WorkItemQueued):
            self._work_items[self.book.name(decision.work_item_id)] = decision.work_item_id
        elif isinstance(decision, d.ReservationOpened):
            offer = Offer(self.book.name(decision.work_item_id), decision.reservation_id)
            self._offers.setdefault(decision.agent_id, []).append(offer)
        elif isinstance(decision, d.WorkItemAssigned | d.ReservationEnded):
            for offer in self._offers[decision.agent_id]:
                offer.is_over |= offer.reservation_id == decision.reservation_id
