"""The pair of servers and the environment that replaces either of them."""

from pathlib import Path

import pytest

from deploy.local.errors import NotStartedError, StartError
from deploy.local.kafka import KafkaServer
from deploy.local.mongodb import MongoServer
from deploy.local.servers import LocalServers


def test_servers_of_the_users_own_are_only_passed_on(tmp_path: Path) -> None:
    """With both variables set nothing is started and nothing is written."""
    own = {
        "SWITCHBOARD_LOCAL_DIR": str(tmp_path / "local"),
        "KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9092",
        "MONGODB_URI": "mongodb://mongo.example",
    }

    with LocalServers(environment=own) as servers:
        assert servers.parts == ()
        assert servers.environment == {
            "KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9092",
            "MONGODB_URI": "mongodb://mongo.example",
        }

    assert not (tmp_path / "local").exists()


def test_one_variable_replaces_one_server(tmp_path: Path) -> None:
    """The other one stays ours."""
    environment = {"SWITCHBOARD_LOCAL_DIR": str(tmp_path), "MONGODB_URI": "mongodb://x"}

    servers = LocalServers(environment=environment)

    assert servers.mongodb is None
    assert servers.kafka is not None
    assert servers.kafka.directory == tmp_path / "default" / "kafka"


def test_address_before_the_first_start_is_an_error(tmp_path: Path) -> None:
    """Nobody is handed an address at which nothing ever listened."""
    servers = LocalServers(environment={"SWITCHBOARD_LOCAL_DIR": str(tmp_path)})

    with pytest.raises(NotStartedError, match="Kafka"):
        _ = servers.bootstrap_servers
    with pytest.raises(NotStartedError, match="MongoDB"):
        _ = servers.mongodb_uri


def test_failure_of_one_stops_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start is all or nothing."""
    stopped: list[MongoServer] = []

    def fail(*_: object, **__: object) -> None:
        raise StartError("no ports")

    def remember(server: MongoServer) -> None:
        stopped.append(server)

    monkeypatch.setattr(KafkaServer, "start", fail)
    monkeypatch.setattr(MongoServer, "start", lambda *_, **__: None)
    monkeypatch.setattr(MongoServer, "stop", remember)
    servers = LocalServers(environment={"SWITCHBOARD_LOCAL_DIR": str(tmp_path)})

    with pytest.raises(StartError, match="no ports"):
        servers.start()

    assert stopped == [servers.mongodb]
