"""The broker's settings and its logging, rendered as the files that it reads."""

from pathlib import Path

from deploy.local.ports import LOOPBACK

NODE_ID = 1

# One process is broker and controller. Why each figure is not the default:
_SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": str(NODE_ID),
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    # There is one broker to replicate to.
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # Fewer partitions open, fewer files: a group's first join is quicker.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    # A misspelt topic must be an error, as it is in production.
    "auto.create.topics.enable": "false",
    # A broker killed and started again waits for its own old session to end: 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # The default, 128 MiB, is half of the whole heap that we grant.
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
}

LOG4J2_YAML = """\
Configuration:
  status: warn
  # Kafka has things to say while Java is already going down.
  shutdownHook: disable
  Appenders:
    Console:
      name: console
      PatternLayout:
        pattern: "%d{ISO8601} %-5p %c{1}: %m%n"
  Loggers:
    Root:
      level: warn
      AppenderRef:
        ref: console
"""


def render_properties(*, data_dir: Path, broker_port: int, controller_port: int) -> str:
    """Return the text of `server.properties`: everything listens on loopback only."""
    plain = f"PLAINTEXT://{LOOPBACK}:{broker_port}"
    controller = f"{LOOPBACK}:{controller_port}"
    addresses = {
        "listeners": f"{plain},CONTROLLER://{controller}",
        "advertised.listeners": plain,
        "controller.quorum.voters": f"{NODE_ID}@{controller}",
        # In a properties file a backslash is an escape.
        "log.dirs": str(data_dir).replace("\\", "\\\\"),
    }
    return "".join(f"{name}={value}\n" for name, value in {**_SETTINGS, **addresses}.items())
