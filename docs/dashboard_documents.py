"""The dashboards as Grafana imports them."""

from collections.abc import Iterator

from deploy.observability import promises
from deploy.observability.dashboard import dashboard


def dashboard_documents() -> Iterator[tuple[str, str]]:
    """Each dashboard's path below `docs/` and its text."""
    made = dashboard(promises.UID, promises.TITLE, promises.PANELS)
    yield "../deploy/observability/promises.json", made
