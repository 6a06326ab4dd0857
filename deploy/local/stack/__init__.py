"""The whole platform on one machine: the four services as real processes beside the two servers.

`python -m deploy.local.stack up|down|status` for people, `Stack` for programs: the demo, the
benchmarks and the end-to-end tests.
"""

from deploy.local.stack.configuration import (
    ApiKeyEntry,
    EndpointEntry,
    StackConfiguration,
    WebhookEntry,
)
from deploy.local.stack.service import LocalService
from deploy.local.stack.stack import SERVICES, Stack

__all__ = [
    "SERVICES",
    "ApiKeyEntry",
    "EndpointEntry",
    "LocalService",
    "Stack",
    "StackConfiguration",
    "WebhookEntry",
]
