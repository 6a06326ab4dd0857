"""A real Apache Kafka and a real MongoDB for a laptop or CI: no Docker, no Java, no root.

`python -m deploy.local install|start|stop|status|env` for people, `LocalServers` for programs.
"""

from deploy.local.errors import AlreadyRunningError, InstallError, LocalServerError, StartError
from deploy.local.kafka import KafkaServer
from deploy.local.mongodb import MongoServer
from deploy.local.servers import LocalServers

__all__ = [
    "AlreadyRunningError",
    "InstallError",
    "KafkaServer",
    "LocalServerError",
    "LocalServers",
    "MongoServer",
    "StartError",
]
