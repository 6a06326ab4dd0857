"""Preparing Kafka: what the topics get, and which exit code tells whom to act."""

import pytest

from libs.common import prepare
from libs.common.contracts.topics import TOPICS
from libs.common.errors import ServiceError, UnavailableError
from libs.common.kafka_topics import TopicMismatchError


@pytest.mark.parametrize(("replication", "in_sync_min"), [(1, "1"), (2, "1"), (3, "2"), (5, "4")])
def test_acknowledgement_waits_for_all_replicas_but_one(replication: int, in_sync_min: str) -> None:
    """From three replicas on a broker may fail, and no acknowledged record is on one disk only."""
    topics = prepare.topics_for(replication)

    assert [topic.name for topic in topics] == [topic.name for topic in TOPICS]
    assert {topic.settings["min.insync.replicas"] for topic in topics} == {in_sync_min}


def test_other_settings_of_the_topics_stay() -> None:
    """Only the number of in-sync replicas is added to what the contract says."""
    topics = prepare.topics_for(3)

    for topic, contract in zip(topics, TOPICS, strict=True):
        assert contract.settings.items() <= topic.settings.items()


def test_missing_variable_is_named_with_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an address nothing is tried: exit code 78, and the line names the variable."""
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)

    with pytest.raises(SystemExit) as ended:
        prepare.main()

    assert ended.value.code == 78
    assert "KAFKA_BOOTSTRAP_SERVERS" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UnavailableError("no Kafka broker answers"), 69),
        (TopicMismatchError("topic routing.events.v1: expected 6 partitions, found 3"), 78),
    ],
)
def test_exit_code_tells_who_must_act(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: ServiceError,
    expected: int,
) -> None:
    """A broker that is away may be tried again; a topic set otherwise needs a human."""

    async def refuse(_settings: prepare.PrepareSettings) -> list[str]:
        raise error

    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka.example:9092")
    monkeypatch.setattr(prepare, "prepare", refuse)

    code = prepare.main()

    assert code == expected
    assert str(error) in capsys.readouterr().out
