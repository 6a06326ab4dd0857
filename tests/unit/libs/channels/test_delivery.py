"""Results on which all channels agree."""

import pytest

from libs.channels.delivery import failed_for_now, is_worth_retrying, sent


@pytest.mark.parametrize(
    ("asked_s", "told_s"),
    [(None, None), (5, 5), (-1, 0), (10**9, 3_600), (float("inf"), None), (float("nan"), None)],
)
def test_wait_is_bounded(asked_s: float | None, told_s: float | None) -> None:
    """A provider can't ask for a wait of years."""
    assert failed_for_now("x", retry_after_s=asked_s).retry_after_s == told_s


def test_provider_message_id_is_bounded() -> None:
    """An id beyond the contract's bounds is cut; an empty one is none."""
    assert len(sent("x" * 300).provider_message_id or "") == 256
    assert sent("").provider_message_id is None


@pytest.mark.parametrize(
    ("status", "expected"), [(200, False), (404, False), (408, True), (429, True), (500, True)]
)
def test_only_their_trouble_is_retried(status: int, *, expected: bool) -> None:
    """The status tells whose trouble it is."""
    assert is_worth_retrying(status) is expected
