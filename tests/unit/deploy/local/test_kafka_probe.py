"""The question to the broker, on the wire."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.local.kafka_probe import brokers_in_service, is_broker_in_service, metadata_request


@contextmanager
def listener(answer: bytes) -> Iterator[int]:
    """Serve one connection on loopback with `answer`, then hang up; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join()


def framed(*, brokers: int) -> bytes:
    """Return the start of a Metadata response that lists so many brokers."""
    body = struct.pack(">iii", 1, 0, brokers)
    return struct.pack(">i", len(body)) + body


def test_request_is_framed_by_its_length() -> None:
    """A broker drops a connection whose frame does not add up."""
    request = metadata_request()

    assert struct.unpack_from(">i", request) == (len(request) - 4,)
    assert struct.unpack_from(">hh", request, 4) == (3, 4)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (framed(brokers=1), True),
        (framed(brokers=0), False),
        (framed(brokers=1)[:9], False),
        (struct.pack(">ii", 4, 1), False),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        (b"", False),
    ],
)
def test_only_a_broker_in_service_counts(*, answer: bytes, expected: bool) -> None:
    """A fenced broker, another kind of server and a hang-up are all 'not ready'."""
    with listener(answer) as port:
        assert is_broker_in_service(port) is expected


def test_response_cut_short_is_an_error() -> None:
    """The reader says so instead of guessing."""
    with pytest.raises(struct.error):
        brokers_in_service(b"\0\0\0\1")
