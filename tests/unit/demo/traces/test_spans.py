"""How spans are received."""

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from demo.traces.spans import SpanCollector


def _attribute(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def _export() -> bytes:
    span = Span(
        trace_id=b"\x01" * 16,
        span_id=b"\x02" * 8,
        name="router.decide",
        start_time_unix_nano=1_000_000,
        end_time_unix_nano=3_500_000,
        attributes=[_attribute("switchboard.event_type", "x")],
    )
    resource = Resource(attributes=[_attribute("service.name", "router")])
    scoped = ScopeSpans(spans=[span])
    request = ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=resource, scope_spans=[scoped])]
    )
    return bytes(request.SerializeToString())


async def test_an_exporters_spans_are_kept_once() -> None:
    """A repeated export changes nothing."""
    collector = SpanCollector()
    await collector.start()

    try:
        async with httpx.AsyncClient(base_url=collector.url, trust_env=False) as http:
            for _ in range(2):
                answer = await http.post("/v1/traces", content=_export())
                assert answer.is_success
    finally:
        await collector.stop()

    [[span]] = collector.traces
    assert (span.service, span.name, span.parent_id) == ("router", "router.decide", None)
    assert span.duration_ms == 2.5
    assert span.attributes == {"switchboard.event_type": "x"}
