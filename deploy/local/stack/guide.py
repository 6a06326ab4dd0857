"""What a newcomer is told once everything is up: where it is, and lines to paste and try."""

import os
from pathlib import Path

from deploy.local.stack import example
from deploy.local.stack.outside import OutsideProcess
from deploy.local.stack.stack import Stack

_GUIDE = """
Everything is up. Whose token is whose stands in {tokens}

Paste this to be a customer and then a supervisor:

  token() {{ python3 -c 'import json, sys; print(json.load(open("{tokens}"))[sys.argv[1]])' "$1"; }}

  # a customer writes in the web chat (say it again under the same message_id: it is one message)
  curl -s {ingest}/v1/channels/web_chat/{web_chat} \\
    -H "authorization: Bearer $(token '{customer}')" -H 'content-type: application/json' \\
    -d '{{"message_id": "1", "text": "Where is my order?"}}'

  # the shop tells of an order, for the timeline alone
  curl -s {ingest}/v1/events \\
    -H "authorization: Bearer $(token '{integrator}')" \\
    -H 'content-type: application/cloudevents+json' \\
    -d '{{"specversion": "1.0", "id": "1", "source": "/shop",
         "type": "switchboard.customer.event-recorded.v1",
         "data": {{"kind": "order_placed", "summary": "Order 4100",
                  "customer": {{"family": "web", "address": "{address}"}}}}}}'

  # both stand in the customer's timeline
  curl -s {history}/v1/customers/{customer_id}/timeline \\
    -H "authorization: Bearer $(token '{supervisor}')" | python3 -m json.tool --no-ensure-ascii

  # why is a conversation where it is? its id stands in the timeline
  make why ARGS="<conversation_id> --not-agent anna"

  # an agent listens at {notifier}/v1/desks/{desk}/stream
  #   with the bearer token of "{agent}", and is offered the conversation
  # replies arrive at simulated providers, who note them in {received}
  # every route of a service: its address with /openapi.json; its state: /readyz, /metrics

Stop it with `make down`; what was written stays. `make demo` shows agents at work."""


def guide(stack: Stack, outside: OutsideProcess) -> str:
    """The addresses, the place of the tokens, and lines for a shell that work as they are."""
    return _GUIDE.format(
        tokens=shown(stack.files.tokens),
        received=shown(outside.received_path),
        ingest=stack.url("ingest"),
        history=stack.url("history"),
        notifier=stack.websocket_url("notifier"),
        web_chat=example.WEB_CHAT,
        desk=example.DESK,
        address=example.CUSTOMER,
        customer=example.VISITOR,
        customer_id=example.customer_id(),
        supervisor=example.SUPERVISOR,
        integrator=example.INTEGRATOR,
        agent=example.AGENT,
    )


def shown(path: Path) -> str:
    """The path as it is typed from here: relative where it lies below the present folder."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
