"""Settings that every service shares, read from the environment and validated at start."""

import socket
import sys
from typing import Annotated, Literal, Self

from pydantic import AnyHttpUrl, Field, FilePath, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

EXIT_CODE_CONFIGURATION = 78  # EX_CONFIG of sysexits.h

Port = Annotated[int, Field(ge=0, le=65_535)]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class KafkaSettings(BaseSettings):
    """Where Kafka is. Immutable; each field is the environment variable of the same name in
    capitals. An empty variable counts as not set.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    kafka_bootstrap_servers: Annotated[
        str, Field(min_length=1, description="host:port, several separated by commas")
    ]
    kafka_partitions: Annotated[int, Field(ge=1, le=1_000)] = 6

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Prints one line per variable that is missing or wrong, never its value, and exits with 78.
        """
        try:
            return cls()
        except ValidationError as error:
            for line in explain(cls, error):
                print(line, file=sys.stderr)  # noqa: T201 - logging isn't configured yet
            sys.exit(EXIT_CODE_CONFIGURATION)


class ServiceSettings(KafkaSettings):
    """What every service needs to know."""

    mongodb_uri: Annotated[SecretStr, Field(description="mongodb://host:port/?replicaSet=name")]
    mongodb_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,38}$")] = "switchboard"
    http_host: str = "0.0.0.0"  # noqa: S104 - a container's only door; the pod's network decides
    http_port: Port = 8080
    replica_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,128}$")] = Field(
        default_factory=socket.gethostname
    )
    log_level: LogLevel = "INFO"
    otel_exporter_otlp_endpoint: AnyHttpUrl | None = None
    trace_sample_ratio: Annotated[float, Field(ge=0, le=1)] = 0.01
    shutdown_grace_s: Annotated[float, Field(gt=0, le=600)] = 15


class AuthenticatedSettings(ServiceSettings):
    """A service whose API asks for credentials. At least one way to verify them must be set."""

    jwt_keys_file: FilePath | None = None
    jwt_jwks_url: AnyHttpUrl | None = None
    jwt_issuer: Annotated[str, Field(min_length=1)] = "switchboard"
    jwt_audience: Annotated[str, Field(min_length=1)] = "switchboard"
    api_keys_file: FilePath | None = None

    @model_validator(mode="after")
    def _one_key_source(self) -> Self:
        if self.jwt_keys_file and self.jwt_jwks_url:
            raise ValueError("set JWT_KEYS_FILE or JWT_JWKS_URL, not both")
        if not (self.jwt_keys_file or self.jwt_jwks_url or self.api_keys_file):
            raise ValueError("set JWT_KEYS_FILE, JWT_JWKS_URL or API_KEYS_FILE")
        return self


def explain(settings: type[BaseSettings], error: ValidationError) -> list[str]:
    """One line per mistake: the variable, what is wrong, what is expected; never a value."""
    return [
        _explain_one(settings, mistake)
        for mistake in error.errors(include_url=False, include_input=False)
    ]


def _explain_one(settings: type[BaseSettings], mistake: ErrorDetails) -> str:
    name = str(mistake["loc"][0]) if mistake["loc"] else ""
    if not name:
        return f"configuration: {mistake['msg'].removeprefix('Value error, ')}"
    problem = "is not set" if mistake["type"] == "missing" else f"is wrong: {mistake['msg']}"
    field = settings.model_fields.get(name)
    expected = f" (expected {field.description})" if field and field.description else ""
    return f"{name.upper()} {problem}{expected}"
