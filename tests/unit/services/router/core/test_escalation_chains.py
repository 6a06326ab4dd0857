"""What is pending, and the word of a supervisor that stops it (R26)."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import RefusalReason
from services.router.core.deadlines import DeadlineKind
from services.router.core.escalations import FIRINGS_OF_ITEM_MAX
from services.router.core.invariants import InvariantViolatedError, check_all
from services.router.core.promises import DeskPromises, Escalation
from tests.unit.services.router.core.desks import at_work, busy, configure
from tests.unit.services.router.core.promised_desks import (
    acknowledges,
    an_escalating_desk,
    closes,
    fired_in,
    replies,
    tells_the_same,
)
from tests.unit.services.router.core.world import World, refusal, types

WAITS = {"trouble": "waiting", "after_s": 60, "actions": {"notify": {"collect_s": 0}}}
AGAIN = {**WAITS, "repeat_every_s": 30, "repeats": 20}


def escalation_in(world: World) -> Escalation:
    """What the only conversation goes through."""
    [escalation] = world.engine.state.tables["escalation"].values()
    assert isinstance(escalation, Escalation)
    return escalation


def test_acknowledgement_stops_the_chain() -> None:
    """Who said so stands on the log, and no repeat follows."""
    world = World(an_escalating_desk(AGAIN, on_promises=False))
    world.message("zoe")
    world.tick(after_s=60)

    [stopped] = acknowledges(world)

    assert isinstance(stopped, d.EscalationStopped)
    assert (stopped.cause, stopped.by_agent_id) == ("acknowledged", "sam")
    assert fired_in(world.tick(after_s=6_000)) == []
    tells_the_same(world)


def test_a_trouble_after_the_acknowledgement_escalates_anew() -> None:
    """The supervisor knew of the first one."""
    level = {**WAITS, "trouble": "breached", "after_s": 0}
    world = at_work(an_escalating_desk(level), "ann")
    owned = busy(world, "zoe")
    world.tick(after_s=100)
    assert fired_in(world.tick()) == ["1.0", "alert 1: 1"]
    acknowledges(world)
    replies(world, owned)
    world.message("zoe")

    world.tick(after_s=50)
    assert fired_in(world.tick()) == ["1.0", "alert 1: 1"]
    tells_the_same(world)


def test_what_never_fired_can_not_be_acknowledged() -> None:
    """Nor can an unknown conversation; nothing changes."""
    world = World(an_escalating_desk(WAITS, on_promises=False))
    world.message("zoe")
    before = world.engine.state.tables["escalation"]

    refused = refusal(acknowledges(world))
    unknown = refusal(
        world.hear(e.EscalationAcknowledged(agent_id="sam", conversation_id="cnv_none"))
    )

    assert refused.reason is RefusalReason.ILLEGAL_TRANSITION
    assert unknown.reason is RefusalReason.UNKNOWN_CONVERSATION
    assert world.engine.state.tables["escalation"] == before


def test_a_conversation_without_policy_can_not_be_acknowledged() -> None:
    """Its queue's short alarm has no chain."""
    world = World(an_escalating_desk(WAITS, on_promises=True))
    world.message("zoe")
    world.engine.state.tables["escalation"].clear()

    assert refusal(acknowledges(world)).reason is RefusalReason.ILLEGAL_TRANSITION


def test_firings_of_one_item_are_limited() -> None:
    """However often its troubles begin anew."""
    world = World(an_escalating_desk(AGAIN, on_promises=False))
    world.message("zoe")
    world.tick(after_s=60)
    escalation_in(world).fired = FIRINGS_OF_ITEM_MAX - 1

    assert fired_in(world.tick(after_s=30)) == ["1.1", "alert 1: 1"]
    assert fired_in(world.tick(after_s=6_000)) == []


def test_terms_of_escalations_stay_while_somebody_goes_by_them() -> None:
    """And are forgotten at the first configuration after that (R24)."""
    world = at_work(an_escalating_desk(WAITS, on_promises=False), "ann")
    owned = busy(world, "zoe")
    queues = [{"queue_id": "general"}, {"queue_id": "billing"}]
    plain = an_escalating_desk(on_promises=False, escalation_policies=[], queues=queues)
    configure(world, plain)
    world.tick()
    promises = world.engine.state.need(DeskPromises, "acme", "support")
    assert (list(promises.escalations), promises.escalation_of) == (["help@1"], {})

    closes(world, owned)
    configure(world, plain)

    assert not world.engine.state.tables["desk_promises"]


def test_a_policy_that_stayed_as_it_was_keeps_its_terms() -> None:
    """Firings are counted by terms: a new version of the rest of the desk is no new policy."""
    world = World(an_escalating_desk(WAITS))
    configure(world, an_escalating_desk(WAITS))

    promises = world.engine.state.need(DeskPromises, "acme", "support")

    assert promises.in_force == ["gold@1"]
    assert promises.escalation_of == {"help": "help@1"}


def _spoil_deadline(world: World, escalation: Escalation) -> None:
    key = (escalation.conversation_id,)
    world.engine.state.deadlines.set(DeadlineKind.ESCALATION, key, None)


def _spoil_item(_: World, escalation: Escalation) -> None:
    escalation.work_item_id = "itm_gone"


def _spoil_conversation(_: World, escalation: Escalation) -> None:
    escalation.conversation_id = "cnv_gone"


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (_spoil_deadline, "deadline"),
        (_spoil_item, "no item"),
        (_spoil_conversation, "finished work escalates"),
    ],
)
def test_a_contradiction_is_found(spoil: object, what: str) -> None:
    """A pending level has a deadline, finished work has none."""
    world = World(an_escalating_desk(WAITS, on_promises=False))
    world.message("zoe")
    assert callable(spoil)

    spoil(world, escalation_in(world))

    with pytest.raises(InvariantViolatedError, match=what):
        check_all(world.engine.state)


def test_a_message_to_a_desk_without_trouble_costs_one_decision() -> None:
    """What is pending is told once, at arrival."""
    world = World(an_escalating_desk(WAITS, on_promises=False))

    assert types(world.message("zoe"))[-1] == "escalation_levels_set"
    assert types(world.message("zoe")) == ["message_filed"]
