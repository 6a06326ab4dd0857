"""What all streams of this replica share."""

from dataclasses import dataclass

from libs.common.errors import UnavailableError
from services.notifier.hub import Hub
from services.notifier.joining import ReadableCopy
from services.notifier.open_connections import OpenConnections
from services.notifier.presence import Presence
from services.notifier.streaming import StreamLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """The parts that every stream is made of, and how many there may be."""

    hub: Hub
    copy: ReadableCopy
    presence: Presence
    connections: OpenConnections
    limits: StreamLimits
    partitions: int
    streams_max: int

    def require_room(self) -> None:
        """Raises UnavailableError when this replica has as many streams as it may."""
        if self.hub.is_closing:
            raise UnavailableError("the service is leaving")
        if len(self.hub.listeners) >= self.streams_max:
            raise UnavailableError("too many streams on this replica")
