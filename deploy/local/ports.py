"""The choice of free loopback ports, remembered beside a server's data."""

import json
import socket
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.local.errors import StartError

LOOPBACK = "127.0.0.1"

# Below every system's range for outgoing connections. A client that keeps dialling a dead server
# inside that range will sooner or later be given the server's own port as its source, connect to
# itself, and keep the server from ever coming back.
PORT_MIN = 20_000
PORT_MAX = 29_999


def claim_ports(file: Path, *, names: Sequence[str]) -> dict[str, int]:
    """Return one free port per name: those in `file` while all are free, else new, saved ones.

    A directory's first choice depends on its path alone, so its addresses are stable. The ports
    are free when this returns, and are not held. Raises StartError when too few are free.
    """
    remembered = read_ports(file)
    if set(remembered) == set(names) and all(is_free(port) for port in remembered.values()):
        return remembered
    ports = dict(zip(names, _free_ports(file), strict=False))
    if len(ports) < len(names):
        message = f"fewer than {len(names)} free ports in {PORT_MIN}-{PORT_MAX} on {LOOPBACK}"
        raise StartError(message)
    file.write_text(json.dumps(ports) + "\n", encoding="utf-8")
    return ports


def read_ports(file: Path) -> dict[str, int]:
    """Return the ports remembered in `file`, by name; none when the file does not exist."""
    if not file.exists():
        return {}
    return {str(name): int(port) for name, port in json.loads(file.read_text("utf-8")).items()}


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do: connections of a server just killed must not make its port look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _free_ports(file: Path) -> Iterator[int]:
    count = PORT_MAX - PORT_MIN + 1
    first = zlib.crc32(str(file.absolute()).encode())
    candidates = (PORT_MIN + (first + step) % count for step in range(count))
    return (port for port in candidates if is_free(port))
