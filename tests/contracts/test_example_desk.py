"""The example of a desk's document is good: for the schema, for the door and for the engine."""

from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from jsonschema import Draft202012Validator

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.events import MessageReceived
from libs.common.contracts.terms import AddressFamily
from libs.common.documents.desk_document import read_desk_configuration
from tests.unit.services.router.core.world import World, contact_point

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS / "examples" / "desk.yaml"
SCHEMA = orjson.loads((DOCS / "api/schemas/desk-configuration.v1.json").read_bytes())
# Said by default or by a field beside it, in each of the example's parts.
UNUSED = {"days", "maximum", "begin", "end"}


def example() -> DeskConfiguration:
    """The document as the administrators' door reads it."""
    return read_desk_configuration(EXAMPLE.read_bytes(), is_json=False)


def words_of(value: Any) -> set[str]:  # noqa: ANN401 - any part of the document
    """Every key that stands in the document."""
    if isinstance(value, dict):
        return set(value).union(*map(words_of, value.values()))
    return set[str]().union(*map(words_of, value)) if isinstance(value, list) else set()


def message(channel: str, **labels: str) -> MessageReceived:
    """A customer writes or calls."""
    return MessageReceived(
        reply_to=ReplyAddress(
            channel=channel,
            endpoint_id="one",
            contact_point_id=contact_point(channel),
            family=AddressFamily.WEB,
            address=channel,
        ),
        provider_message_id="1",
        content=Content(text="Hello"),
        labels=labels,
    )


def test_example_fits_the_published_schema() -> None:
    """An editor that checks by the schema has nothing to say, and the schema holds the example."""
    document = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))

    Draft202012Validator(SCHEMA).validate(document)

    assert SCHEMA["examples"] == [document]


def test_schema_refuses_an_unknown_field() -> None:
    """The schema is as strict as the door about what there is."""
    document = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    document["queues"][0]["colour"] = "red"

    assert not Draft202012Validator(SCHEMA).is_valid(document)


def test_every_field_of_the_schema_is_described() -> None:
    """No administrator has to guess what a field does."""
    models = [SCHEMA, *(one for one in SCHEMA["$defs"].values() if "properties" in one)]

    undescribed = [
        f"{model['title']}.{name}"
        for model in models
        for name, field in model["properties"].items()
        if "description" not in field
    ]

    assert undescribed == []


def test_example_uses_every_part() -> None:
    """Whoever wonders how to write a part finds it in the example."""
    parts = [SCHEMA, *(one for one in SCHEMA["$defs"].values() if "properties" in one)]
    fields = {name for part in parts for name in part["properties"]}
    policies = set(SCHEMA["$defs"]["DeskPolicies"]["properties"])

    missing = fields - policies - words_of(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))

    assert missing <= UNUSED | {"endpoint", "labels", "drop"}


def test_engine_takes_the_example() -> None:
    """It is in force as version 1, all of it."""
    world = World(example())

    applied = [
        one
        for record in world.records
        for one in record.decisions
        if isinstance(one, d.ConfigurationApplied)
    ]
    assert [(one.version, one.configuration) for one in applied] == [(1, example())]


@pytest.mark.parametrize(
    ("sent", "queue_id", "agents"),
    [
        (message("voice"), "phone", {"anna"}),
        (message("web_chat", topic="stolen_card"), "fraud", {"dieter"}),
        (message("web_chat"), "general", {"anna"}),
        (message("email"), "mail", {"carla"}),
    ],
    ids=["call", "stolen card", "anything", "mail"],
)
def test_engine_routes_by_the_example(
    sent: MessageReceived, queue_id: str, agents: set[str]
) -> None:
    """What arrives goes where the comments say, to those who serve it; Sara is never asked."""
    world = World(example())
    # The world begins at night, and on its second day both offices are open from 14:00 in Berlin.
    world.tick(after_s=16 * 3_600)
    for agent_id in ("anna", "carla", "dieter", "sara"):
        world.arrives(agent_id)

    decisions = world.hear(sent)

    offers = [one for one in decisions if isinstance(one, d.ReservationOpened)]
    assert {one.queue_id for one in offers} == {queue_id}
    assert {one.agent_id for one in offers} == agents
