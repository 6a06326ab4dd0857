"""A real MongoDB over one directory: a replica set of one, so that transactions work."""

from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local.errors import NotStartedError
from deploy.local.folders import cache_dir
from deploy.local.mongod import find_mongod
from deploy.local.ports import LOOPBACK, claim_ports, read_ports
from deploy.local.processes import Launch, ServerProcess

REPLICA_SET = "rs0"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
TRANSACTION_LIFETIME_S = 5

_PROBE_TIMEOUT_MS = 1_000

_FLAGS = {
    "--replSet": REPLICA_SET,
    "--bind_ip": LOOPBACK,
    # At most: a save is one transaction, which must fit into the fifth of it that may be dirty.
    "--wiredTigerCacheSizeGB": "1",
    # By default 5 % of the free disk; nobody follows this log.
    "--oplogSize": "256",
}
# Diagnostics are recorded every second, and a stop waits 15 s for a successor that cannot come. A
# client killed in mid-transaction leaves its locks behind: by default for 60 to 90 s.
_PARAMETERS = (
    f"transactionLifetimeLimitSeconds={TRANSACTION_LIFETIME_S}",
    "diagnosticDataCollectionEnabled=false",
    "shutdownTimeoutMillisForSignaledShutdown=0",
)


class MongoServer:
    """One mongod; data, port and logs stay in `directory` through every stop, kill and start."""

    def __init__(self, directory: Path, *, cache: Path | None = None) -> None:
        self.directory = directory.absolute()
        self._process = ServerProcess(name="MongoDB", directory=self.directory)
        self._cache = cache or cache_dir()
        self._ports_file = self.directory / "ports.json"

    @property
    def uri(self) -> str:
        """The address for clients, replica set named; NotStartedError before the first start."""
        ports = read_ports(self._ports_file)
        if not ports:
            message = f"MongoDB in {self.directory} was never started, so it has no address"
            raise NotStartedError(message)
        return f"mongodb://{LOOPBACK}:{ports['mongod']}/?replicaSet={REPLICA_SET}"

    @property
    def is_running(self) -> bool:
        """Tell whether the server's process lives, whoever started it."""
        return self._process.pid is not None

    @property
    def pid(self) -> int | None:
        """The server's process number; None when it does not run."""
        return self._process.pid

    @property
    def log_path(self) -> Path:
        """The file with what the server said since its last start."""
        return self._process.log_path

    def install(self) -> None:
        """Find a mongod that runs here; InstallError says what to do when there is none."""
        find_mongod(self._cache)

    def start(self, timeout_s: float = START_TIMEOUT_S, *, detached: bool = False) -> None:
        """Start on the old data, if any, and return when this member is the writable primary.

        A detached server outlives this process. Raises AlreadyRunningError, StartError with the
        end of the log, or InstallError.
        """
        self._process.start(self._prepare, timeout_s=timeout_s, detached=detached)

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Stop the server in good order, killing it after `timeout_s`; nothing if it is not up."""
        self._process.stop(timeout_s=timeout_s)

    def kill(self) -> None:
        """End the server by SIGKILL, as a crash would; data and port stay for the next start."""
        self._process.kill()

    def _prepare(self) -> Launch:
        data_dir = self.directory / "data"
        data_dir.mkdir(exist_ok=True)
        port = claim_ports(self._ports_file, names=("mongod",))["mongod"]
        command = [str(find_mongod(self._cache)), "--quiet", "--nounixsocket"]
        command += ["--dbpath", str(data_dir), "--port", str(port)]
        command += [part for flag in _FLAGS.items() for part in flag]
        command += [part for parameter in _PARAMETERS for part in ("--setParameter", parameter)]
        return Launch(command, is_ready=lambda: _is_writable_primary(port))


def _is_writable_primary(port: int) -> bool:
    """Tell whether writes are taken, and if not, do the next thing that leads there."""
    member = f"{LOOPBACK}:{port}"
    client: MongoClient[dict[str, Any]] = MongoClient(
        LOOPBACK,
        port,
        directConnection=True,
        serverSelectionTimeoutMS=_PROBE_TIMEOUT_MS,
        socketTimeoutMS=_PROBE_TIMEOUT_MS * 5,
    )
    with client:
        try:
            if client.admin.command("hello")["isWritablePrimary"]:
                return True
            _lead_to_primary(client, member)
        except PyMongoError:
            # Not listening yet, or between two states; the caller asks again until its deadline.
            return False
    return False


def _lead_to_primary(client: "MongoClient[dict[str, Any]]", member: str) -> None:
    # What is stored, not what is in force: while mongod is still reading it, none is in force.
    config = client.local["system.replset"].find_one()
    if config is None:
        members = [{"_id": 0, "host": member}]
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    elif config["members"][0]["host"] != member:
        # Its old port was taken, so it does not find itself in the set that it was.
        config["members"][0]["host"] = member
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)
