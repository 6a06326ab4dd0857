"""Desks that promise and escalate, and supervisors who see to it: drawn beside all other dice.

The dice of other worlds are not touched, so that their seeds find what they always found.
"""

import random

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import WorkItemState
from libs.common.contracts.thread_events import SpamMarked
from services.router.core.engine import Engine
from services.router.core.entities import WorkItem
from services.router.core.promises import Escalation
from tests.simulation.routing.desks import DeskKey, Json
from tests.simulation.routing.talk import PartitionTalk

ACKNOWLEDGES = 0.02
SNOOZES = 0.5
SAYS_MORE = 0.4
THREADS = 0.15


class PromisingTalk(PartitionTalk):
    """Says what a partition says, at desks with promises."""

    def __init__(self, rng: random.Random, shadow: Engine) -> None:
        super().__init__(rng, shadow)
        first = rng.random()
        self._own = random.Random(first)
        # What came later has dice of its own, so that older seeds find what they found.
        self._later = random.Random(first + 1)

    def _speak(self, desk: DeskKey) -> tuple[str, e.EventData]:
        escalations = self._shadow.state.tables["escalation"]
        mine = [
            one
            for _, one in sorted(escalations.items())
            if isinstance(one, Escalation) and (one.tenant_id, one.desk_id) == desk
        ]
        if mine and self._own.random() < ACKNOWLEDGES:
            conversation_id = self._own.choice(mine).conversation_id
            return "sam", e.EscalationAcknowledged(agent_id="sam", conversation_id=conversation_id)
        about = self._about_threads(desk)
        if about is not None:
            return about
        lane, said = super()._speak(desk)
        return lane, self._timed(said)

    def _timed(self, said: e.EventData) -> e.EventData:
        """Some things shall happen later."""
        if isinstance(said, e.ParkRequested) and self._own.random() < SNOOZES:
            return e.SnoozeRequested(
                agent_id=said.agent_id,
                conversation_id=said.conversation_id,
                until_ms=self._shadow.now_ms + self._own.choice((-1, 500, 20_000, 90_000)),
            )
        if isinstance(said, e.CloseRequested) and self._own.random() < SAYS_MORE:
            return e.ReplySent(
                agent_id=said.agent_id, conversation_id=said.conversation_id, text="More?"
            )
        return said

    def _about_threads(self, desk: DeskKey) -> tuple[str, e.EventData] | None:
        """Now and then somebody merges or splits, mostly what is theirs."""
        if self._later.random() >= THREADS:
            return None
        items = [
            one
            for _, one in sorted(self._shadow.state.tables["work_item"].items())
            if isinstance(one, WorkItem)
            and (one.tenant_id, one.desk_id) == desk
            and one.state is not WorkItemState.WRAPPING_UP
        ]
        owned = [one for one in items if one.agent_id is not None and one.channel != "voice"]
        if not owned:
            return None
        mine = self._later.choice(owned)
        agent_id = self._later.choice((mine.agent_id,) * 9 + ("ann",)) or ""
        chance = self._later.random()
        if chance < 0.1:
            blocks = self._later.random() < 0.7
            spam = SpamMarked(
                agent_id=agent_id,
                conversation_id=mine.conversation_id,
                blocks=blocks,
                block_for_s=self._later.choice((None, 60)) if blocks else None,
            )
            return agent_id, spam
        if chance < 0.4:
            queue_id = self._later.choice((None, mine.queue_id))
            conversation_id = mine.conversation_id
            split = e.SplitRequested(
                agent_id=agent_id, conversation_id=conversation_id, queue_id=queue_id
            )
            return agent_id, split
        return agent_id, e.MergeRequested(
            agent_id=agent_id,
            conversation_id=mine.conversation_id,
            with_conversation_id=self._later.choice(items).conversation_id,
            across_customers=self._later.random() < 0.8,
        )

    def _encode(self, data: e.EventData, desk: DeskKey, now_ms: int) -> bytes:
        if isinstance(data, e.DeskConfigured):
            data = e.DeskConfigured(configuration=self._dressed(data.configuration, now_ms))
        return super()._encode(data, desk, now_ms)

    def _dressed(self, plain: DeskConfiguration, now_ms: int) -> DeskConfiguration:  # noqa: ARG002 - who has hours looks at the clock
        """The desk with all that it promises."""
        return _noticing(self._later, _promising(self._own, plain))


def _promising(rng: random.Random, desk: DeskConfiguration) -> DeskConfiguration:
    document = desk.model_dump(mode="json", exclude_unset=True)
    queues = [queue.queue_id for queue in desk.queues]
    document["sla_policies"] = [_policy(rng, f"policy-{n}", queues) for n in range(2)]
    document["escalation_policies"] = [
        {"escalation_policy_id": name, "levels": [_level(rng) for _ in range(2)]}
        for name in ("first", "second")
    ]
    for queue in document["queues"]:
        queue["escalation_policy"] = rng.choice((None, "first", "second"))
        # By what was drawn already, so that worlds of older seeds go on as they did.
        is_due_first = queue["escalation_policy"] == "first"
        queue["order"] = "due_first" if is_due_first else "first_come"
        queue["reopen_within_s"] = rng.choice((None, 0, 300))
        queue["inactivity"] = rng.choice((None, _inactivity(rng), _inactivity(rng)))
    document["policies"] = {**document.get("policies", {}), "reopen_within_s": rng.choice((0, 60))}
    return DeskConfiguration.model_validate(document)


def _noticing(rng: random.Random, desk: DeskConfiguration) -> DeskConfiguration:
    """Some queues tell their customers where they stand."""
    document = desk.model_dump(mode="json", exclude_unset=True)
    words = [{"language": "en", "text": "You are number {position}."}]
    for queue in document["queues"]:
        if rng.random() < 0.5:
            queue["wait_notices"] = {
                "at_queueing": rng.random() < 0.5,
                "every_s": 10,
                "at_most": rng.choice((1, 3)),
                "notices": words,
            }
    return DeskConfiguration.model_validate(document)


def _inactivity(rng: random.Random) -> Json:
    words = [{"language": "en", "text": "?"}]
    closes = rng.random() < 0.7
    return {
        "remind_after_s": rng.choice((1, 3)),
        "reminders": words,
        "close_after_s": 3 if closes else None,
        "closings": words if closes else [],
    }


def _policy(rng: random.Random, name: str, queues: list[str]) -> Json:
    return {
        "sla_policy_id": name,
        "when": rng.choice(({}, {"queue": rng.sample(queues, 1)}, {"channel": ["web_chat"]})),
        "first_response_s": rng.choice((2, 5)),
        "next_response_s": rng.choice((1, 3)),
        "resolution_s": rng.choice((8, 20)),
        "at_risk_share": rng.choice((0.25, 0.5)),
        "pauses_while_parked": rng.random() < 0.8,
        "escalation": rng.choice((None, "first", "second")),
    }


def _level(rng: random.Random) -> Json:
    actions: Json = rng.choice(({"notify": {}}, {"notify": {}}, {"take_back": True}))
    return {
        "trouble": rng.choice(("waiting", "at_risk", "breached")),
        "after_s": rng.choice((0, 1, 3)),
        "repeat_every_s": 5,
        "repeats": rng.choice((1, 2)),
        "actions": actions,
    }
