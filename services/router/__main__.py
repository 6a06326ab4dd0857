"""Runs the router: `python -m services.router`."""

from typing import NoReturn

from libs.common import telemetry
from libs.common.http import run
from services.router.app import serve_router
from services.router.settings import RouterSettings


def main() -> NoReturn:
    """Read the settings, serve, and end with the exit code."""
    settings = RouterSettings.load()
    telemetry.configure("router", settings)
    run(serve_router(settings))


if __name__ == "__main__":
    main()
