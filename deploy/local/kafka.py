"""A real Apache Kafka of one process, broker and controller, over one directory."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.local.errors import NotStartedError, StartError
from deploy.local.file_lock import wait_for_lock
from deploy.local.folders import cache_dir
from deploy.local.kafka_config import LOG4J2_YAML, render_properties
from deploy.local.kafka_probe import is_broker_in_service
from deploy.local.kafka_runtime import KafkaRuntime
from deploy.local.ports import LOOPBACK, claim_ports, read_ports
from deploy.local.processes import Launch, ServerProcess
from deploy.local.progress import say

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0

# Any constant will do: clusters on one machine are told apart by their addresses.
_CLUSTER_ID = "c3dpdGNoYm9hcmQtbG9jYQ"
_INSTALL_TIMEOUT_S = 600.0
_FORMAT_TIMEOUT_S = 60.0


class KafkaServer:
    """One broker; data, ports and logs stay in `directory` through every stop, kill and start."""

    def __init__(self, directory: Path, *, cache: Path | None = None) -> None:
        self.directory = directory.absolute()
        self._process = ServerProcess(name="Kafka", directory=self.directory)
        self._runtime = KafkaRuntime(cache=cache or cache_dir())
        self._ports_file = self.directory / "ports.json"

    @property
    def bootstrap_servers(self) -> str:
        """The address for clients, `host:port`; raises NotStartedError before the first start."""
        ports = read_ports(self._ports_file)
        if not ports:
            message = f"Kafka in {self.directory} was never started, so it has no address"
            raise NotStartedError(message)
        return f"{LOOPBACK}:{ports['broker']}"

    @property
    def is_running(self) -> bool:
        """Tell whether the broker's process lives, whoever started it."""
        return self._process.pid is not None

    @property
    def pid(self) -> int | None:
        """The broker's process number; None when it does not run."""
        return self._process.pid

    @property
    def log_path(self) -> Path:
        """The file with what the broker said since its last start, warnings and worse."""
        return self._process.log_path

    def install(self) -> None:
        """Fetch what is missing (42 MiB) and make the start-up cache; nothing when all is there.

        Safe to run twice at once. Raises InstallError. The cache is a gain and no need: if Java
        cannot make it, that is said once, and starts are slower.
        """
        cache = self._runtime.cache / "kafka"
        cache.mkdir(parents=True, exist_ok=True)
        with wait_for_lock(cache / "install.lock", timeout_s=_INSTALL_TIMEOUT_S):
            self._runtime.install()
            _make_aot_cache(self._runtime)

    def start(self, timeout_s: float = START_TIMEOUT_S, *, detached: bool = False) -> None:
        """Start the broker on its old data, if any, and return when it takes requests.

        A detached broker outlives this process. Raises AlreadyRunningError, StartError, or
        InstallError (what is missing is installed first, which `timeout_s` does not cover).
        """
        self.install()
        self._process.start(self._prepare, timeout_s=timeout_s, detached=detached)

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Stop the broker in good order, killing it after `timeout_s`; nothing if it is not up."""
        self._process.stop(timeout_s=timeout_s)

    def kill(self) -> None:
        """End the broker by SIGKILL, as a crash would; data and ports stay for the next start."""
        self._process.kill()

    def _prepare(self, flags: Sequence[str] = ()) -> Launch:
        ports = claim_ports(self._ports_file, names=("broker", "controller"))
        shutil.rmtree(self.directory / "tmp", ignore_errors=True)
        (self.directory / "tmp").mkdir()
        (self.directory / "log4j2.yaml").write_text(LOG4J2_YAML, encoding="utf-8")
        properties = self.directory / "server.properties"
        text = render_properties(
            data_dir=self.directory / "data",
            broker_port=ports["broker"],
            controller_port=ports["controller"],
        )
        properties.write_text(text, encoding="utf-8")
        if not (self.directory / "data" / "meta.properties").exists():
            self._format(properties)
        command = self._runtime.command(
            "kafka.Kafka", str(properties), directory=self.directory, flags=flags
        )
        return Launch(command, is_ready=lambda: is_broker_in_service(ports["broker"]))

    def _format(self, properties: Path) -> None:
        arguments = ["format", "-t", _CLUSTER_ID, "-c", str(properties), "--ignore-formatted"]
        done = subprocess.run(  # noqa: S603 - our own command line
            self._runtime.command("kafka.tools.StorageTool", *arguments, directory=self.directory),
            capture_output=True,
            text=True,
            timeout=_FORMAT_TIMEOUT_S,
            check=False,
        )
        if done.returncode:
            message = f"Kafka could not format {self.directory}:\n{done.stdout}{done.stderr}"
            raise StartError(message)

    def train(self, flag: str) -> None:
        """Start and stop the broker once with one more Java flag; raises as `start` does."""
        self._process.start(lambda: self._prepare([flag]), timeout_s=START_TIMEOUT_S)
        # On its way out Java writes what it learnt, and that takes a while.
        self._process.stop(timeout_s=START_TIMEOUT_S)


def _make_aot_cache(runtime: KafkaRuntime) -> None:
    target = runtime.aot_cache
    refusal = target.with_suffix(".failed")
    if target.exists() or refusal.exists():
        return
    say("Preparing Kafka's fast start, about 15 s, once ...")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="training-") as scratch:
        made = Path(scratch) / target.name
        broker = KafkaServer(Path(scratch) / "broker", cache=runtime.cache)
        try:
            broker.train(f"-XX:AOTCacheOutput={made}")
            made.replace(target)
            for stale in runtime.stale_aot_caches:
                stale.unlink()
        except (StartError, OSError) as error:
            # Remembered, so that not every install tries again in vain.
            refusal.write_text(f"{error}\n", encoding="utf-8")
            say(f"Kafka will start without it, a few seconds slower: see {refusal}")
