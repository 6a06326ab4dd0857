"""Runs the router: `python -m services.router`."""

from typing import NoReturn

import structlog

from libs.common import telemetry
from libs.common.errors import InvalidInputError
from libs.common.http import run
from libs.common.settings import EXIT_CODE_CONFIGURATION
from services.router.app import serve_router
from services.router.settings import RouterSettings

log = structlog.get_logger(__name__)


async def serve_configured(settings: RouterSettings) -> int:
    """Serve until SIGTERM; returns 0 after an orderly stop, 78 when a file that the settings name
    is not valid, 1 after any other failure.
    """
    try:
        return await serve_router(settings)
    except InvalidInputError as error:
        log.error("process.not_configured", reason=str(error))  # noqa: TRY400 - it says it all
        return EXIT_CODE_CONFIGURATION


def main() -> NoReturn:
    """Read the settings, serve, and end with the exit code."""
    settings = RouterSettings.load()
    telemetry.configure("router", settings)
    run(serve_configured(settings))


if __name__ == "__main__":
    main()
