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

from tests.unit.services.router.core.world import World, a_desk
from tests.unit.services.router.inquiry_room import FakeSaves, app_over

EXAMPLES = 40
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)
schema = schemathesis.openapi.from_asgi("/openapi.json", app_over(FakeSaves(World(a_desk()))))


# Making up whole configurations takes minutes; their own tests know better which ones are bad.
@schema.exclude(method="POST").parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_every_request_gets_an_answer_that_the_document_describes(case: Case[Any]) -> None:
    """Whatever is sent: an answer, or a problem; with a good credential and without."""
    with_credential = {"Authorization": "Bearer acme:supervisor:*"}

    for headers in (with_credential, {}):
        case.call_and_validate(headers=headers, checks=list(CHECKS))


def test_document_names_every_route() -> None:
    """What is tested above is the whole API."""
    paths = sorted(schema.raw_schema["paths"])

    assert paths == [
        "/v1/conversations/{conversation_id}/clocks",
        "/v1/conversations/{conversation_id}/why",
        "/v1/desks/{desk_id}/calendars/{calendar_id}/days",
        "/v1/desks/{desk_id}/configuration/dry-run",
        "/v1/desks/{desk_id}/queues/{queue_id}/clocks",
        "/v1/work-items/{work_item_id}/why",
        "/v1/work-items/{work_item_id}/why-not/{agent_id}",
    ]
