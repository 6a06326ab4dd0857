"""What the people of the desk were told over their sockets, kept for the report and the feed."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from libs.common import clock

Told = Mapping[str, Any]


@dataclass(slots=True)
class Record:
    """All that was heard. `heard_ms` says when an agent's socket first told what an event caused,
    `refused` which of the agents' own events came to nothing; the rest is the supervisor's.
    """

    heard_ms: dict[str, int] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    queued: dict[str, Told] = field(default_factory=dict)
    reservations: dict[str, Told] = field(default_factory=dict)
    assignments: list[Told] = field(default_factory=list)
    completed: set[str] = field(default_factory=set)
    escalations: list[Told] = field(default_factory=list)
    promises: list[Told] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    dead_letters: Counter[str] = field(default_factory=Counter)
    answered_by: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    on_told: Callable[[Told], None] = lambda _: None

    @property
    def open(self) -> int:
        """How many conversations are not over."""
        return len(self.opened) - len(self.completed)

    def agent_hears(self, agent_id: str, message: Told) -> None:  # noqa: ARG002 - who is no matter
        """An agent's socket told something."""
        event_id = str(message["id"]).rpartition(".")[0]
        self.heard_ms.setdefault(event_id, clock.now_ms())
        if message["type"] == "event.refused":
            self.refused.append(event_id)

    async def supervisor_hears(self, message: Told) -> None:
        """The supervisor's socket told something."""
        if self._keeps(message) or self._keeps_alarm(message):
            self.on_told(message)

    def _keeps(self, message: Told) -> bool:
        body = message["body"]
        match message["type"]:
            case "conversation.opened":
                self.opened.add(body["conversation_id"])
            case "work_item.queued":
                self.queued[body["work_item_id"]] = message
            case "reservation.opened":
                self.reservations[body["reservation_id"]] = message
            case "work_item.assigned":
                self.assignments.append(message)
            case "work_item.completed":
                self.completed.add(body["work_item_id"])
            case "event.refused":
                self.dead_letters[body["reason"]] += 1
            case _:
                return False
        return True

    def _keeps_alarm(self, message: Told) -> bool:
        body = message["body"]
        match message["type"]:
            case "escalation.fired" | "escalation.alerted":
                self.escalations.append(message)
            case "escalation.stopped" if body["cause"] == "acknowledged":
                self.acknowledged.add(body["conversation_id"])
            case "sla.at_risk" | "sla.breached" | "sla.met":
                self.promises.append(message)
            case _:
                return False
        return True
