"""The OpenAPI documents of the four services, made without connecting anywhere."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

from pydantic import SecretStr

from docs.schema_documents import pretty
from libs.common.credentials import Authenticator
from libs.common.kafka import Publisher
from services.history.access import Reads
from services.history.app import create_app as create_history
from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from services.ingest.spill_watch import Progress
from services.notifier.app import Configured
from services.notifier.app import create_app as create_notifier
from services.notifier.settings import NotifierSettings
from services.router.app import create_app as create_router
from services.router.inquiries import Inquiries

NOWHERE = "localhost:9"


def openapi_documents() -> Iterator[tuple[str, str]]:
    """One JSON document for each service."""
    nobody = Authenticator(tokens=None, api_keys=None)
    ingest = create_ingest(
        IngestSettings.model_construct(),
        publisher=Publisher(NOWHERE),
        # The document does not ask what waits.
        progress=cast("Progress", SimpleNamespace(ends=None)),
        endpoints={},
        authenticator=nobody,
    )
    notifier_settings = NotifierSettings.model_construct(
        kafka_bootstrap_servers=NOWHERE, mongodb_uri=SecretStr(f"mongodb://{NOWHERE}")
    )
    notifier = create_notifier(
        notifier_settings,
        configured=Configured(endpoints={}, subscriptions=(), authenticator=nobody),
    )
    # The document does not ask what the reads would answer.
    history = create_history(reads=cast("Reads", None), authenticator=nobody)
    router = create_router(inquiries=cast("Inquiries", None), authenticator=nobody)
    services = {"ingest": ingest, "notifier": notifier, "history": history, "router": router}
    for name, api in services.items():
        yield f"api/openapi/{name}.json", pretty(api.openapi())
