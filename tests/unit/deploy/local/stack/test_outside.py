"""The simulated providers as a process of their own."""

import json
from pathlib import Path

import httpx

from deploy.local.stack.outside import OutsideProcess


def test_providers_run_beside_a_stack_and_note_what_reaches_them(tmp_path: Path) -> None:
    """A reply that is posted to the Bot API stands in the file that `up` names."""
    outside = OutsideProcess(tmp_path)
    try:
        outside.start()
        port = outside.claim_ports()["http"]
        answer = httpx.post(
            f"http://127.0.0.1:{port}/bottoken/sendMessage",
            json={"chat_id": 7, "text": "hello"},
            trust_env=False,
        )
    finally:
        outside.stop()

    assert answer.json()["ok"]
    assert json.loads(outside.received_path.read_text())["text"] == "hello"
    assert not outside.is_running
