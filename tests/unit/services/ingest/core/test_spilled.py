"""A spilled record knows why it waits, and leaves the spill as it came."""

import pytest

from services.ingest.core.spilled import SpilledEvent


@pytest.mark.parametrize(("reason", "is_above_rate"), [(b"rate", True), (b"order", False)])
def test_headers_onward_are_those_from_before(reason: bytes, is_above_rate: bool) -> None:  # noqa: FBT001
    """Content type and trace go on; the reason was for the way through the spill only."""
    before = (("content-type", b"application/cloudevents+json"), ("traceparent", b"00-1-2-01"))
    event = SpilledEvent(
        offset=7, desk=b"acme/support", value=b"{}", headers=(*before, ("spill-reason", reason))
    )

    assert event.headers_onward == before
    assert event.is_above_rate is is_above_rate
    assert event.size_bytes == 2
