"""The OpenAPI document tells the whole truth about every door."""

import json
import re
from typing import Any

from fastapi import FastAPI

STATUSES = {"400", "401", "403", "404", "408", "413", "415", "422", "503"}


def operations(app: FastAPI) -> list[dict[str, Any]]:
    """All operations that the document describes."""
    return [operation for path in app.openapi()["paths"].values() for operation in path.values()]


def test_all_doors_are_described(app: FastAPI) -> None:
    """Webhooks, events, eight actions, five around participants, three of a later time, four of
    threads, two links, one configuration.
    """
    names = {operation["operationId"] for operation in operations(app)}

    assert len(names) == len(operations(app)) == 25


def test_every_operation_is_complete(app: FastAPI) -> None:
    """Each has a description, a credential, a success and every problem."""
    for operation in operations(app):
        assert operation["description"]
        assert operation["security"] == [{"bearer": []}]
        assert operation["responses"].keys() >= STATUSES
        assert {"202", "2XX"} & operation["responses"].keys()


def test_every_reference_leads_somewhere(app: FastAPI) -> None:
    """No schema is missing, and FastAPI's own errors, which are never sent, are not described."""
    document = app.openapi()
    known = document["components"]["schemas"]

    references = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))

    assert references <= known.keys()
    assert "HTTPValidationError" not in known


def test_document_is_the_same_each_time(app: FastAPI) -> None:
    """It is generated, committed and compared."""
    first = json.dumps(app.openapi())
    app.openapi_schema = None

    assert json.dumps(app.openapi()) == first
