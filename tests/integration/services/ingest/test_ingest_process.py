"""The real process: it starts on good topics only, and leaves without breaking a promise."""

import asyncio
import signal

import httpx
import pytest

from libs.common.contracts.topics import ROUTING_EVENTS
from libs.common.contracts.wire import decode_event
from libs.common.identifiers import fresh_nonce
from tests.integration.eventually import eventually
from tests.integration.services.ingest.processes import START_TIMEOUT_S, Starter
from tests.integration.services.ingest.topic_reader import PARTITIONS, TopicReader
from tests.unit.services.ingest.front_door import bearer, customer_token

CHAT = "/v1/channels/web_chat/acme-chat"
SENDERS = 8


@pytest.mark.timeout(120)
async def test_process_that_is_told_to_leave_finishes_what_it_began(
    start: Starter, topics: str
) -> None:
    """Under load: every request is answered or never accepted, and every 2xx is in the log."""
    reader = await TopicReader.from_now(topics, ROUTING_EVENTS)
    process = start()
    await eventually(lambda: process.is_ready, within_s=START_TIMEOUT_S)
    acknowledged: list[str] = []
    statuses: list[int] = []

    async def keep_sending(client: httpx.AsyncClient) -> None:
        while True:
            body = {"message_id": fresh_nonce(), "text": "hi"}
            try:
                answer = await client.post(CHAT, json=body)
            except httpx.ConnectError:
                return
            except httpx.TransportError:
                # An idle connection that was closed under a request that was never read.
                continue
            statuses.append(answer.status_code)
            if answer.is_success:
                acknowledged.append(answer.json()["event_id"])

    async with httpx.AsyncClient(base_url=process.url, headers=bearer(customer_token())) as client:
        senders = [asyncio.create_task(keep_sending(client)) for _ in range(SENDERS)]
        await eventually(lambda: len(acknowledged) > 50)
        process.child.send_signal(signal.SIGTERM)
        await asyncio.gather(*senders)
    code = await asyncio.to_thread(process.child.wait, START_TIMEOUT_S)

    records = await reader.read(len(acknowledged))
    assert code == 0
    assert set(statuses) == {202}
    assert set(acknowledged) <= {decode_event(record.value).id for record in records}


@pytest.mark.timeout(120)
async def test_wrong_topics_stop_the_start_with_a_sentence(start: Starter) -> None:
    """Who deploys it reads which setting differs, what was expected and what was found."""
    process = start(partitions=PARTITIONS + 1)

    code = await asyncio.to_thread(process.child.wait, START_TIMEOUT_S)

    assert code == 1
    assert f"expected {PARTITIONS + 1} partitions (KAFKA_PARTITIONS), found 6" in process.said
