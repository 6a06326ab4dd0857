"""One trace from the webhook over the router to the agent's push and the timeline's write."""

import asyncio

from deploy.local.simulated.provider_log import read_log
from deploy.local.simulated.webhook_requests import telegram_update
from libs.common import clock
from tests.e2e.companies import COMPANIES
from tests.e2e.running import Running
from tests.e2e.spans import ReceivedSpan

CHAT_ID = 4_343
EXPORT_TIMEOUT_S = 30.0
EDGES = {
    ("ingest.receive", "router.decide"),
    ("router.decide", "notifier.push"),
    ("router.decide", "history.write"),
}


async def test_one_trace_leads_from_the_webhook_to_socket_and_timeline(running: Running) -> None:
    """The trace that the agent's socket names begins at ingest and has the edges to both ends."""
    await running.restart_ingest(sample_ratio="1")
    company = COMPANIES[0]
    question = telegram_update(
        endpoint_id=company.endpoint_id("telegram"),
        secret=company.secret,
        chat_id=CHAT_ID,
        number=1,
        text="Which way does this go?",
    )

    assert await running.customers.send(question)
    await running.settling.settle()
    trace_id = _trace_of_offer(running)
    spans = await _exported(running, trace_id)
    await running.restart_ingest()

    names = {span.span_id: span.name for span in spans}
    edges = {(names.get(span.parent_id, ""), span.name) for span in spans}
    assert edges >= EDGES, edges
    assert {span.service for span in spans} == {"ingest", "router", "notifier", "history"}
    assert [span.name for span in spans if not span.parent_id] == ["ingest.receive"]


def _trace_of_offer(running: Running) -> str:
    """The trace id in the message that offered the work to its agent."""
    conversation_id = next(
        reply.conversation_id
        for reply in running.settling.account.replies
        if reply.reply_to.address == str(CHAT_ID)
    )
    offer = next(
        line
        for line in read_log(running.log.path)
        if line["kind"] == "heard"
        and line["type"] == "reservation.opened"
        and line["conversation_id"] == conversation_id
    )
    _, trace_id, _, flags = offer["traceparent"].split("-")
    assert flags == "01"
    return str(trace_id)


async def _exported(running: Running, trace_id: str) -> list[ReceivedSpan]:
    """The trace's spans, as soon as they have all expected edges or the time is over."""
    deadline_s = clock.monotonic_s() + EXPORT_TIMEOUT_S
    while True:
        spans = running.spans.traces().get(trace_id, [])
        if {name for edge in EDGES for name in edge} <= {span.name for span in spans}:
            return spans
        if clock.monotonic_s() > deadline_s:
            return spans
        await asyncio.sleep(0.2)
