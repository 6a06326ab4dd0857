"""The real servers keep what they were given through stops, kills and moves, and die with us."""

import asyncio
import os
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local import AlreadyRunningError, KafkaServer, LocalServers, MongoServer
from deploy.local.folders import LOCAL_DIR_VARIABLE
from deploy.local.identity import ProcessIdentity
from deploy.local.mongodb import TRANSACTION_LIFETIME_S
from deploy.local.ports import LOOPBACK, read_ports

# The first start on a fresh machine downloads Kafka; `make setup` normally has done so before.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

PROJECT = Path(__file__).parents[3]
TOPIC = "things.v1"

STARTER = """
import sys, time
from pathlib import Path
from deploy.local import KafkaServer, MongoServer

KafkaServer(Path(sys.argv[1]) / "kafka").start()
MongoServer(Path(sys.argv[1]) / "mongodb").start()
print("started", flush=True)
time.sleep(120)
"""

HOLDER = """
import sys, time
from pymongo import MongoClient

client = MongoClient(sys.argv[1])
session = client.start_session()
session.start_transaction()
client.things.kept.insert_one({"_id": 2}, session=session)
print("holding", flush=True)
time.sleep(120)
"""


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[KafkaServer]:
    """Give a broker over a fresh directory, started, and stop it afterwards."""
    server = KafkaServer(tmp_path / "kafka")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mongodb(tmp_path: Path) -> Iterator[MongoServer]:
    """Give a MongoDB over a fresh directory, started, and stop it afterwards."""
    server = MongoServer(tmp_path / "mongodb")
    server.start()
    yield server
    server.stop()


class Occupant(socketserver.TCPServer):
    """Somebody else's server: it takes connections and hangs up."""

    allow_reuse_address = True


@contextmanager
def occupied(port: int) -> Iterator[None]:
    """Keep the port for somebody else inside the block."""
    with Occupant((LOOPBACK, port), socketserver.BaseRequestHandler) as occupant:
        thread = threading.Thread(target=occupant.serve_forever)
        thread.start()
        yield
        occupant.shutdown()
        thread.join()


async def create_topic(bootstrap_servers: str) -> None:
    """Create the example topic with one partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        created = await admin.create_topics([NewTopic(TOPIC, 1, 1)])
        assert [error for _, error, *_ in created.topic_errors] == [0]
    finally:
        await admin.close()


async def produce(bootstrap_servers: str, *values: bytes) -> None:
    """Send the values and return when all are acknowledged."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, acks="all")
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(TOPIC, value)
    finally:
        await producer.stop()


async def consume_all(bootstrap_servers: str, *, count: int) -> list[bytes]:
    """Return the first `count` values of the example topic."""
    consumer = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


@asynccontextmanager
async def database(uri: str) -> AsyncIterator[Any]:
    """Give a database that waits for the majority and the journal."""
    client: Any = AsyncIOMotorClient(uri, w="majority", journal=True)
    try:
        yield client.get_database("things")
    finally:
        client.close()


def wait_until(condition: Callable[[], bool], *, timeout_s: float = 20.0) -> None:
    """Return when the condition holds; fail after `timeout_s`."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, f"still not so after {timeout_s} s"
        time.sleep(0.05)


async def test_records_survive_stop_and_kill_of_the_broker(kafka: KafkaServer) -> None:
    """What was acknowledged is there after a clean stop and after a crash, at the same address."""
    address = kafka.bootstrap_servers
    await create_topic(address)
    await produce(address, b"one")
    kafka.stop()
    kafka.start()
    await produce(address, b"two")

    kafka.kill()
    running_after_kill = kafka.is_running
    kafka.start()

    assert not running_after_kill
    assert kafka.bootstrap_servers == address
    assert await consume_all(address, count=2) == [b"one", b"two"]


async def test_transactions_commit_or_leave_nothing(mongodb: MongoServer) -> None:
    """One member is a replica set, so the transactions that we rely on work."""
    async with database(mongodb.uri) as things, await things.client.start_session() as session:
        async with session.start_transaction():
            await things.kept.insert_one({"_id": 1}, session=session)
            await things.also_kept.insert_one({"_id": 2}, session=session)
        session.start_transaction()
        await things.kept.insert_one({"_id": 3}, session=session)
        await session.abort_transaction()

        assert [doc async for doc in things.kept.find()] == [{"_id": 1}]
        assert await things.also_kept.count_documents({}) == 1


def hold_and_die(uri: str) -> None:
    """A client begins a transaction, writes, and is killed."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, uri], stdout=subprocess.PIPE, cwd=PROJECT
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"holding\n"
    holder.kill()
    holder.communicate()


async def test_client_killed_in_mid_transaction_blocks_others_for_seconds_only(
    mongodb: MongoServer,
) -> None:
    """Its locks are gone soon after it; by MongoDB's own default that takes up to 90 s."""
    async with database(mongodb.uri) as things:
        await things.kept.insert_one({"_id": 1})
    hold_and_die(mongodb.uri)

    async with asyncio.timeout(3 * TRANSACTION_LIFETIME_S), database(mongodb.uri) as things:
        await things.kept.drop()


async def test_documents_survive_kill_and_a_forced_move(mongodb: MongoServer) -> None:
    """A crash keeps data and port; a taken port moves the server, with its data."""
    address = mongodb.uri
    async with database(address) as things:
        await things.kept.insert_one({"_id": 1})

    mongodb.kill()
    mongodb.start()
    address_after_kill = mongodb.uri
    mongodb.stop()
    port = read_ports(mongodb.directory / "ports.json")["mongod"]
    with occupied(port):
        mongodb.start()

    assert address_after_kill == address
    assert mongodb.uri != address
    async with database(mongodb.uri) as things:
        assert await things.kept.count_documents({"_id": 1}) == 1


async def test_broker_whose_port_was_taken_moves_with_its_data(kafka: KafkaServer) -> None:
    """Somebody else's port is not fought for, and nothing is lost by moving."""
    await create_topic(kafka.bootstrap_servers)
    await produce(kafka.bootstrap_servers, b"one")
    kafka.stop()
    port = read_ports(kafka.directory / "ports.json")["broker"]

    with occupied(port):
        kafka.start()

    assert kafka.bootstrap_servers != f"{LOOPBACK}:{port}"
    assert await consume_all(kafka.bootstrap_servers, count=1) == [b"one"]


def test_second_starter_of_a_directory_is_refused(kafka: KafkaServer, mongodb: MongoServer) -> None:
    """Two starters never run two servers over one directory."""
    for server in (KafkaServer(kafka.directory), MongoServer(mongodb.directory)):
        with pytest.raises(AlreadyRunningError, match=f"runs as process {server.pid}"):
            server.start()

    assert kafka.is_running
    assert mongodb.is_running


def test_starter_killed_leaves_no_server(tmp_path: Path) -> None:
    """SIGKILL of whoever started them ends both servers soon after."""
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)], stdout=subprocess.PIPE, cwd=PROJECT
    )
    assert starter.stdout is not None
    while (line := starter.stdout.readline()) != b"started\n":
        assert line, "the starter ended before its servers were up"
    servers = [
        ProcessIdentity.read(tmp_path / name / "process.json") for name in ("kafka", "mongodb")
    ]
    running_before = [server is not None and server.is_alive for server in servers]

    starter.kill()
    starter.communicate()

    assert running_before == [True, True]
    wait_until(lambda: not any(server and server.is_alive for server in servers))


def test_command_line_starts_detached_and_stops(tmp_path: Path) -> None:
    """`make up` and `make down` are two processes, with a shell's variables between them."""
    environment = os.environ | {LOCAL_DIR_VARIABLE: str(tmp_path)}
    # The cache is the project's own: this test is not about downloads.
    (tmp_path / "cache").symlink_to(KafkaServer(tmp_path)._runtime.cache, target_is_directory=True)

    def run(verb: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "deploy.local", verb],
            env=environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    started, started_again, status = run("start"), run("start"), run("status")
    stopped, status_after = run("stop"), run("status")

    assert started.returncode == 0, started.stderr
    assert f"KAFKA_BOOTSTRAP_SERVERS={LOOPBACK}:" in started.stdout
    assert started_again.stdout.splitlines()[-2:] == started.stdout.splitlines()[-2:]
    assert (status.returncode, stopped.returncode, status_after.returncode) == (0, 0, 1)


async def test_one_preset_variable_leaves_the_other_server_to_us(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    """A broker of the user's own is used as it is, and still runs when we have gone."""
    environment = {
        LOCAL_DIR_VARIABLE: str(tmp_path),
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
    }

    with LocalServers("pair", environment=environment) as servers:
        assert servers.kafka is None
        assert servers.bootstrap_servers == kafka.bootstrap_servers
        async with database(servers.mongodb_uri) as things:
            await things.kept.insert_one({"_id": 1})

    assert kafka.is_running
    assert not servers.is_running
