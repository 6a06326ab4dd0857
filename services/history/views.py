"""What the API answers with: entries, pages, conversations and customers as JSON."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field

from libs.common.contracts.terms import AddressFamily, DeliveryOutcome, ParticipantKind
from libs.common.mongo import Document
from services.history.core.company import agent_id_in


class View(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class AttachmentView(View):
    """A file that came with a message, by reference."""

    name: str
    media_type: str
    size_bytes: int | None = None
    reference: str | None = None


class ContentView(View):
    """What was said. `is_cut` says that the text was longer than the limit."""

    text: str
    subject: str | None = None
    attachments: list[AttachmentView] = []
    is_cut: bool = False


class DeliveryView(View):
    """What became of a reply so far."""

    outcome: DeliveryOutcome
    attempt: int
    detail: str = ""


class EntryView(View):
    """One thing that happened. `kind` is ours where `origin` is `routing`, else the sender's."""

    entry_id: str
    origin: str
    kind: str
    desk_id: str
    appended_at: datetime
    occurred_at: datetime | None = None
    customer_id: str | None = None
    contact_point_id: str | None = None
    channel: str | None = None
    family: AddressFamily | None = None
    address: str | None = None
    name: str | None = None
    conversation_id: str | None = None
    sequence: int | None = None
    agent_id: str | None = None
    content: ContentView | None = None
    delivery: DeliveryView | None = None
    details: dict[str, str | int] = {}
    attributes: dict[str, Any] = {}

    @classmethod
    def of(cls, document: Document) -> Self:
        """The entry that is stored in this document."""
        occurred_ms = document.get("occurred_ms")
        return cls.model_validate(
            {
                **document,
                "appended_at": _at(document["appended_ms"]),
                "occurred_at": None if occurred_ms is None else _at(occurred_ms),
                "attributes": orjson.loads(document.get("attributes", "{}")),
            }
        )


class TimelinePage(View):
    """All that happened to a customer, newest first; `next_cursor` asks for what was before.

    `is_partial` says that more contact points are linked than a timeline takes in.
    """

    customer_id: str
    contact_point_ids: list[str]
    is_partial: bool
    entries: list[EntryView]
    next_cursor: str | None


class ParticipantView(View):
    """Who takes part beside the owner, and as what."""

    agent_id: str
    kind: ParticipantKind


class ConversationView(View):
    """A conversation as it is now. What the log no longer tells is missing.

    `step` counts the stages of relaxation that its wait brought about; `held_for` is the agent for
    whom it is kept while it waits. `merged_into` is the conversation in which it goes on,
    `merged_from` are those that go on in it; `split_from` is the one that it was split from,
    `split_into` are those that were split from it.
    """

    conversation_id: str
    desk_id: str
    state: str | None = None
    work_item_state: str | None = None
    queue_id: str | None = None
    owner_id: str | None = None
    participants: list[ParticipantView] = []
    strict_class: int | None = None
    step: int = 0
    held_for: str | None = None
    customer_id: str | None = None
    contact_point_id: str | None = None
    channel: str | None = None
    last_sequence: int = 0
    merged_into: str | None = None
    merged_from: list[str] = []
    split_from: str | None = None
    split_into: list[str] = []
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    last_at: datetime | None = None

    @classmethod
    def of(cls, document: Document) -> Self:
        """The conversation that is stored in this document."""
        times = {
            f"{name}_at": _at(document[f"{name}_ms"])
            for name in ("opened", "closed", "last")
            if f"{name}_ms" in document
        }
        kinds = document.get("participants", {})
        participants = [
            {"agent_id": agent_id_in(key), "kind": kind}
            for key, kind in sorted(kinds.items())
            if kind is not None
        ]
        threads = {
            "merged_from": sorted(document.get("merged", {})),
            "split_into": sorted(document.get("split", {})),
        }
        return cls.model_validate({**document, **times, **threads, "participants": participants})


class TranscriptPage(View):
    """What was said and decided in one conversation, oldest first."""

    conversation: ConversationView
    entries: list[EntryView]
    next_cursor: str | None


class ContactPointView(View):
    """One address of a customer, as it was last used; less is known of one that only a link
    names.
    """

    contact_point_id: str
    customer_id: str
    family: AddressFamily | None = None
    address: str | None = None
    channel: str | None = None
    name: str | None = None
    last_at: datetime | None = None

    @classmethod
    def of(cls, contact_point_id: str, customer_id: str, latest: Document | None) -> Self:
        """The contact point by its latest entry."""
        seen = {} if latest is None else {**latest, "last_at": _at(latest["appended_ms"])}
        return cls.model_validate(
            {**seen, "contact_point_id": contact_point_id, "customer_id": customer_id}
        )


class CustomerView(View):
    """A customer: every contact point that is linked now."""

    customer_id: str
    contact_points: Annotated[list[ContactPointView], Field(min_length=1)]
    is_partial: bool


def _at(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)
