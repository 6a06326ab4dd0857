"""What a CloudEvent of an integrator may hold."""

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from libs.common.contracts.event_groups import INTEGRATOR_EVENT_TYPES
from services.ingest.core.cloud_events import (
    CustomerEventInput,
    IntegratorEvent,
    LinkEvent,
    TimelineEvent,
)

LINK = b"""{"specversion": "1.0", "id": "1", "source": "/x", %s
"type": "switchboard.event.contact-points-linked.v1",
"data": {"a": {"family": "email", "address": "a"}, "b": {"family": "web", "address": "b"}}}"""


def with_time(time: str) -> LinkEvent:
    """A link at this time, as the wire has it."""
    return LinkEvent.model_validate_json(LINK.replace(b"%s", b'"time": %s,' % time.encode()))


def attributes(value: Any) -> CustomerEventInput:  # noqa: ANN401 - any JSON
    """A timeline entry with one attribute."""
    return CustomerEventInput.model_validate(
        {
            "kind": "order",
            "customer": {"family": "email", "address": "a@b.org"},
            "summary": "",
            "attributes": {"one": value},
        }
    )


def test_exactly_the_integrators_types_are_read() -> None:
    """The inputs and the contract name the same types."""
    members = get_args(get_args(IntegratorEvent)[0])

    types = {get_args(member.model_fields["type"].annotation)[0] for member in members}

    assert types == INTEGRATOR_EVENT_TYPES


@pytest.mark.parametrize(
    "time",
    ['"2026-02-03T04:05:06Z"', '"2026-02-03t06:05:06.000+02:00"', '"2026-02-03 04:05:06z"'],
)
def test_rfc_3339_times_are_read(time: str) -> None:
    """Every form that the standard allows is the same moment, in UTC."""
    event = with_time(time)

    assert event.time is not None
    assert event.time.isoformat() == "2026-02-03T04:05:06+00:00"


@pytest.mark.parametrize(
    "time",
    [
        "0",
        '"0"',
        '"2026-02-03"',
        '"2026-02-03T04:05:06"',
        '"2026-02-30T04:05:06Z"',
        '"0001-01-01T00:00:00+23:59"',
        '"9999-12-31T23:59:59-23:59"',
    ],
)
def test_other_times_are_refused(time: str) -> None:
    """Numbers, dates, local times, days that do not exist and other centuries are mistakes."""
    with pytest.raises(ValidationError):
        with_time(time)


@pytest.mark.parametrize("field", ["id", "source"])
@pytest.mark.parametrize("value", ["", "a\x1fb", "x" * 257])
def test_id_and_source_are_printable_and_bounded(field: str, value: str) -> None:
    """With control characters two different events could have one id."""
    event = TypeAdapter(IntegratorEvent).validate_json(LINK.replace(b"%s", b""))

    with pytest.raises(ValidationError):
        LinkEvent.model_validate(event.model_dump() | {field: value})


def test_unknown_extensions_are_ignored() -> None:
    """A CloudEvent may carry attributes that are not for us."""
    event = LinkEvent.model_validate_json(LINK.replace(b"%s", b'"partitionkey": "7",'))

    assert not isinstance(event, TimelineEvent)
    assert "partitionkey" not in event.model_dump()


@pytest.mark.parametrize("value", [{"a": [1, {"b": None}]}, 2**63 - 1, "x", True, 1.5])
def test_storable_attributes_pass(value: object) -> None:
    """Nested JSON is fine."""
    assert attributes(value).attributes == {"one": value}


@pytest.mark.parametrize("value", [2**63, {"a": [-(2**70)]}, {"a\x00": 1}, {"x" * 129: 1}])
def test_unstorable_attributes_are_refused(value: object) -> None:
    """What the timeline's database can't hold is refused at the door."""
    with pytest.raises(ValidationError):
        attributes(value)
