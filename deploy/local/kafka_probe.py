"""Asks a Kafka broker one question in its own protocol: which brokers are in service?"""

import socket
import struct

from deploy.local.ports import LOOPBACK

_METADATA_API = 3
_METADATA_VERSION = 4
_CORRELATION_ID = 1
_CLIENT_ID = b"deploy.local"
_RESPONSE_BYTES_MAX = 64 * 1024


def is_broker_in_service(port: int, *, timeout_s: float = 1.0) -> bool:
    """Tell whether the broker on this loopback port answers and counts itself in service.

    A fenced broker is missing from its own answer, so True means that it takes requests. False
    when nobody listens, answers in time, or answers in Kafka's protocol.
    """
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout_s) as connection:
            connection.sendall(metadata_request())
            return brokers_in_service(_read_response(connection)) > 0
    except (OSError, struct.error):
        return False


def metadata_request() -> bytes:
    """Return a Metadata request for no topic at all, framed by its length."""
    header = struct.pack(
        f">hhih{len(_CLIENT_ID)}s",
        _METADATA_API,
        _METADATA_VERSION,
        _CORRELATION_ID,
        len(_CLIENT_ID),
        _CLIENT_ID,
    )
    no_topics, may_create = 0, False
    request = header + struct.pack(">i?", no_topics, may_create)
    return struct.pack(">i", len(request)) + request


def brokers_in_service(response: bytes) -> int:
    """Return how many brokers a Metadata response lists; struct.error when it is cut short."""
    _correlation_id, _throttle_ms, brokers = struct.unpack_from(">iii", response)
    return int(brokers)


def _read_response(connection: socket.socket) -> bytes:
    (size,) = struct.unpack(">i", _read_exactly(connection, 4))
    return _read_exactly(connection, min(size, _RESPONSE_BYTES_MAX))


def _read_exactly(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        chunk = connection.recv(size - len(received))
        if not chunk:
            message = f"the broker hung up after {len(received)} of {size} bytes"
            raise ConnectionError(message)
        received += chunk
    return received
