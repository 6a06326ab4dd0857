"""The shared settings: what is wrong is named, what is secret is never printed."""

import pytest

from libs.common.settings import EXIT_CODE_CONFIGURATION, AuthenticatedSettings, ServiceSettings


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that is just enough."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv("MONGODB_URI", "mongodb://user:hunter2@mongo/?replicaSet=rs0")
    return monkeypatch


def test_defaults_are_those_of_the_platform(environment: pytest.MonkeyPatch) -> None:
    """Two addresses are enough to start; an empty variable counts as not set."""
    environment.setenv("HTTP_PORT", "")

    settings = ServiceSettings.load()

    assert settings.kafka_partitions == 6
    assert settings.mongodb_database == "switchboard"
    assert (settings.http_port, settings.shutdown_grace_s) == (8080, 15)
    assert settings.trace_sample_ratio == 0.01
    assert settings.replica_id
    assert "hunter2" not in repr(settings)


def test_wrong_settings_are_named_without_their_values(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the variable and what is expected, and the exit code says why."""
    environment.delenv("KAFKA_BOOTSTRAP_SERVERS")
    environment.setenv("KAFKA_PARTITIONS", "hunter2")

    with pytest.raises(SystemExit) as stopped:
        ServiceSettings.load()

    told = capsys.readouterr().err
    assert stopped.value.code == EXIT_CODE_CONFIGURATION == 78
    assert "KAFKA_BOOTSTRAP_SERVERS is not set (expected host:port" in told
    assert "KAFKA_PARTITIONS is wrong: Input should be a valid integer" in told
    assert "hunter2" not in told


def test_settings_cannot_be_changed(environment: pytest.MonkeyPatch) -> None:
    """What was validated at start holds until the end."""
    environment.setenv("KAFKA_PARTITIONS", "3")
    settings = ServiceSettings.load()

    with pytest.raises(ValueError, match="frozen"):
        settings.kafka_partitions = 4  # type: ignore[misc]

    assert settings.kafka_partitions == 3


def test_one_source_of_keys_is_needed(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service with an API can't start without a way to verify who calls."""
    with pytest.raises(SystemExit):
        AuthenticatedSettings.load()

    assert "set JWT_KEYS_FILE, JWT_JWKS_URL or API_KEYS_FILE" in capsys.readouterr().err

    environment.setenv("JWT_JWKS_URL", "https://issuer.example/keys")
    assert str(AuthenticatedSettings.load().jwt_jwks_url) == "https://issuer.example/keys"


def test_two_sources_of_token_keys_are_a_mistake(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody has to guess which one counts."""
    environment.setenv("JWT_JWKS_URL", "https://issuer.example/keys")
    environment.setenv("JWT_KEYS_FILE", __file__)

    with pytest.raises(SystemExit):
        AuthenticatedSettings.load()

    assert "not both" in capsys.readouterr().err
