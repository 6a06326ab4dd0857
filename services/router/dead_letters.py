"""Puts refused events aside with their original bytes, read again from where they stand."""

from libs.common import dead_letters
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.topics import ROUTING_EVENTS
from libs.common.errors import UnavailableError
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer

READS_MAX = 10
# What the dead letter says about how often the event was tried.
TRIES = {RefusalReason.UNPROCESSABLE: 3}


class DeadLetterSender:
    """Reads an event at its offset and sends it to the dead letters; seldom, so without haste."""

    def __init__(self, bootstrap_servers: str, publisher: Publisher) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._publisher = publisher

    async def send(self, partition: int, offset: int, reason: RefusalReason) -> None:
        """Put the event aside. Raises UnavailableError when that is not known to have worked."""
        reader = LogConsumer(
            self._bootstrap_servers, ROUTING_EVENTS, client_id="router-dead-letters"
        )
        await reader.start()
        try:
            reader.assign([partition])
            reader.seek(partition, offset)
            for _ in range(READS_MAX):
                found = await reader.get_many([partition], max_records=1)
                for record in found.get(partition, []):
                    await dead_letters.send(
                        self._publisher,
                        record,
                        reason=reason.value,
                        attempts=TRIES.get(reason, 1),
                        consumer="router",
                    )
                    return
        finally:
            await reader.stop()
        raise UnavailableError(f"event {offset} of partition {partition} could not be read")
