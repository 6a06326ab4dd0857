"""What the memory's API promises its readers."""

from dataclasses import replace

import pytest
from pydantic import JsonValue

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import DeliveryOutcome, Role
from libs.common.identifiers import customer_id_of
from tests.unit.services.history.builders import (
    ANN,
    ANN_MAIL,
    CONVERSATION,
    address,
    assigned,
    closed,
    delivery,
    linked,
    message,
    opened,
    queued,
    reply,
)
from tests.unit.services.history.fakes import FakeReads
from tests.unit.services.history.logs import order_event
from tests.unit.services.history.reading_room import get, ids_of, memory_of

TIMELINE = f"/v1/customers/{customer_id_of(ANN)}/timeline"
MAIL_TIMELINE = f"/v1/customers/{customer_id_of(ANN_MAIL)}/timeline"
TRANSCRIPT = f"/v1/conversations/{CONVERSATION}/transcript"
STORY: list[list[AnyDecision]] = [
    [opened(), message(1), queued()],
    [assigned()],
    [reply(2)],
    [delivery(DeliveryOutcome.DELIVERED)],
    [replace(message(3), reply_to=address(ANN_MAIL))],
    [closed()],
]
SAID = ["message/msg-1", "message/rep-1", "message/msg-3"]


def story(*more: list[AnyDecision]) -> FakeReads:
    """Ann's conversation and her order."""
    return memory_of([*STORY, *more], [order_event()])


async def test_timeline_shows_everything_of_the_contact_point_newest_first() -> None:
    """Messages, replies, beginnings, ends and orders; no notes about who took care."""
    answer = await get(story(), TIMELINE)

    kinds = [entry["kind"] for entry in answer.json()["entries"]]
    assert kinds == ["conversation_closed", "reply", "message", "conversation_opened", "order"]
    assert answer.json()["next_cursor"] is None


async def test_linked_contact_points_have_one_timeline() -> None:
    """Whichever of them is asked for."""
    linked_story = story([linked()])

    one, other = await get(linked_story, TIMELINE), await get(linked_story, MAIL_TIMELINE)

    assert ids_of(one) == ids_of(other)
    assert "message/msg-3" in ids_of(one)
    assert set(one.json()["contact_point_ids"]) == {ANN, ANN_MAIL}


async def test_unlinked_contact_points_have_their_own() -> None:
    """Each only what it carried."""
    assert ids_of(await get(story(), MAIL_TIMELINE)) == ["message/msg-3"]
    assert "message/msg-3" not in ids_of(await get(story(), TIMELINE))


@pytest.mark.parametrize("limit", [1, 2, 5, 200])
async def test_pages_together_are_the_whole_timeline(limit: int) -> None:
    """No gap, no double, whatever the page size; the last page says that it is the last."""
    memory, found, cursor = story(), list[str](), None

    for _ in range(6):
        answer = await get(memory, TIMELINE, limit=limit, cursor=cursor)
        found += ids_of(answer)
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break

    assert found == ids_of(await get(memory, TIMELINE))
    assert cursor is None


async def test_timeline_is_filtered_by_kind_and_channel() -> None:
    """Several values of one filter widen it, two filters narrow."""
    memory = story([linked()])

    assert ids_of(await get(memory, TIMELINE, kind=["order", "reply"])) == [
        "message/rep-1",
        "event/order-1",
    ]
    assert ids_of(await get(memory, TIMELINE, channel="email")) == ["message/msg-3"]
    assert ids_of(await get(memory, TIMELINE, channel="email", kind="order")) == []


async def test_customer_event_comes_back_as_it_was_sent() -> None:
    """Attributes may be any JSON, beyond what the database can hold."""
    attributes: dict[str, JsonValue] = {
        "total": 2**63,
        "deep": {"$set": [{"a.b": None}]},
        "text": "\u0000 \U0001f600",
    }
    memory = memory_of([], [order_event(attributes=attributes)])

    (entry,) = (await get(memory, TIMELINE)).json()["entries"]

    assert entry["attributes"] == attributes
    assert entry["details"] == {"summary": "two books"}
    assert entry["occurred_at"] == "2023-11-14T22:13:20Z"


async def test_transcript_shows_what_was_said_and_decided_in_order() -> None:
    """Messages over all channels, replies with their delivery, notes between."""
    answer = await get(story(), TRANSCRIPT)

    entries = answer.json()["entries"]
    assert [entry["kind"] for entry in entries] == [
        "conversation_opened",
        "message",
        "queued",
        "assigned",
        "reply",
        "message",
        "conversation_closed",
    ]
    assert [entry["sequence"] for entry in entries if entry["sequence"]] == [1, 2, 3]
    assert entries[4]["delivery"]["outcome"] == "delivered"
    assert answer.json()["conversation"]["state"] == "closed"
    assert answer.json()["conversation"]["owner_id"] == "ada"


async def test_transcript_is_paged_forwards() -> None:
    """The cursor goes on where the page ended."""
    first = await get(story(), TRANSCRIPT, limit=5)
    second = await get(story(), TRANSCRIPT, limit=5, cursor=first.json()["next_cursor"])

    assert [i for i in ids_of(first) + ids_of(second) if i in SAID] == SAID
    assert second.json()["next_cursor"] is None


async def test_customer_is_found_by_any_spelling_of_the_address() -> None:
    """The address is brought into the form that its contact point was made from."""
    answer = await get(
        story([linked()]), "/v1/customers", family="email", address=" Ann@Example.COM "
    )

    assert answer.json()["customer_id"] == customer_id_of(ANN_MAIL)
    points = {point["contact_point_id"]: point for point in answer.json()["contact_points"]}
    assert points[ANN]["address"] == "1001"
    assert points[ANN]["name"] is None
    assert points[ANN_MAIL]["channel"] == "email"


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/v1/customers/cus_unknown/timeline", {}),
        (f"/v1/customers/{ANN}/timeline", {}),
        (f"/v1/customers/{customer_id_of(ANN).removeprefix('cus_')}/timeline", {}),
        ("/v1/customers", {"family": "email", "address": "nobody@example.com"}),
        ("/v1/conversations/cnv_unknown/transcript", {}),
    ],
)
async def test_unknown_things_are_not_found(path: str, parameters: dict[str, str]) -> None:
    """And the answer is a problem document."""
    answer = await get(story(), path, **parameters)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("caller", ["globex:agent:*", "acme:agent:sales"])
@pytest.mark.parametrize("path", [MAIL_TIMELINE, TRANSCRIPT])
async def test_what_belongs_to_others_does_not_exist(path: str, caller: str) -> None:
    """Another tenant and another desk hear the same as about nothing at all."""
    foreign = await get(story(), path, caller=caller)
    unknown = await get(story(), path.replace("_", "_0"), caller=caller)

    assert foreign.status_code == 404
    assert foreign.json() == unknown.json()


async def test_agent_of_one_desk_sees_that_desk_and_what_belongs_to_none() -> None:
    """Orders and visits are the whole tenant's."""
    assert ids_of(await get(story(), TIMELINE, caller="acme:agent:sales")) == ["event/order-1"]
    assert len(ids_of(await get(story(), TIMELINE, caller="acme:agent:support"))) == 5


@pytest.mark.parametrize("role", Role)
async def test_everyone_but_the_customer_may_read(role: Role) -> None:
    """A web chat's token opens no history."""
    answer = await get(story(), TIMELINE, caller=f"acme:{role.value}:*")

    assert answer.status_code == (403 if role is Role.CUSTOMER else 200)


async def test_without_a_credential_nothing_is_told() -> None:
    """Not even whether the customer exists."""
    assert (await get(story(), TIMELINE, caller="")).status_code == 401


@pytest.mark.parametrize(
    "parameters",
    [
        {"cursor": "nonsense"},
        {"cursor": ""},
        {"cursor": "x" * 65},
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"kind": "NOT A KIND"},
        {"kind": ["a"] * 17},
    ],
)
async def test_bad_parameters_are_the_callers_mistake(parameters: dict[str, object]) -> None:
    """422 and never the values."""
    answer = await get(story(), TIMELINE, **parameters)  # type: ignore[arg-type]  # no `caller`

    assert answer.status_code == 422
    assert "nonsense" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_cursor_of_a_transcript_opens_no_timeline() -> None:
    """Cursors are no currency between listings."""
    cursor = (await get(story(), TRANSCRIPT, limit=1)).json()["next_cursor"]

    assert (await get(story(), TIMELINE, cursor=cursor)).status_code == 422


async def test_address_of_another_form_is_refused_without_repeating_it() -> None:
    """An address is personal even when it is wrong."""
    answer = await get(story(), "/v1/customers", family="email", address="not-an-address")

    assert answer.status_code == 422
    assert "not-an-address" not in answer.text
