"""The one place where ingest's real parts are joined."""

from collections.abc import Mapping

from fastapi import FastAPI

from libs.channels.endpoint import Endpoint
from libs.channels.endpoints import load_endpoints
from libs.channels.registry import channels
from libs.common.bodies import WEBHOOK_BODY_BYTES_MAX
from libs.common.contracts.terms import EndpointId
from libs.common.credentials import Authenticator
from libs.common.health import Health
from libs.common.http import build_api, serve
from libs.common.kafka import Publisher
from libs.common.kafka_topics import check_topics
from services.ingest import refusals
from services.ingest.agent_api import agent_routes
from services.ingest.channels_api import PATH, ChannelDoor, webhook_paths
from services.ingest.configuration_api import configuration_routes
from services.ingest.events_api import event_routes
from services.ingest.links_api import link_routes
from services.ingest.openapi import describe
from services.ingest.participants_api import participant_routes
from services.ingest.publisher import EventPublisher, RecordPublisher
from services.ingest.settings import IngestSettings

TITLE = "Switchboard ingest"


def create_app(
    settings: IngestSettings,
    *,
    publisher: RecordPublisher,
    endpoints: Mapping[EndpointId, Endpoint],
    authenticator: Authenticator,
    health: Health | None = None,
) -> FastAPI:
    """Ingest's API around a publisher; nothing is connected here, so fakes will do."""
    health = health or Health()
    health.add_check("kafka", publisher.check)
    known = channels()
    limits = {f"/v1/channels/{name}/": known[name].body_size_bytes_max for name in known}
    app = build_api(TITLE, health, body_limits={"/v1/channels/": WEBHOOK_BODY_BYTES_MAX, **limits})
    app.state.authenticator = authenticator
    refusals.install(app, known)
    events = EventPublisher(publisher, in_flight_max=settings.publishes_in_flight_max)
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
    app.include_router(link_routes(events))
    app.include_router(configuration_routes(events))
    describe(app, webhook_paths(known))
    return app


async def serve_ingest(settings: IngestSettings) -> int:
    """Serve until told to leave; returns the exit code.

    Raises InvalidInputError when the endpoints or the keys are not valid.
    """
    health = Health()
    publisher = Publisher(
        settings.kafka_bootstrap_servers,
        publish_timeout_s=settings.publish_timeout_s,
        client_id=f"ingest-{settings.replica_id}",
    )
    authenticator = Authenticator.from_settings(settings)
    app = create_app(
        settings,
        publisher=publisher,
        endpoints=load_endpoints(settings.endpoints_file.read_text(encoding="utf-8")),
        authenticator=authenticator,
        health=health,
    )

    async def start() -> None:
        await check_topics(settings.kafka_bootstrap_servers, partitions=settings.kafka_partitions)
        await publisher.start()

    async def stop() -> None:
        await publisher.stop()
        await authenticator.stop()

    return await serve(app, settings, health, on_start=start, on_stop=stop)
