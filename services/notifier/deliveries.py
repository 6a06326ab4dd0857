"""Brings filed replies to customers, and tells the router what became of them.

The outcome is stored before it is told: if Kafka is away, the telling is repeated and the message
is not. A crash between sending and storing sends again, with the same ids.
"""

from collections.abc import Callable, Mapping

import structlog

from libs.channels.channel import Channel, DeliveryResult, OutgoingReply
from libs.channels.endpoints import Endpoint
from libs.channels.registry import channel_named
from libs.channels.transport import OutgoingRequest
from libs.common import clock, metrics, telemetry
from libs.common.contracts.decisions import ReplyFiled
from libs.common.contracts.events import DeliveryReported
from libs.common.contracts.terms import ConversationId, DeliveryOutcome, EndpointId
from libs.common.contracts.topics import ROUTING_EVENTS, routing_key
from libs.common.contracts.wire import encode_event
from libs.common.errors import UnprocessableError
from libs.common.identifiers import event_id_of
from libs.common.telemetry import Attribute, SpanKind, SpanName
from services.notifier.core.errands import FiledReply, read_filed_reply
from services.notifier.core.outcomes import Again, Certain, after_attempt
from services.notifier.core.retries import RetryPolicy
from services.notifier.outbox import LEASES_MAX, ErrandLedger, ErrandState, LeasedErrand
from services.notifier.presence import EventPublisher
from services.notifier.transports import CarriesOut

SOURCE = "switchboard/notifier"
DETAIL_LENGTH_MAX = 500
_SENT = (DeliveryOutcome.SENT, DeliveryOutcome.DELIVERED)
log = structlog.get_logger(__name__)


class Deliveries:
    """Runs one reply's errand: at least once, and then told once by id."""

    def __init__(
        self,
        *,
        outbox: ErrandLedger,
        endpoints: Mapping[EndpointId, Endpoint],
        transports: CarriesOut,
        publisher: EventPublisher,
        policy: RetryPolicy,
        draw: Callable[[], float],
        topic: str = ROUTING_EVENTS,
    ) -> None:
        self._outbox = outbox
        self._endpoints = endpoints
        self._transports = transports
        self._publisher = publisher
        self._policy = policy
        self._draw = draw
        self._topic = topic

    async def run(self, leased: LeasedErrand) -> None:
        """One attempt, or the telling of an outcome that is certain already.

        Raises UnavailableError: the errand is due again when its lease ends.
        """
        filed = read_filed_reply(leased.errand.content)
        report = _stored(leased)
        if report is None:
            report = await self._attempt(leased, filed)
        if report is None:
            return
        await self._tell(leased, filed, report)
        is_sent = report.outcome in _SENT
        await self._outbox.finish(
            leased,
            state=ErrandState.DONE if is_sent else ErrandState.FAILED,
            detail=report.detail,
        )
        log.info(
            "delivery.finished",
            reply_id=filed.reply.reply_id,
            outcome=report.outcome.value,
            attempt=report.attempt,
        )

    async def _attempt(self, leased: LeasedErrand, filed: FiledReply) -> DeliveryReported | None:
        """The certain outcome, stored; None when there will be another attempt, or the errand is
        someone else's by now.
        """
        attempt = leased.attempts + 1
        with telemetry.span(
            SpanName.NOTIFIER_DELIVER,
            traceparent=leased.errand.traceparent,
            kind=SpanKind.CLIENT,
            attributes={
                Attribute.TENANT_ID: leased.errand.tenant_id,
                Attribute.CHANNEL: filed.reply.reply_to.channel,
                Attribute.CONVERSATION_ID: filed.reply.conversation_id,
            },
        ):
            result = await self._send(leased, filed)
        follows = after_attempt(result, self._policy, attempts=attempt, fraction=self._draw())
        # What a reply says of its channel came from outside; only configured names are labels.
        endpoint = self._endpoint_of(filed.reply)
        channel = endpoint.channel if endpoint else "none"
        if isinstance(follows, Again):
            metrics.DELIVERY_ATTEMPTS.labels(channel=channel, outcome="retried").inc()
            await self._outbox.postpone(leased, wait_s=follows.wait_s, detail=follows.detail)
            return None
        metrics.DELIVERY_ATTEMPTS.labels(channel=channel, outcome=follows.outcome.value).inc()
        report = _report(filed, follows, attempt)
        is_ours = await self._outbox.settle(leased, report.model_dump(mode="json"))
        return report if is_ours else None

    async def _send(self, leased: LeasedErrand, filed: FiledReply) -> DeliveryResult:
        """The result of the parts that are not through yet; each that is gets remembered."""
        endpoint = self._endpoint_of(filed.reply)
        if endpoint is None:
            # A rollout may bring it back: worth another try.
            return _failed("the endpoint is not configured", is_retriable=True)
        if leased.leases > LEASES_MAX:
            return _failed("given up: tried too often without an outcome")
        channel = channel_named(endpoint.channel)
        try:
            requests = channel.build(_outgoing(filed), endpoint)
        except UnprocessableError as error:
            return _failed(str(error))
        return await self._send_parts(leased, channel, requests)

    def _endpoint_of(self, reply: ReplyFiled) -> Endpoint | None:
        """The reply's endpoint, if it is one of the reply's own desk."""
        endpoint = self._endpoints.get(EndpointId(reply.reply_to.endpoint_id))
        if endpoint and (endpoint.tenant_id, endpoint.desk_id) == (reply.tenant_id, reply.desk_id):
            return endpoint
        return None

    async def _send_parts(
        self, leased: LeasedErrand, channel: Channel, requests: tuple[OutgoingRequest, ...]
    ) -> DeliveryResult:
        result = DeliveryResult(outcome=DeliveryOutcome.SENT)
        for number, request in enumerate(requests, start=1):
            if number <= leased.parts_done:
                continue
            result = channel.read_result(await self._transports.carry_out(request))
            if result.outcome not in _SENT:
                return result
            if number < len(requests):
                await self._outbox.part_done(leased, number)
        return result

    async def _tell(
        self, leased: LeasedErrand, filed: FiledReply, report: DeliveryReported
    ) -> None:
        reply = filed.reply
        identity = f"{reply.reply_id}/{report.attempt}/{report.outcome.value}"
        await self._publisher.publish(
            self._topic,
            key=routing_key(reply.tenant_id, reply.desk_id),
            value=encode_event(
                report,
                event_id=event_id_of(endpoint=SOURCE, provider_message_id=identity),
                source=SOURCE,
                time=clock.now(),
                tenant_id=reply.tenant_id,
                desk_id=reply.desk_id,
                subject=reply.conversation_id,
                traceparent=leased.errand.traceparent,
            ),
        )


def _stored(leased: LeasedErrand) -> DeliveryReported | None:
    return None if leased.outcome is None else DeliveryReported.model_validate(leased.outcome)


def _report(filed: FiledReply, certain: Certain, attempt: int) -> DeliveryReported:
    return DeliveryReported(
        conversation_id=filed.reply.conversation_id,
        reply_id=filed.reply.reply_id,
        outcome=certain.outcome,
        attempt=attempt,
        provider_message_id=certain.provider_message_id,
        detail=certain.detail[:DETAIL_LENGTH_MAX],
    )


def _outgoing(filed: FiledReply) -> OutgoingReply:
    return OutgoingReply(
        reply_id=filed.reply.reply_id,
        conversation_id=ConversationId(filed.reply.conversation_id),
        reply_to=filed.reply.reply_to,
        content=filed.reply.content,
        filed_at_ms=filed.filed_at_ms,
    )


def _failed(detail: str, *, is_retriable: bool = False) -> DeliveryResult:
    return DeliveryResult(outcome=DeliveryOutcome.FAILED, is_retriable=is_retriable, detail=detail)
