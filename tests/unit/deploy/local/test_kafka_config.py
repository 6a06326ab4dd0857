"""The rendered broker settings."""

from pathlib import Path

from deploy.local.kafka_config import render_properties


def rendered() -> dict[str, str]:
    """Return the settings of an example broker, by name."""
    text = render_properties(data_dir=Path("/d/data"), broker_port=20001, controller_port=20002)
    return dict(line.split("=", 1) for line in text.splitlines())


def test_broker_listens_on_loopback_alone() -> None:
    """A laptop's broker has no password, so nobody else may reach it."""
    properties = rendered()

    assert properties["listeners"] == "PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002"
    assert properties["advertised.listeners"] == "PLAINTEXT://127.0.0.1:20001"
    assert properties["controller.quorum.voters"] == "1@127.0.0.1:20002"
    assert properties["log.dirs"] == "/d/data"


def test_misspelt_topics_stay_errors() -> None:
    """The local broker is as strict as production's."""
    assert rendered()["auto.create.topics.enable"] == "false"


def test_killed_broker_comes_back_soon() -> None:
    """Fault tests wait for a broker's old session to end, so it is short."""
    properties = rendered()

    session_ms = int(properties["broker.session.timeout.ms"])
    assert session_ms == 3000
    assert int(properties["broker.heartbeat.interval.ms"]) * 3 < session_ms
