"""The AsyncAPI 3 document: the topics, who writes them, and what they hold."""

from collections.abc import Iterator
from typing import Union

import yaml
from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI

from libs.common.contracts import topics
from libs.common.contracts.event_groups import SPILLABLE_EVENTS
from libs.common.contracts.events import EVENT_TYPES, CustomerEventRecorded
from libs.common.contracts.records import RECORD_TYPES

_DESCRIPTION = """\
Every record is a CloudEvents 1.0 JSON event in structured mode; what is shown here is its `data`.
The type of each is in `docs/api/schemas`. A record of `routing.decisions.v1` counts only by the
rule of `docs/adr/0004`: read it through `libs/common/decision_log.py`."""


def asyncapi_document() -> Iterator[tuple[str, str]]:
    """One document for the whole platform, in YAML."""
    broker = KafkaBroker("kafka:9092")
    routing = tuple(data for data in EVENT_TYPES.values() if data is not CustomerEventRecorded)
    broker.publisher(
        topics.ROUTING_EVENTS,
        title=topics.ROUTING_EVENTS,
        description="All the router hears. Key: tenant/desk. Written by ingest, notifier, ticker.",
        schema=Union[routing],  # noqa: UP007 - made from the table of types
    )
    broker.publisher(
        topics.ROUTING_SPILLED,
        title=topics.ROUTING_SPILLED,
        description="What desks send above their rate, on its way to the events, where each record"
        " arrives as it is. Key: tenant/desk. Written and read by ingest alone.",
        schema=Union[tuple(SPILLABLE_EVENTS)],  # noqa: UP007 - made from the table of types
    )
    broker.publisher(
        topics.ROUTING_DECISIONS,
        title=topics.ROUTING_DECISIONS,
        description="All the router concludes: one record for each event. Written by the router.",
        schema=Union[tuple(RECORD_TYPES.values())],  # noqa: UP007 - made from the table of types
    )
    broker.publisher(
        topics.CUSTOMER_EVENTS,
        title=topics.CUSTOMER_EVENTS,
        description="For the timeline alone. Key: tenant/customer. Written by ingest.",
        schema=CustomerEventRecorded,
    )
    document = AsyncAPI(
        broker,
        title="Switchboard",
        version="1",
        description=_DESCRIPTION,
        schema_version="3.0.0",
    )
    yield (
        "api/asyncapi.yaml",
        yaml.safe_dump(
            yaml.safe_load(document.to_specification().to_yaml()),
            sort_keys=True,
            allow_unicode=True,
        ),
    )
