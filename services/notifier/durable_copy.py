"""The durable copy of the notifications, the errands and the position: written together."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from libs.common import clock
from libs.common.decision_log import LogPosition
from libs.common.kafka_records import StalePositionError
from libs.common.mongo import (
    Database,
    Document,
    DuplicateKeyError,
    Session,
    UpdateOne,
    in_transaction,
    translated,
)
from services.notifier.copy_documents import INDEXES, Scope, document_of, read_between
from services.notifier.core.cursors import Cursor
from services.notifier.core.errands import Errand
from services.notifier.core.marks import Mark, kept_from, with_mark
from services.notifier.core.notifications import Notification
from services.notifier.outbox_documents import ALERTS, DELIVERIES, WEBHOOKS, errand_document

NOTIFICATIONS = "notifier_notifications"
POSITIONS = "notifier_positions"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlace:
    """How far the copy of one partition reaches; `is_stored` unless nothing was written yet."""

    position: LogPosition
    marks: tuple[Mark, ...] = ()
    is_stored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What the records of one batch cause, in the order of the log."""

    notifications: Sequence[Notification] = ()
    deliveries: Sequence[Errand] = ()
    webhooks: Sequence[Errand] = ()
    alerts: Sequence[Errand] = ()


class DurableCopy:
    """Remembers notifications for a while, in the order of the log, each exactly once."""

    def __init__(self, database: Database, *, retention_ms: int) -> None:
        self._database = database
        self._retention_ms = retention_ms

    async def prepare(self) -> None:
        """Create the indexes; repeating it does nothing. Raises UnavailableError."""
        with translated():
            await self._database[NOTIFICATIONS].create_indexes(list(INDEXES))

    async def place(self, partition: int) -> CopyPlace:
        """How far the copy of this partition reaches. Raises UnavailableError."""
        with translated():
            found = await self._database[POSITIONS].find_one({"_id": partition})
        if found is None:
            return CopyPlace(position=LogPosition())
        return CopyPlace(
            position=LogPosition(**found["position"]),
            marks=tuple(Mark(**mark) for mark in found["marks"]),
            is_stored=True,
        )

    def kept_from(self, place: CopyPlace) -> int:
        """The first offset from which on nothing of this partition has expired yet."""
        return kept_from(
            place.marks,
            next_offset=place.position.offset + 1,
            now_ms=clock.now_ms(),
            retention_ms=self._retention_ms,
        )

    def told_between(
        self, scope: Scope, *, after: Cursor, until: Cursor
    ) -> AsyncIterator[Notification]:
        """The notifications of this scope behind `after`, up to and with `until`, in order.

        Raises UnavailableError.
        """
        return read_between(self._database[NOTIFICATIONS], scope, after=after, until=until)

    async def store(
        self, partition: int, *, before: CopyPlace, position: LogPosition, effects: Effects
    ) -> None:
        """Write all effects of the records after `before` up to `position`, or nothing.

        Raises StalePositionError when someone else wrote meanwhile, UnavailableError.
        """
        now_ms = clock.now_ms()
        place = self._place_document(before, position, now_ms)
        # A little longer than the marks promise, since expiry has no order.
        expires_at = datetime.fromtimestamp((now_ms + self._retention_ms) / 1000 + 3_600, UTC)

        async def write(session: Session) -> None:
            await self._move(partition, before=before, place=place, session=session)
            told = [document_of(partition, n, expires_at) for n in effects.notifications]
            if told:
                await self._database[NOTIFICATIONS].insert_many(told, session=session)
            await self._add(DELIVERIES, effects.deliveries, now_ms=now_ms, session=session)
            await self._add(WEBHOOKS, effects.webhooks, now_ms=now_ms, session=session)
            await self._add(ALERTS, effects.alerts, now_ms=now_ms, session=session)

        with translated():
            await in_transaction(self._database, write)

    def _place_document(self, before: CopyPlace, position: LogPosition, now_ms: int) -> Document:
        marks = with_mark(
            before.marks,
            next_offset=before.position.offset + 1,
            now_ms=now_ms,
            retention_ms=self._retention_ms,
        )
        return {"position": asdict(position), "marks": [asdict(mark) for mark in marks]}

    async def _move(
        self, partition: int, *, before: CopyPlace, place: Document, session: Session
    ) -> None:
        positions = self._database[POSITIONS]
        if before.is_stored:
            moved = await positions.update_one(
                {"_id": partition, "position.offset": before.position.offset},
                {"$set": place},
                session=session,
            )
            if not moved.matched_count:
                raise StalePositionError(f"partition {partition}: the position moved meanwhile")
            return
        try:
            await positions.insert_one({"_id": partition, **place}, session=session)
        except DuplicateKeyError as error:
            raise StalePositionError(f"partition {partition}: another one began") from error

    async def _add(
        self, collection: str, errands: Sequence[Errand], *, now_ms: int, session: Session
    ) -> None:
        if errands:
            await self._database[collection].bulk_write(
                [
                    UpdateOne(
                        {"_id": errand.id},
                        {"$setOnInsert": errand_document(errand, due_at_ms=now_ms)},
                        upsert=True,
                    )
                    for errand in errands
                ],
                session=session,
            )
