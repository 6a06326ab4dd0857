"""`python -m services.notifier`: one replica of the notifier, until it is told to stop."""

from typing import NoReturn

import structlog

from libs.common import telemetry
from libs.common.errors import InvalidInputError
from libs.common.http import run, serve
from libs.common.settings import EXIT_CODE_CONFIGURATION
from services.notifier.app import Configured, Notifier
from services.notifier.settings import NotifierSettings

# A client of a stream has nothing to say.
WEBSOCKET_BYTES_MAX = 4 * 1024
log = structlog.get_logger(__name__)


async def serve_notifier(settings: NotifierSettings) -> int:
    """Serve until SIGTERM; returns the exit code."""
    try:
        configured = Configured.load(settings)
    except InvalidInputError as error:
        log.error("process.not_configured", reason=str(error))  # noqa: TRY400 - it says it all
        return EXIT_CODE_CONFIGURATION
    notifier = Notifier(settings, configured=configured)
    return await serve(
        notifier.api,
        settings,
        notifier.health,
        on_start=notifier.start,
        on_draining=notifier.drain,
        on_stop=notifier.stop,
        websocket_bytes_max=WEBSOCKET_BYTES_MAX,
    )


def main() -> NoReturn:
    """Read the settings, serve, and end with the exit code."""
    settings = NotifierSettings.load()
    telemetry.configure("notifier", settings)
    run(serve_notifier(settings))


if __name__ == "__main__":
    main()
