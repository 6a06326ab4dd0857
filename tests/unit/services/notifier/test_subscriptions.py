"""Tests of reading the webhooks file."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from libs.common.errors import InvalidInputError
from services.notifier.subscriptions import load_subscriptions, target_problem

SECRET = "whsec_" + "c2VjcmV0" * 4
ENTRY: dict[str, Any] = {
    "webhook_id": "pager",
    "tenant_id": "acme",
    "desk_id": "support",
    "url": "https://example.com/hook",
    "secrets": [SECRET],
    "types": ["escalation.fired"],
}


def load(folder: Path, *entries: object, allow_plain_http: bool = False) -> tuple[Any, ...]:
    """The subscriptions of a file with these entries."""
    path = folder / "webhooks.yaml"
    path.write_bytes(orjson.dumps(entries))
    return load_subscriptions(path, allow_plain_http=allow_plain_http)


def test_good_file_is_read(tmp_path: Path) -> None:
    """Each entry is a subscription; without a file there is none."""
    (subscription,) = load(tmp_path, ENTRY)

    assert subscription.webhook_id == "pager"
    assert subscription.secrets == (SECRET,)
    assert load_subscriptions(None, allow_plain_http=False) == ()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"url": "http://example.com"}, "url"),
        ({"url": "nonsense"}, "url"),
        ({"types": ["everything"]}, "types"),
        ({"types": []}, "types"),
        ({"secrets": ["plain"]}, "secrets"),
        ({"secrets": ["whsec_c2hvcnQ"]}, "secrets"),
        ({"secrets": ["whsec_" + "!" * 40]}, "secrets"),
        ({"secrets": []}, "secrets"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_mistake_is_named_by_its_field(tmp_path: Path, changes: dict[str, Any], place: str) -> None:
    """The message says where, and never repeats a value."""
    with pytest.raises(InvalidInputError, match=place) as caught:
        load(tmp_path, ENTRY | changes)

    assert "plain" not in str(caught.value)


def test_id_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    """Two subscriptions under one id could not be told apart."""
    with pytest.raises(InvalidInputError, match="twice"):
        load(tmp_path, ENTRY, ENTRY)


@pytest.mark.parametrize("content", [b"{", b"webhooks: []", b"\xff"])
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes) -> None:
    """Neither broken YAML nor another shape starts the service."""
    path = tmp_path / "webhooks.yaml"
    path.write_bytes(content)

    with pytest.raises(InvalidInputError):
        load_subscriptions(path, allow_plain_http=False)


def test_plain_http_is_for_a_laptop(tmp_path: Path) -> None:
    """Where it is allowed, a local receiver is a good target."""
    local = ENTRY | {"url": "http://127.0.0.1:9/hook"}

    (subscription,) = load(tmp_path, local, allow_plain_http=True)

    assert subscription.url == "http://127.0.0.1:9/hook"


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://example.com/hook", True),
        ("https://8.8.8.8/hook", True),
        ("http://example.com/", False),
        ("https://user:secret@example.com/", False),
        ("https://127.0.0.1/", False),
        ("https://10.1.2.3/", False),
        ("https://169.254.169.254/", False),
        ("https://[::1]/", False),
        ("https://localhost/", False),
        ("https://db.internal./", False),
    ],
)
def test_targets_are_outside(url: str, *, is_good: bool) -> None:
    """No webhook reaches into our own network by a literal address or a local name."""
    assert (target_problem(url) == "") is is_good
