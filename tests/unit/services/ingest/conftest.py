"""One ingest around a fake Kafka, whose memory is empty at the beginning of each test."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.unit.services.ingest.front_door import FakeKafka, app_around, client_of


@pytest.fixture(scope="session")
def shared_kafka() -> FakeKafka:
    """The fake Kafka of the shared application."""
    return FakeKafka()


@pytest.fixture(scope="session")
def app(shared_kafka: FakeKafka, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application: building it takes longer than any of the tests."""
    return app_around(shared_kafka, tmp_path_factory.mktemp("ingest"))


@pytest.fixture
def kafka(shared_kafka: FakeKafka) -> FakeKafka:
    """The fake Kafka, well and empty."""
    shared_kafka.reset()
    return shared_kafka


@pytest.fixture
async def client(app: FastAPI, kafka: FakeKafka) -> AsyncIterator[httpx.AsyncClient]:
    """A client that calls the application directly."""
    del kafka
    async with client_of(app) as opened:
        yield opened
