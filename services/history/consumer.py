"""Joins recorders to their consumer groups: one group per topic, so that neither waits for the
other.
"""

from libs.common.contracts.envelope import Envelope
from libs.common.contracts.topics import CUSTOMER_EVENTS, ROUTING_DECISIONS
from libs.common.health import Health
from libs.common.kafka import Publisher
from libs.common.kafka_consumers import BatchConsumer, Reader, Subscription
from services.history import readers
from services.history.readers import TopicReader
from services.history.recorder import Recorder, WriteStore
from services.history.settings import HistorySettings

TOPIC_READERS: dict[str, TopicReader] = {
    ROUTING_DECISIONS: readers.DECISIONS,
    CUSTOMER_EVENTS: readers.CUSTOMER_EVENTS,
}


def group_id_of(topic: str) -> str:
    """The consumer group that reads this topic for history."""
    return f"history.{topic}"


def build_consumers(
    settings: HistorySettings,
    *,
    topic: str,
    reader: TopicReader,
    store: WriteStore,
    publisher: Publisher,
    health: Health,
) -> list[BatchConsumer]:
    """This replica's members of the topic's group, not started yet; each gets partitions of its
    own, so that one decodes while another one's transaction is under way.
    """
    return [
        BatchConsumer(
            settings.kafka_bootstrap_servers,
            subscription=Subscription(
                topics=[topic],
                group_id=group_id_of(topic),
                group_instance_id=f"{settings.replica_id}.{number}",
                describes=Envelope,
                batch_records_max=settings.history_batch_records_max,
            ),
            reader=_reader_of(Recorder(store=store, reader=reader)),
            publisher=publisher,
            health=health,
        )
        for number in range(settings.history_members_per_topic)
    ]


def _reader_of(recorder: Recorder) -> Reader:
    return Reader(handle=recorder.handle, skip=recorder.skip, position_of=recorder.next_offset)
