"""Receives spans as any OTLP collector does, and keeps them by trace."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.simulated.serving import HttpServer

SPANS_MAX = 200_000
_PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One stretch of work. Times in nanoseconds of the Unix epoch, by this machine's clock."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    service: str
    began_ns: int
    ended_ns: int
    attributes: dict[str, str]

    @property
    def duration_ms(self) -> float:
        """How long it took."""
        return (self.ended_ns - self.began_ns) / 1e6


class SpanCollector:
    """An OTLP/HTTP receiver on loopback, up from `start` to `stop`."""

    def __init__(self) -> None:
        self._spans: dict[str, dict[str, Span]] = defaultdict(dict)
        self._count = 0
        routes = [Route("/v1/traces", self._take, methods=["POST"])]
        self._server = HttpServer(Starlette(routes=routes))

    @property
    def url(self) -> str:
        """What `OTEL_EXPORTER_OTLP_ENDPOINT` is set to."""
        return self._server.url

    @property
    def traces(self) -> list[list[Span]]:
        """The spans of every trace, earliest first."""
        return [
            sorted(spans.values(), key=lambda span: span.began_ns) for spans in self._spans.values()
        ]

    async def start(self) -> None:
        """Return when it takes connections."""
        await self._server.start()

    async def stop(self) -> None:
        """Take no more; what came stays."""
        await self._server.stop()

    def keep(self, span: Span) -> None:
        """Note one span; exporters repeat what they are not sure about, and it counts once."""
        if self._count < SPANS_MAX:
            self._count += span.span_id not in self._spans[span.trace_id]
            self._spans[span.trace_id][span.span_id] = span

    async def _take(self, request: Request) -> Response:
        for span in read_spans(await request.body()):
            self.keep(span)
        return Response(b"", media_type=_PROTOBUF)


def read_spans(body: bytes) -> list[Span]:
    """The spans of one export request."""
    exported = ExportTraceServiceRequest.FromString(body)
    return [
        _span(span, service=_attributes(resource.resource).get("service.name", ""))
        for resource in exported.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _span(span: Any, *, service: str) -> Span:  # noqa: ANN401 - a generated message
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        name=span.name,
        service=service,
        began_ns=span.start_time_unix_nano,
        ended_ns=span.end_time_unix_nano,
        attributes=_attributes(span),
    )


def _attributes(holder: Any) -> dict[str, str]:  # noqa: ANN401 - a generated message
    return {
        pair.key: str(getattr(pair.value, pair.value.WhichOneof("value") or "string_value"))
        for pair in holder.attributes
    }
