"""Short hand-written stand-ins for what the notifier's shell talks to."""

from collections.abc import AsyncIterator, Sequence

from libs.channels.transport import OutgoingRequest, TransportResponse
from libs.common.contracts.terms import DeskId, TenantId
from libs.common.contracts.wire import Event, decode_event
from libs.common.decision_log import LogPosition
from libs.common.errors import UnavailableError
from libs.common.kafka_records import RecordPlace, SendHeaders
from libs.common.mongo import Document
from services.notifier.copy_documents import Scope
from services.notifier.core.audiences import SUPERVISORS, agent
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import Notification, notifications_of
from services.notifier.durable_copy import CopyPlace
from services.notifier.outbox import ErrandState, LeasedErrand
from tests.unit.services.notifier import builders as b

SCOPE = Scope(
    tenant_id=TenantId(b.TENANT),
    desk_id=DeskId(b.DESK),
    partition=0,
    audiences=(agent(b.AGENT), SUPERVISORS),
)


def offer(offset: int) -> tuple[Notification, ...]:
    """What a record with one offer tells."""
    return notifications_of(b.record(b.reservation_opened(), event_id=f"event-{offset}"), offset)


class FakeCopy:
    """A durable copy in memory: `reaches` this offset, complete from `begins` on."""

    def __init__(
        self, told: Sequence[Notification] = (), *, reaches: int = -1, begins: int = 0
    ) -> None:
        self.told = list(told)
        self.reaches = reaches
        self.begins = begins

    async def place(self, partition: int) -> CopyPlace:
        """How far it reaches."""
        del partition
        return CopyPlace(position=LogPosition(offset=self.reaches), is_stored=True)

    def kept_from(self, place: CopyPlace) -> int:
        """From where it is complete."""
        del place
        return self.begins

    async def told_between(
        self, scope: Scope, *, after: Cursor, until: Cursor
    ) -> AsyncIterator[Notification]:
        """What lies in between."""
        del scope
        for notification in self.told:
            if after < notification.cursor <= until:
                yield notification


class FakePublisher:
    """Takes events; fails as in an outage while `failures` last."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.events: list[Event] = []
        self.partitions: list[int | None] = []

    async def publish(
        self,
        topic: str,
        *,
        key: bytes | None,
        value: bytes,
        headers: SendHeaders = (),
        partition: int | None = None,
    ) -> RecordPlace:
        """Acknowledge, or not."""
        del topic, key, headers
        if self.failures:
            self.failures -= 1
            raise UnavailableError("Kafka is away")
        self.events.append(decode_event(value))
        self.partitions.append(partition)
        return RecordPlace(partition=partition or 0, offset=len(self.events))


class FakeOutbox:
    """Remembers what was written about an errand; `is_ours` says whether the lease holds."""

    def __init__(self, *, is_ours: bool = True) -> None:
        self.is_ours = is_ours
        self.written: list[tuple[object, ...]] = []

    async def part_done(self, leased: LeasedErrand, parts_done: int) -> bool:
        """As the real one."""
        del leased
        self.written.append(("part", parts_done))
        return self.is_ours

    async def settle(self, leased: LeasedErrand, outcome: Document) -> bool:
        """As the real one."""
        del leased
        self.written.append(("settled", outcome["outcome"]))
        return self.is_ours

    async def postpone(self, leased: LeasedErrand, *, wait_s: float, detail: str) -> bool:
        """As the real one."""
        del leased
        self.written.append(("postponed", wait_s, detail))
        return self.is_ours

    async def finish(self, leased: LeasedErrand, *, state: ErrandState, detail: str = "") -> bool:
        """As the real one."""
        del leased
        self.written.append((state.value, detail))
        return self.is_ours


class FakeTransports:
    """Answers each request with the next response."""

    def __init__(self, *responses: TransportResponse) -> None:
        self.responses = list(responses)
        self.requests: list[OutgoingRequest] = []

    async def carry_out(self, request: OutgoingRequest) -> TransportResponse:
        """The next response."""
        self.requests.append(request)
        return self.responses.pop(0)
