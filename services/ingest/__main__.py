"""Runs ingest: `python -m services.ingest`."""

import sys

import uvloop

from libs.common.errors import ServiceError
from libs.common.settings import EXIT_CODE_CONFIGURATION
from services.ingest.app import run
from services.ingest.settings import IngestSettings


def main() -> int:
    """Serve until SIGTERM; returns the exit code: 0 after an orderly stop, 78 when the endpoints
    or keys that the settings name are not valid, 1 after any other failure.
    """
    settings = IngestSettings.load()
    try:
        return uvloop.run(run(settings))
    except ServiceError as error:
        print(f"configuration: {error}", file=sys.stderr)  # noqa: T201 - for who starts it by hand
        return EXIT_CODE_CONFIGURATION


if __name__ == "__main__":
    sys.exit(main())
