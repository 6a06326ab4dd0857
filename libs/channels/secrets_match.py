"""Compares what a request presents with an endpoint's secrets, in constant time."""

import hmac
from collections.abc import Iterable

from libs.channels.endpoint import Endpoint


def secrets_of(endpoint: Endpoint) -> tuple[bytes, ...]:
    """The endpoint's valid secrets as bytes; two while they are rotated."""
    return tuple(secret.get_secret_value().encode() for secret in endpoint.secrets)


def is_any_of(presented: bytes, expected: Iterable[bytes]) -> bool:
    """Whether the presented value equals one of the expected ones.

    The time taken tells nothing of how much of it was right; no expected value means no.
    """
    # Every comparison is made: stopping at the first match would tell which secret is in use.
    return any([hmac.compare_digest(presented, value) for value in expected])  # noqa: C419
