"""Which API request is which event: the same request repeated is the same event.

All ids come from `identifiers.event_id_of`, with a scope in the place where a webhook's has its
endpoint. A scope begins with a word and a separator that no endpoint id can hold, so the kinds
never meet. (A channel derives the ids of its webhooks' events itself.)
"""

from libs.common.contracts.terms import EventId
from libs.common.identifiers import event_id_of

_SEPARATOR = "\x1f"


def cloud_event_id(*, tenant_id: str, source: str, sender_id: str) -> EventId:
    """The id for an integrator's CloudEvent, whose `source` and `id` together are unique."""
    return _scoped("cloud_event", tenant_id, source, key=sender_id)


def keyed_event_id(
    *, tenant_id: str, subject: str, desk_id: str, event_type: str, about: str, key: str
) -> EventId:
    """The id for a request with an `Idempotency-Key`.

    A key holds for one subject, desk, kind of request and thing that it is about: used again for
    another, it is another event and not a repeat that would be dropped in silence.
    """
    return _scoped("idempotency_key", tenant_id, subject, desk_id, event_type, about, key=key)


def reservation_answer_id(
    *, tenant_id: str, subject: str, desk_id: str, event_type: str, reservation_id: str
) -> EventId:
    """The id for an agent's answer to an offer: an agent accepts or rejects it once."""
    return _scoped("reservation", tenant_id, subject, desk_id, event_type, key=reservation_id)


def _scoped(kind: str, *scope: str, key: str) -> EventId:
    return event_id_of(endpoint=_SEPARATOR.join((kind, *scope)), provider_message_id=key)
