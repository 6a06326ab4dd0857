"""The three forms of a CloudEvents request."""

import orjson
import pytest

from libs.common.documents.problems import DocumentError
from libs.common.errors import UnsupportedMediaError
from services.ingest.core.cloud_event_forms import Form, form_of, read_events
from services.ingest.core.cloud_events import IntegratorEvent

LINK = {
    "specversion": "1.0",
    "id": "1",
    "source": "/x y",
    "type": "switchboard.event.contact-points-linked.v1",
    "data": {
        "a": {"family": "email", "address": "a"},
        "b": {"family": "web", "address": "b"},
    },
}
HEADERS = [
    ("content-type", "application/json"),
    ("ce-specversion", "1.0"),
    ("ce-id", "1"),
    ("ce-source", "/x%20y"),
    ("ce-type", "switchboard.event.contact-points-linked.v1"),
]


def read(value: object, form: Form) -> tuple[IntegratorEvent, ...]:
    """Read a body in a form; at most two events."""
    return read_events(
        orjson.dumps(value),
        value,  # type: ignore[arg-type]
        form=form,
        headers=HEADERS,
        events_max=2,
    )


@pytest.mark.parametrize(
    ("content_type", "form"),
    [
        ("application/cloudevents+json", Form.STRUCTURED),
        ("Application/CloudEvents+JSON; charset=utf-8", Form.STRUCTURED),
        ("application/cloudevents-batch+json", Form.BATCH),
        ("application/json", Form.BINARY),
    ],
)
def test_content_type_announces_the_form(content_type: str, form: Form) -> None:
    """Parameters and case of a media type make no other form."""
    assert form_of(content_type, HEADERS) is form


def test_json_without_attributes_is_no_event() -> None:
    """Plain JSON is not taken for an event by accident."""
    with pytest.raises(UnsupportedMediaError):
        form_of("application/json", [])


def test_all_forms_read_the_same_event() -> None:
    """The form is a matter of transport."""
    structured = read(LINK, Form.STRUCTURED)
    batch = read([LINK], Form.BATCH)
    binary = read(LINK["data"], Form.BINARY)

    assert structured == batch == binary


@pytest.mark.parametrize("value", [[], [LINK] * 3, LINK, "x"])
def test_batch_is_an_array_within_bounds(value: object) -> None:
    """Neither an empty batch, nor a long one, nor a single event is a batch."""
    with pytest.raises(DocumentError, match="an array of 1 to 2 events"):
        read(value, Form.BATCH)


def test_mistakes_are_named_by_place_and_field() -> None:
    """In a batch the event's place comes first."""
    bad = {**LINK, "data": {"a": LINK["data"]}}

    with pytest.raises(DocumentError) as alone:
        read(bad, Form.STRUCTURED)
    with pytest.raises(DocumentError) as batched:
        read([LINK, bad], Form.BATCH)

    assert "data.b" in [problem.field for problem in alone.value.problems]
    assert "1.data.b" in [problem.field for problem in batched.value.problems]


def test_values_are_not_coerced() -> None:
    """A number is not taken for a text."""
    with pytest.raises(DocumentError):
        read({**LINK, "id": 1}, Form.STRUCTURED)
