"""How the process ends when it is set up wrongly."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.ingest.__main__ import serve_configured
from tests.unit.services.ingest.front_door import settings


@pytest.mark.parametrize(
    ("endpoints", "reason"),
    [
        (
            "- {endpoint_id: a, channel: pigeon, tenant_id: t, desk_id: d}",
            "endpoint a: channel: no such channel",
        ),
        ("{{", "not YAML or JSON"),
    ],
)
async def test_unusable_endpoints_end_the_process_with_a_sentence(
    tmp_path: Path, endpoints: str, reason: str
) -> None:
    """Who starts it reads which entry is wrong; nothing was connected."""
    keys = tmp_path / "keys.yaml"
    keys.write_text("[]\n")
    file = tmp_path / "wrong.yaml"
    file.write_text(endpoints)
    wrong = settings(tmp_path).model_copy(update={"endpoints_file": file, "api_keys_file": keys})

    with capture_logs() as lines:
        code = await serve_configured(wrong)

    assert code == 78
    assert reason in lines[-1]["reason"]
