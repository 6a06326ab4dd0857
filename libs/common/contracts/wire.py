"""Events to bytes and back: the envelope with its typed data."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from libs.common.contracts.envelope import Envelope, decode_envelope, describe
from libs.common.contracts.events import EVENT_TYPES, EventData
from libs.common.errors import UnprocessableError
from libs.common.values import value


@value
class Event:
    """An event as it is used inside: typed data, and the few envelope fields that matter."""

    id: str
    type: str
    tenant_id: str
    desk_id: str
    time_ms: int
    traceparent: str | None
    data: EventData


# What `model_validate` calls, without its questions: asked for every event and by every reader.
_VALIDATE: Final[Mapping[str, Callable[[object], EventData]]] = {
    name: data.__pydantic_validator__.validate_python for name, data in EVENT_TYPES.items()
}


def encode_event(
    data: EventData,
    *,
    event_id: str,
    source: str,
    time: datetime,
    tenant_id: str = "",
    desk_id: str = "",
    subject: str | None = None,
    traceparent: str | None = None,
) -> bytes:
    """An event's bytes as a CloudEvent. Tenant and desk come from the credential or endpoint."""
    return Envelope(
        id=event_id,
        source=source,
        type=data.type,
        time=time,
        subject=subject,
        dataschema=f"/schemas/{data.type}.json",
        tenantid=tenant_id,
        deskid=desk_id,
        traceparent=traceparent,
        data=data,
    ).encode()


def decode_event(value: bytes | None) -> Event:
    """Read an event with its typed data.

    Raises UnprocessableError, naming fields and never values, when the record is not one of ours.
    """
    envelope = decode_envelope(value)
    validate = _VALIDATE.get(envelope.type)
    if validate is None:
        raise UnprocessableError("event type is not known to this release")
    try:
        data = validate(envelope.data)
    except ValidationError as error:
        raise UnprocessableError(f"event data does not decode: {describe(error)}") from error
    return Event(
        id=envelope.id,
        type=envelope.type,
        tenant_id=envelope.tenantid,
        desk_id=envelope.deskid,
        time_ms=int(envelope.time.timestamp() * 1000),
        traceparent=envelope.traceparent,
        data=data,
    )
