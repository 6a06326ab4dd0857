"""Resolves Apache Kafka's archives anew into `kafka-jars.lock`: `python -m deploy.local.relock`."""

from pathlib import Path

from jgo.env import EnvironmentBuilder
from jgo.maven import MavenContext

from deploy.local.folders import cache_dir
from deploy.local.jars import LOCK_FILE, Jar, render_lock
from deploy.local.progress import say

KAFKA_VERSION = "4.4.0"
LOG4J_VERSION = "2.25.5"

# Kafka logs through SLF4J 1.7 and without a binding its errors are invisible. The `!` keeps the
# binding's parent from managing versions: without it kafka-clients 3.9.1 gets in among the 4.4.0.
ENDPOINT = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}"
    f"+org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J_VERSION}!"
)


def resolve_jars(repository: Path) -> tuple[Jar, ...]:
    """Return the archives that the endpoint needs at run time, downloaded and hashed."""
    builder = EnvironmentBuilder(
        context=MavenContext(repo_cache=repository), cache_dir=repository / "environments"
    )
    lockfile = builder.from_endpoint(ENDPOINT, update=True).lockfile
    if lockfile is None:
        message = f"jgo resolved {ENDPOINT} without writing its lock file"
        raise RuntimeError(message)
    return tuple(
        Jar(locked.groupId, locked.artifactId, locked.version, str(locked.sha256))
        for locked in lockfile.dependencies
    )


def main() -> None:
    """Rewrite the lock file from what the package registry offers now."""
    jars = resolve_jars(cache_dir() / "kafka" / "relock")
    LOCK_FILE.write_text(render_lock(jars), encoding="utf-8")
    say(f"Wrote {len(jars)} archives to {LOCK_FILE}")


if __name__ == "__main__":
    main()
