"""The outside's log survives a crash of its writer."""

from pathlib import Path

from deploy.local.simulated.provider_log import Noted, ProviderLog, read_log


def test_what_was_noted_is_read_in_order(tmp_path: Path) -> None:
    """Every line comes back with its kind and its time."""
    log = ProviderLog(tmp_path / "log.jsonl")

    log.note(Noted.SENT, {"text": "\u043f\u0440\u0438\u0432\u0435\u0442"})
    log.note(Noted.REACHED, {"text": "b"})

    lines = list(read_log(log.path))
    log.close()
    assert [(line["kind"], line["text"]) for line in lines] == [
        ("sent", "\u043f\u0440\u0438\u0432\u0435\u0442"),
        ("reached", "b"),
    ]
    assert all(line["at_ms"] > 0 for line in lines)


def test_a_line_that_was_cut_short_is_skipped(tmp_path: Path) -> None:
    """The last line of a killed writer is no line."""
    path = tmp_path / "log.jsonl"
    path.write_text('{"kind": "sent"}\n{"kind": "se')

    assert [line["kind"] for line in read_log(path)] == ["sent"]
