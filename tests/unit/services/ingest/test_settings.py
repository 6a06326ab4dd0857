"""Ingest's settings are validated at start."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.ingest.settings import IngestSettings


def test_wrong_variables_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who starts it reads which variables are missing or wrong, and no value."""
    monkeypatch.setenv("PUBLISH_TIMEOUT_S", "forever")

    with pytest.raises(SystemExit) as left:
        IngestSettings.load()

    printed = capsys.readouterr().err
    assert left.value.code == 78
    assert "KAFKA_BOOTSTRAP_SERVERS is not set" in printed
    assert "ENDPOINTS_FILE is not set" in printed
    assert "PUBLISH_TIMEOUT_S is wrong" in printed
    assert "forever" not in printed


def test_database_need_not_be_named(tmp_path: Path) -> None:
    """Ingest never reads it, so its pods need no credential for it."""
    file = tmp_path / "file"
    file.touch()

    settings = IngestSettings(
        kafka_bootstrap_servers="k:9092", endpoints_file=file, api_keys_file=file
    )

    assert settings.mongodb_uri.get_secret_value() == ""
    assert settings.events_per_batch_max == 100


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"desk_burst": 50}, "DESK_BURST must be at least EVENTS_PER_BATCH_MAX"),
        ({"desk_rate_per_s": 700}, "DESK_RATE_PER_S <= SPILL_DESK_RATE_PER_S"),
        ({"spill_rate_per_s": 500}, "SPILL_DESK_RATE_PER_S <= SPILL_RATE_PER_S"),
        (
            {"desk_rate_per_s": 1, "spill_desk_rate_per_s": 2},
            "SPILL_EVENTS_MAX takes more than 12 h",
        ),
    ],
)
def test_rates_that_do_not_fit_each_other_are_refused(
    tmp_path: Path, wrong: dict[str, float], told: str
) -> None:
    """A batch must fit the burst, draining must not be slower than what comes, and nothing may wait
    until the router finds it too old.
    """
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(ValidationError, match=told):
        IngestSettings.model_validate(
            {
                "kafka_bootstrap_servers": "k:9092",
                "endpoints_file": file,
                "api_keys_file": file,
                **wrong,
            }
        )
