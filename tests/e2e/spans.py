"""An OTLP receiver: takes the spans that the services export, and shows them as traces."""

from dataclasses import dataclass
from http import HTTPStatus

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.simulated.serving import HttpServer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedSpan:
    """One span as it came: ids in hexadecimal; `parent_id` is empty for a root."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str


class SpanReceiver:
    """Listens at `url` from `start` to `stop`, and keeps everything that arrives."""

    def __init__(self) -> None:
        self.spans: list[ReceivedSpan] = []
        self.exports: list[str] = []
        routes = [Route("/v1/traces", self._take, methods=["POST"])]
        self._server = HttpServer(Starlette(routes=routes))

    @property
    def url(self) -> str:
        """What `OTEL_EXPORTER_OTLP_ENDPOINT` is set to."""
        return self._server.url

    async def start(self) -> None:
        """Return when it takes connections."""
        await self._server.start()

    async def stop(self) -> None:
        """Take no more."""
        await self._server.stop()

    def traces(self) -> dict[str, list[ReceivedSpan]]:
        """All spans by their trace."""
        found: dict[str, list[ReceivedSpan]] = {}
        for span in self.spans:
            found.setdefault(span.trace_id, []).append(span)
        return found

    async def _take(self, request: Request) -> Response:
        export = ExportTraceServiceRequest()
        export.ParseFromString(await request.body())
        self.exports.append(str(export))
        for resource_spans in export.resource_spans:
            attributes = {
                attribute.key: attribute.value.string_value
                for attribute in resource_spans.resource.attributes
            }
            for scope_spans in resource_spans.scope_spans:
                self.spans.extend(
                    ReceivedSpan(
                        service=attributes.get("service.name", ""),
                        name=span.name,
                        trace_id=span.trace_id.hex(),
                        span_id=span.span_id.hex(),
                        parent_id=span.parent_span_id.hex(),
                    )
                    for span in scope_spans.spans
                )
        return Response(
            ExportTraceServiceResponse().SerializeToString(),
            HTTPStatus.OK,
            media_type="application/x-protobuf",
        )
