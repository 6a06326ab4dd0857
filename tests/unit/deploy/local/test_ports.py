"""The choice of ports: stable where possible, free always."""

import socket
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.errors import StartError
from deploy.local.ports import LOOPBACK, PORT_MAX, PORT_MIN, claim_ports, is_free, read_ports

NAMES = ("broker", "controller")


def test_ports_are_distinct_free_and_kept(tmp_path: Path) -> None:
    """A restart finds the addresses of the time before."""
    file = tmp_path / "ports.json"

    first = claim_ports(file, names=NAMES)

    assert len(set(first.values())) == 2
    assert all(PORT_MIN <= port <= PORT_MAX for port in first.values())
    assert read_ports(file) == first
    assert claim_ports(file, names=NAMES) == first


def test_taken_port_is_chosen_anew(tmp_path: Path) -> None:
    """Somebody else on one of the ports moves this server, not the other way round."""
    file = tmp_path / "ports.json"
    first = claim_ports(file, names=NAMES)

    with socket.create_server((LOOPBACK, first["broker"])):
        second = claim_ports(file, names=NAMES)

    assert first["broker"] not in second.values()
    assert read_ports(file) == second


def test_port_is_free_again_after_its_listener_left(tmp_path: Path) -> None:
    """A connection that lingers after a server's death does not make the port look taken."""
    port = claim_ports(tmp_path / "ports.json", names=("one",))["one"]
    with socket.create_server((LOOPBACK, port)) as server:
        client = socket.create_connection((LOOPBACK, port))
        accepted, _ = server.accept()
        busy = is_free(port)
        accepted.close()
    client.close()

    assert not busy
    assert is_free(port)


def test_ports_are_below_the_range_of_outgoing_connections() -> None:
    """In that range a client dialling a dead server may end up connected to itself."""
    assert PORT_MAX < 32_768


def test_lack_of_ports_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered when not all could be had."""
    monkeypatch.setattr(ports, "is_free", lambda _: False)

    with pytest.raises(StartError, match="fewer than 2 free ports"):
        claim_ports(tmp_path / "ports.json", names=NAMES)

    assert read_ports(tmp_path / "ports.json") == {}
