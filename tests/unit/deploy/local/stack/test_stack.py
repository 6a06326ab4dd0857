"""A stack knows its replicas, and all of them are told the same."""

from pathlib import Path

import pytest

from deploy.local.stack import Stack, StackConfiguration
from deploy.local.stack.stack import in_parallel

OWN = {"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092", "MONGODB_URI": "mongodb://mongo/?replicaSet=rs0"}


def make_stack(folder: Path) -> Stack:
    """A stack on servers of the user's own."""
    environment = {**OWN, "SWITCHBOARD_LOCAL_DIR": str(folder)}
    return Stack(StackConfiguration(), instance="test", environment=environment)


def test_replicas_of_one_service_are_numbered(tmp_path: Path) -> None:
    """Each replica has an id, a port and a folder of its own."""
    stack = make_stack(tmp_path)

    first, second = stack.add_replica("router"), stack.add_replica("router")

    assert (first.replica_id, second.replica_id) == ("router-0", "router-1")
    assert first.directory != second.directory
    assert stack["router"] is first


def test_an_earlier_start_is_adopted(tmp_path: Path) -> None:
    """A stack that knows nothing finds the replicas in the folder, and only services."""
    make_stack(tmp_path).add_replica("ingest")
    (tmp_path / "test" / "services" / "stranger-0").mkdir()

    stack = make_stack(tmp_path)
    stack.adopt()

    assert list(stack.services) == ["ingest-0"]
    assert not stack["ingest"].is_running


def test_doing_it_to_all_ends_for_all_before_it_fails() -> None:
    """One failure does not keep the others from being stopped."""
    done: list[int] = []

    def act(number: int) -> None:
        if number == 1:
            raise ValueError("the first")
        done.append(number)

    with pytest.raises(ValueError, match="the first"):
        in_parallel([1, 2, 3], act)

    assert sorted(done) == [2, 3]
