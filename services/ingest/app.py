"""The one place where ingest's real parts are joined."""

import asyncio
from collections.abc import Mapping

from fastapi import FastAPI

from libs.channels.endpoint import Endpoint
from libs.channels.endpoints import load_endpoints
from libs.channels.registry import channels
from libs.common.bodies import WEBHOOK_BODY_BYTES_MAX
from libs.common.contracts.terms import EndpointId
from libs.common.contracts.topics import ROUTING_SPILLED
from libs.common.credentials import Authenticator
from libs.common.health import Health
from libs.common.http import build_api, serve
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer
from libs.common.kafka_progress import GroupProgress
from libs.common.kafka_topics import check_topics
from services.ingest import refusals
from services.ingest.agent_api import agent_routes
from services.ingest.channels_api import PATH, ChannelDoor, webhook_paths
from services.ingest.configuration_api import configuration_routes
from services.ingest.core.desk_line import DrainLimits
from services.ingest.core.desk_rates import DeskRates
from services.ingest.events_api import event_routes
from services.ingest.flood_gate import FloodGate, GateLimits
from services.ingest.links_api import link_routes
from services.ingest.openapi import describe
from services.ingest.participants_api import participant_routes
from services.ingest.publisher import EventPublisher, RecordPublisher
from services.ingest.settings import IngestSettings
from services.ingest.spill_drain import DRAIN_GROUP, SpillDrain
from services.ingest.spill_watch import Progress, SpillWatch
from services.ingest.threads_api import threads_routes
from services.ingest.timed_api import timed_routes

TITLE = "Switchboard ingest"


def create_app(
    settings: IngestSettings,
    *,
    publisher: RecordPublisher,
    progress: Progress,
    endpoints: Mapping[EndpointId, Endpoint],
    authenticator: Authenticator,
    health: Health | None = None,
) -> FastAPI:
    """Ingest's API around its Kafka; nothing is connected here, so fakes will do."""
    health = health or Health()
    health.add_check("kafka", publisher.check)
    known = channels()
    limits = {f"/v1/channels/{name}/": known[name].body_size_bytes_max for name in known}
    app = build_api(TITLE, health, body_limits={"/v1/channels/": WEBHOOK_BODY_BYTES_MAX, **limits})
    app.state.authenticator = authenticator
    refusals.install(app, known)
    events = EventPublisher(
        publisher,
        gate=_gate(settings, progress),
        in_flight_max=settings.publishes_in_flight_max,
    )
    door = ChannelDoor(
        publisher=events, channels=known, endpoints=endpoints, authenticator=authenticator
    )
    app.add_route(PATH, door.receive, methods=["POST"], include_in_schema=False)
    app.include_router(
        event_routes(
            publisher=events, endpoints=endpoints, events_max=settings.events_per_batch_max
        )
    )
    app.include_router(agent_routes(events))
    app.include_router(participant_routes(events))
    app.include_router(threads_routes(events))
    app.include_router(timed_routes(events))
    app.include_router(link_routes(events))
    app.include_router(configuration_routes(events))
    describe(app, webhook_paths(known))
    return app


def _gate(settings: IngestSettings, progress: Progress) -> FloodGate:
    return FloodGate(
        SpillWatch(progress),
        rates=DeskRates(rate_per_s=settings.desk_rate_per_s, burst=settings.desk_burst),
        limits=GateLimits(
            spill_events_max=settings.spill_events_max,
            catch_up_s=settings.spill_catch_up_s,
            catch_up_events_max=int(settings.spill_desk_rate_per_s * settings.spill_catch_up_s),
        ),
        partitions=settings.kafka_partitions,
    )


def _drain(settings: IngestSettings, progress: Progress, publisher: Publisher) -> SpillDrain:
    servers, client_id = settings.kafka_bootstrap_servers, f"ingest-spill-{settings.replica_id}"
    return SpillDrain(
        # Not a static member: these pods' names are new at each start, so that nobody would come
        # back to a place that is kept; who leaves in order hands over at once.
        spilled=LogConsumer(servers, ROUTING_SPILLED, group_id=DRAIN_GROUP, client_id=client_id),
        again=LogConsumer(servers, ROUTING_SPILLED, client_id=f"{client_id}-again"),
        progress=progress,
        publisher=publisher,
        limits=DrainLimits(
            desk_rate_per_s=settings.spill_desk_rate_per_s,
            partition_rate_per_s=settings.spill_rate_per_s,
        ),
    )


class IngestService:
    """All parts of one replica: the doors, and its part of the spill's draining."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self.health = Health()
        # The files first: if one is not valid, nothing has been made that would have to be closed.
        endpoints = load_endpoints(settings.endpoints_file.read_text(encoding="utf-8"))
        self._authenticator = Authenticator.from_settings(settings)
        servers = settings.kafka_bootstrap_servers
        client_id = f"ingest-{settings.replica_id}"
        timeout_s = settings.publish_timeout_s
        self._publisher = Publisher(servers, publish_timeout_s=timeout_s, client_id=client_id)
        self._progress = GroupProgress(
            servers,
            ROUTING_SPILLED,
            group_id=DRAIN_GROUP,
            partitions=settings.kafka_partitions,
            client_id=f"{client_id}-progress",
            ask_timeout_s=timeout_s,
        )
        self._drain = _drain(settings, self._progress, self._publisher)
        self._draining: asyncio.Task[None] | None = None
        self.api = create_app(
            settings,
            publisher=self._publisher,
            progress=self._progress,
            endpoints=endpoints,
            authenticator=self._authenticator,
            health=self.health,
        )

    async def start(self) -> None:
        """Connect, and begin to drain. Raises UnavailableError when Kafka does not answer,
        TopicMismatchError when a topic is not as the platform needs it.
        """
        settings = self._settings
        await check_topics(settings.kafka_bootstrap_servers, partitions=settings.kafka_partitions)
        await self._publisher.start()
        await self._progress.start()
        await self._drain.start()
        self._draining = asyncio.create_task(self._drain.run())
        self._draining.add_done_callback(self._drain_ended)

    async def drain(self) -> None:
        """Finish the round at hand, then leave the draining to the other replicas."""
        self._drain.stop()
        if self._draining is not None:
            await asyncio.wait([self._draining])
        await self._drain.close()

    async def stop(self) -> None:
        """Disconnect from everything."""
        await asyncio.gather(
            self._publisher.stop(), self._progress.stop(), self._authenticator.stop()
        )

    def _drain_ended(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.health.fail(f"the spill's draining ended: {type(error).__name__}")


async def serve_ingest(settings: IngestSettings) -> int:
    """Serve until told to leave; returns the exit code.

    Raises InvalidInputError when the endpoints or the keys are not valid.
    """
    service = IngestService(settings)
    return await serve(
        service.api,
        settings,
        service.health,
        on_start=service.start,
        on_draining=service.drain,
        on_stop=service.stop,
    )
