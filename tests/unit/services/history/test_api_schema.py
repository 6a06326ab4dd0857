"""The API against its own OpenAPI document: no made-up request brings it down."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from tests.unit.services.history.builders import (
    assigned,
    linked,
    message,
    opened,
    queued,
    reply,
)
from tests.unit.services.history.logs import order_event
from tests.unit.services.history.reading_room import app_over, memory_of

EXAMPLES = 60
MEMORY = memory_of(
    [[opened(), message(), queued()], [assigned()], [reply()], [linked()]], [order_event()]
)
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)
schema = schemathesis.openapi.from_asgi("/openapi.json", app_over(MEMORY))


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_every_request_gets_an_answer_that_the_document_describes(
    case: Case[Any],
) -> None:
    """Whatever is sent: a page, or a problem; with a good credential and without."""
    with_credential = {"Authorization": "Bearer acme:agent:*"}

    for headers in (with_credential, {}):
        case.call_and_validate(headers=headers, checks=list(CHECKS))


def test_document_names_every_route() -> None:
    """What is tested above is the whole API."""
    paths = sorted(schema.raw_schema["paths"])

    assert paths == [
        "/v1/conversations/{conversation_id}/transcript",
        "/v1/customers",
        "/v1/customers/{customer_id}/timeline",
    ]
