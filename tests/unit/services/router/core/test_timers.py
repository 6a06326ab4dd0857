"""When things fall due for an item: which timers run in which state."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import QueueingReason
from tests.unit.services.router.core.desks import (
    Part,
    a_desk_of,
    at_work,
    busy,
    item_of,
    only_item,
    reservations,
)
from tests.unit.services.router.core.world import World, contact_point, offered, types

HEAVY: Part = {"web_chat": 2, "telegram": 1}
TAKES_BACK: Part = {"policies": {"unanswered_take_back_after_s": 30}}
TWO: dict[str, Part] = {"ann": {}, "bob": {}}


def test_a_heavy_item_is_passed_over_after_its_patience_a_light_one_never() -> None:
    """R6: sixty seconds unless the desk says otherwise."""
    world = World(a_desk_of(capacity_weights=HEAVY))
    world.message("zoe")
    world.message("yan", channel="telegram")

    assert world.tick(after_s=59) == ()
    [passed] = world.tick(after_s=1)
    assert isinstance(passed, d.WorkItemPassedOver)
    assert passed.waited_ms == 60_000


def test_patience_begins_anew_when_the_item_was_served_meanwhile() -> None:
    """R6: what an agent has had was not passed over."""
    queues = ({"queue_id": "general"}, {"queue_id": "billing"})
    ann: dict[str, Part] = {"ann": {"queues": {"general": 1}}}
    world = at_work(a_desk_of(*queues, agents=ann, capacity_weights=HEAVY), "ann")
    place = busy(world, "zoe")
    world.tick(after_s=600)

    world.hear(e.TransferRequested(**place, queue_id="billing"))

    assert world.tick(after_s=59) == ()
    assert types(world.tick(after_s=1)) == ["work_item_passed_over"]


def test_an_unanswered_assignment_is_taken_back_and_the_owner_not_asked_again_yet() -> None:
    """The desk's own policy: the owner counts as one who refused."""
    world = at_work(a_desk_of(agents=TWO, **TAKES_BACK), "ann", "bob")
    place = busy(world, "zoe")

    decisions = world.tick(after_s=30)

    queued = decisions[0]
    assert isinstance(queued, d.WorkItemQueued)
    assert (queued.reason, queued.by_agent_id) == (QueueingReason.UNANSWERED, place["agent_id"])
    assert offered(decisions).agent_id == "bob"


def test_an_answer_stops_the_clock_until_the_customer_writes_again() -> None:
    """Nothing is taken from an owner who answered."""
    world = at_work(a_desk_of(agents=TWO, **TAKES_BACK), "ann", "bob")
    place = busy(world, "zoe")
    world.hear(e.ReplySent(**place, text="Hello"))

    assert world.tick(after_s=60) == ()
    world.message("zoe", "And now?")
    assert world.tick(after_s=29) == ()
    assert offered(world.tick(after_s=1)).agent_id == "bob"


def test_a_second_message_does_not_put_the_clock_back() -> None:
    """The first unanswered one counts."""
    world = at_work(a_desk_of(agents=TWO, **TAKES_BACK), "ann", "bob")
    busy(world, "zoe")
    world.tick(after_s=20)
    world.message("zoe", "Hello?")

    assert offered(world.tick(after_s=10)).agent_id == "bob"


def test_without_that_policy_nothing_is_taken_back() -> None:
    """A message to an owner sets no clock."""
    world = at_work(a_desk_of(agents=TWO), "ann")
    busy(world, "zoe")
    world.message("zoe", "Hello?")

    assert only_item(world).answer_due_ms is None


def test_a_reserved_item_escalates_and_forgets_refusals_too() -> None:
    """It still waits for somebody."""
    queue = {"queue_id": "general", "escalation": {"after_s": 30}, "offer": {"timeout_s": 300}}
    world = at_work(a_desk_of(queue), "ann")
    offer = offered(world.message("zoe"))

    assert types(world.tick(after_s=30)) == ["escalation_fired"]
    assert item_of(world, offer).escalation_due_ms is None


def test_an_escalation_outlives_its_queues_policy() -> None:
    """R24: running timers keep the version they started under; nobody is left to be told."""
    world = World(a_desk_of({"queue_id": "general", "escalation": {"after_s": 30}}))
    world.message("zoe")
    world.hear(e.DeskConfigured(configuration=a_desk_of()))

    [fired] = [one for one in world.tick(after_s=30) if isinstance(one, d.EscalationFired)]

    assert fired.notify_roles == ()


def test_the_last_agent_is_remembered_for_so_long_only() -> None:
    """A customer who comes back after that is served as if new."""
    queue = {"queue_id": "general", "last_agent_hold_s": 20}
    world = at_work(a_desk_of(queue, policies={"last_agent_remembered_s": 600}), "ann")
    world.hear(e.CloseRequested(**busy(world, "zoe")))

    forgotten = world.tick(after_s=600)

    assert types(forgotten) == ["last_agent_forgotten"]
    assert world.engine.state.tables["contact_point"] == {}


def test_a_forgotten_agent_leaves_the_open_conversation_alone() -> None:
    """Only who served last is forgotten."""
    queue = {"queue_id": "general", "last_agent_hold_s": 20}
    world = at_work(a_desk_of(queue, policies={"last_agent_remembered_s": 600}), "ann")
    world.hear(e.CloseRequested(**busy(world, "zoe")))
    world.tick(after_s=599)
    assert reservations(world.message("zoe"))[0].why.chosen_for == "last_agent"

    assert "last_agent_forgotten" in types(world.tick(after_s=1))
    assert ("acme", "support", contact_point("zoe")) in world.engine.state.tables["contact_point"]
