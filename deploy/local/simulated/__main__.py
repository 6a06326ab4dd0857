"""The providers as a process of their own: `HTTP_PORT=... SMTP_PORT=... python -m ...simulated`."""

import asyncio
import os
import signal
from pathlib import Path

from deploy.local.simulated.providers import SimulatedProviders

FOLDER_VARIABLE = "PROVIDERS_FOLDER"


async def main() -> None:
    """Run the providers until SIGTERM; what reaches them stands in `PROVIDERS_FOLDER`."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    providers = SimulatedProviders.in_folder(
        Path(os.environ[FOLDER_VARIABLE]),
        webhook_secrets=os.environ.get("WEBHOOK_SECRETS", "").split(),
        http_port=int(os.environ["HTTP_PORT"]),
        smtp_port=int(os.environ["SMTP_PORT"]),
    )
    async with providers:
        await stopping.wait()


if __name__ == "__main__":
    asyncio.run(main())
