"""Thousands of invented requests against the API's own description: a fixed number, always the
same ones, and never an answer that the description does not know.
"""

from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from libs.common.contracts.terms import Role
from tests.unit.services.ingest.front_door import FakeKafka, app_around, bearer, token

EXAMPLES_PER_OPERATION = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]

# The two large bodies have thousands of boundaries; for them some examples drawn at large do.
LARGE = ["configuration_configure", "integrators_send_events"]

app = app_around(FakeKafka(), Path(mkdtemp()))
small = schemathesis.openapi.from_asgi("/openapi.json", app).exclude(operation_id=LARGE)
large_configuration = SchemathesisConfig()
large_configuration.projects.default.phases.coverage.enabled = False
large = schemathesis.openapi.from_asgi("/openapi.json", app, config=large_configuration).include(
    operation_id=LARGE
)
fixed = hypothesis_settings(
    max_examples=EXAMPLES_PER_OPERATION,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def validate(case: Case[Any]) -> None:
    """Send it with every role on every desk, and check the answer."""
    everyone = bearer(token(*Role, desks=["*"], expires_in_s=3_600))
    case.call_and_validate(headers=everyone, checks=CHECKS)


@small.parametrize()
@fixed
def test_every_answer_is_as_described(case: Case[Any]) -> None:
    """Every boundary of every field: no 5xx, no undescribed status or body, and no wrong field is
    let through.
    """
    validate(case)


@large.parametrize()
@fixed
def test_every_answer_to_a_document_is_as_described(case: Case[Any]) -> None:
    """Configurations and CloudEvents of any shape: as above."""
    validate(case)
