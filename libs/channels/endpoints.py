"""Reads the endpoints file: every configured address of ours, validated whole."""

import re
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from libs.channels.channel import Authentication
from libs.channels.endpoint import Endpoint, EndpointSettings
from libs.channels.registry import channel_named
from libs.common.contracts.envelope import describe
from libs.common.contracts.terms import ChannelName, DeskId, EndpointId, Name, TenantId
from libs.common.errors import InvalidInputError, MalformedBodyError, NotFoundError

__all__ = ["Endpoint", "EndpointSettings", "load_endpoints"]

ENDPOINTS_MAX = 10_000
SECRETS_MAX = 2  # the old one and the new one while they are rotated
SECRET_LENGTH_MIN = 8

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_Secret = Annotated[SecretStr, Field(min_length=SECRET_LENGTH_MIN, max_length=512)]


class _EndpointEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    endpoint_id: Name
    channel: Name
    tenant_id: Name
    desk_id: Name
    secrets: Annotated[tuple[_Secret, ...], Field(max_length=SECRETS_MAX)] = ()
    settings: dict[str, Any] = Field(default_factory=dict)


def load_endpoints(text: str) -> dict[EndpointId, Endpoint]:
    """The endpoints in a YAML or JSON document: a list, or a mapping with the list `endpoints`.

    Raises MalformedBodyError if it is neither YAML nor JSON, and InvalidInputError that names the
    endpoint and the field, never a value, if an entry is wrong or its id occurs twice.
    """
    entries = _parse(text)
    if len(entries) > ENDPOINTS_MAX:
        raise InvalidInputError(f"more than {ENDPOINTS_MAX} endpoints")
    endpoints: dict[EndpointId, Endpoint] = {}
    for place, entry in enumerate(entries):
        endpoint = _read_entry(place, entry)
        if endpoint.endpoint_id in endpoints:
            raise InvalidInputError(f"endpoint {endpoint.endpoint_id}: endpoint_id occurs twice")
        endpoints[endpoint.endpoint_id] = endpoint
    return endpoints


def _parse(text: str) -> list[Any]:
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        # No cause is chained: a parser's message quotes the line, which may hold a secret.
        raise MalformedBodyError(f"endpoints: not YAML or JSON{_place_of(error)}") from None
    if isinstance(document, dict):
        document = document.get("endpoints")
    if not isinstance(document, list):
        raise InvalidInputError("endpoints: expected a list")
    return document


def _place_of(error: Exception) -> str:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return "" if mark is None else f" (line {mark.line + 1}, column {mark.column + 1})"


def _label(place: int, entry: Any) -> str:  # noqa: ANN401 - whatever YAML holds
    named = entry.get("endpoint_id") if isinstance(entry, dict) else None
    if isinstance(named, str) and _NAME.fullmatch(named):
        return f"endpoint {named}"
    return f"endpoint number {place + 1}"


def _read_entry(place: int, entry: Any) -> Endpoint:  # noqa: ANN401 - whatever YAML holds
    label = _label(place, entry)
    try:
        read = _EndpointEntry.model_validate(entry)
        channel = channel_named(read.channel)
    except ValidationError as error:
        raise InvalidInputError(f"{label}: {describe(error)}") from None
    except NotFoundError:
        raise InvalidInputError(f"{label}: channel: no such channel") from None
    if channel.authentication is Authentication.SIGNED and not read.secrets:
        raise InvalidInputError(f"{label}: secrets: at least one is needed to verify requests")
    try:
        settings = channel.settings_type.model_validate(read.settings)
    except ValidationError as error:
        raise InvalidInputError(f"{label}: settings.{describe(error)}") from None
    return Endpoint(
        endpoint_id=EndpointId(read.endpoint_id),
        channel=ChannelName(read.channel),
        tenant_id=TenantId(read.tenant_id),
        desk_id=DeskId(read.desk_id),
        secrets=read.secrets,
        settings=settings,
    )
