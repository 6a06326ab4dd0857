"""An event that waits in the spill: the record's bytes as they were acknowledged."""

from dataclasses import dataclass

# Only on the way through the spill: it says why the event waits, "rate" or "order".
SPILL_REASON = "spill-reason"

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpilledEvent:
    """One record of the spill, whose offset is its place among its partition's."""

    offset: int
    desk: bytes
    value: bytes
    headers: Headers = ()
    spilled_at_ms: int = 0

    @property
    def is_above_rate(self) -> bool:
        """Whether its desk sent more than its rate."""
        return (SPILL_REASON, b"rate") in self.headers

    @property
    def headers_onward(self) -> Headers:
        """The headers that it had before it was spilled."""
        return tuple(header for header in self.headers if header[0] != SPILL_REASON)

    @property
    def size_bytes(self) -> int:
        """What keeping it costs, nearly."""
        return len(self.value)
