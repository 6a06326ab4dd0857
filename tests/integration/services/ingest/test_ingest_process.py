"""The real process: it starts on good topics only, and leaves without breaking a promise."""

import asyncio
import base64
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import orjson
import pytest

from libs.common.contracts.topics import ROUTING_EVENTS
from libs.common.contracts.wire import decode_event
from libs.common.identifiers import fresh_nonce
from tests.integration.eventually import eventually
from tests.integration.services.ingest.topic_reader import PARTITIONS, TopicReader
from tests.unit.services.ingest.front_door import ENDPOINTS, KEY, bearer, customer_token

CHAT = "/v1/channels/web_chat/acme-chat"
SENDERS = 8
# On a machine that is busy with other tests Python alone takes seconds to start.
START_TIMEOUT_S = 40
Starter = Callable[..., "Process"]


class Process:
    """`python -m services.ingest` with files and a port of its own."""

    def __init__(self, kafka: str, folder: Path, *, partitions: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        key = base64.urlsafe_b64encode(KEY).rstrip(b"=").decode()
        (folder / "jwks.json").write_bytes(
            orjson.dumps({"keys": [{"kty": "oct", "k": key, "alg": "HS256", "kid": "test"}]})
        )
        (folder / "endpoints.yaml").write_text(ENDPOINTS)
        self.url = f"http://127.0.0.1:{port}"
        self._log = (folder / "log").open("wb")
        self.child = subprocess.Popen(
            [sys.executable, "-m", "services.ingest"],
            env={
                **os.environ,
                "KAFKA_BOOTSTRAP_SERVERS": kafka,
                "KAFKA_PARTITIONS": str(partitions),
                "HTTP_HOST": "127.0.0.1",
                "HTTP_PORT": str(port),
                "ENDPOINTS_FILE": str(folder / "endpoints.yaml"),
                "JWT_KEYS_FILE": str(folder / "jwks.json"),
            },
            stdout=self._log,
        )

    @property
    def is_ready(self) -> bool:
        """Whether it takes requests."""
        try:
            return httpx.get(f"{self.url}/readyz").is_success
        except httpx.TransportError:
            return False

    @property
    def said(self) -> str:
        """All that it logged."""
        return Path(self._log.name).read_text()

    def end(self) -> None:
        """Whatever happened, nothing stays behind."""
        self.child.kill()
        self.child.wait()
        self._log.close()


@pytest.fixture
def start(topics: str, tmp_path: Path) -> Iterator[Starter]:
    """Starts processes that are gone after the test."""
    started: list[Process] = []

    def starter(*, partitions: int = PARTITIONS) -> Process:
        started.append(Process(topics, tmp_path, partitions=partitions))
        return started[-1]

    yield starter
    for process in started:
        process.end()


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
