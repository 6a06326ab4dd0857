"""Where work meets people: what is kept for whom, and what ends that."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import HoldKind, Presence
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, WorkItem
from tests.unit.services.router.core.world import DESK, TENANT, World, a_desk, a_message, types

CALLS = {"voice": {"weight": 1, "exclusive": True}, "web_chat": {"weight": 1}}


def a_call(customer: str) -> e.MessageReceived:
    """A call of the customer of this name."""
    message = a_message(customer)
    reply_to = message.reply_to
    changed = type(reply_to)(
        channel="voice",
        endpoint_id="line",
        contact_point_id=reply_to.contact_point_id,
        family=reply_to.family,
        address=reply_to.address,
    )
    return message.model_copy(update={"reply_to": changed})


def a_small_desk(**changes: object) -> DeskConfiguration:
    """One queue with `ann`, who has three units, and calls that exclude chats."""
    document: dict[str, object] = {
        "skills": ["billing"],
        "queues": [{"queue_id": "general"}, {"queue_id": "other"}],
        "agents": [{"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 3}],
        "rules": [],
        "channels": CALLS,
        "policies": {"capacity_patience_s": 5},
    }
    return a_desk(**{**document, **changes})


def the_reservation(decisions: tuple[d.AnyDecision, ...]) -> d.ReservationOpened:
    """The one offer among the decisions."""
    (found,) = (one for one in decisions if isinstance(one, d.ReservationOpened))
    return found


def the_item(world: World, conversation_id: str) -> WorkItem:
    """The open item of a conversation."""
    (found,) = (
        item for item in world.engine.state.work_items() if item.conversation_id == conversation_id
    )
    return found


def a_kept_agent(world: World) -> WorkItem:
    """Lets a call be passed over beside a chat, so that `ann` is kept for it."""
    world.arrives("ann")
    world.accept(the_reservation(world.message("chatter")))
    queued = next(one for one in world.hear(a_call("caller")) if isinstance(one, d.WorkItemQueued))
    world.tick(after_s=6)
    item = the_item(world, queued.conversation_id)
    assert item.capacity_agent_id == "ann"
    return item


def test_parked_chat_is_held_while_its_owner_has_a_call() -> None:
    """A customer's answer does not put a chat beside an exclusive call (R17, R18)."""
    world = World(a_small_desk())
    world.arrives("ann")
    chat = the_reservation(world.message("chatter"))
    world.accept(chat)
    world.hear(e.ParkRequested(agent_id="ann", conversation_id=chat.conversation_id))
    world.accept(the_reservation(world.hear(a_call("caller"))))

    decisions = world.message("chatter", "I am back")

    assert types(decisions) == ["message_filed", "work_item_held"]


def test_passed_over_item_that_is_refused_keeps_another_agent_at_once() -> None:
    """A heavy item that stands in its line again keeps whoever is in reach now (R6)."""
    agents = [
        {"agent_id": name, "queues": {"general": 1}, "capacity_units": 3} for name in ("ann", "bob")
    ]
    world = World(a_small_desk(agents=agents))
    world.arrives("bob")
    world.accept(the_reservation(world.message("chatter")))
    queued = next(one for one in world.hear(a_call("caller")) if isinstance(one, d.WorkItemQueued))
    world.tick(after_s=6)
    item = the_item(world, queued.conversation_id)
    offer = the_reservation(world.arrives("ann"))
    assert offer.work_item_id == item.work_item_id

    decisions = world.reject(offer)

    kept = [one for one in decisions if isinstance(one, d.HoldOpened)]
    assert [(one.agent_id, one.kind) for one in kept] == [("bob", HoldKind.CAPACITY)]


def test_agent_is_not_kept_for_what_they_refused() -> None:
    """Whoever gets free is kept for no passed-over item that they said no to (R6, R12)."""
    agents = [
        {"agent_id": name, "queues": {"general": 1}, "capacity_units": 3} for name in ("ann", "bob")
    ]
    world = World(a_small_desk(agents=agents))
    world.arrives("bob")
    world.accept(the_reservation(world.message("chatter")))
    world.arrives("ann")
    for caller in ("caller-1", "caller-2"):
        world.reject(the_reservation(world.hear(a_call(caller))))
        world.tick(after_s=6)
    assert world.engine.state.need(Agent, TENANT, DESK, "bob").kept_for is not None

    first = the_reservation(world.message("visitor"))
    world.accept(first)
    world.accept(the_reservation(world.message("guest")))

    decisions = world.hear(e.CloseRequested(agent_id="ann", conversation_id=first.conversation_id))

    assert first.agent_id == "ann"
    assert "hold_opened" not in types(decisions)


def test_of_those_with_the_most_room_the_longest_idle_is_kept() -> None:
    """Free units decide who is kept, and idle time between as many of them (R6, R9)."""
    agents = [
        {"agent_id": name, "queues": {"general": 1}, "skills": skills, "capacity_units": units}
        for name, skills, units in (("ann", {}, 5), ("bob", {}, 5), ("cem", {"billing": 1}, 4))
    ]
    # Whoever has the skill is looked at apart once something asked for it.
    bills = {"rule_id": "bills", "when": {"labels": {"topic": ["bill"]}}}
    rules = [{**bills, "then": {"queue": "general", "requires": {"billing": 1}}}]
    channels = {**CALLS, "web_chat": {"weight": 3}}
    world = World(a_small_desk(agents=agents, channels=channels, rules=rules))
    for name in ("cem", "bob", "ann"):
        world.arrives(name)
        world.now_ms += 1_000
        world.accept(
            the_reservation(world.message(f"chatter-{name}", topic="bill" * (name == "cem")))
        )
    world.hear(a_call("caller"))

    decisions = world.tick(after_s=6)

    kept = [one for one in decisions if isinstance(one, d.HoldOpened)]
    assert [one.agent_id for one in kept] == ["bob"]


def test_refused_item_stays_refused_while_somebody_else_may_still_take_it() -> None:
    """One agent's leaving does not send an item round again that another may have (R12)."""
    agents = [
        {"agent_id": name, "queues": {"general": 1}, "capacity_units": 1}
        for name in ("ann", "bob", "cem")
    ]
    world = World(a_small_desk(agents=agents))
    for name in ("bob", "cem"):
        world.arrives(name)
        world.accept(the_reservation(world.message(f"chatter-{name}")))
    world.arrives("ann")
    refused = the_reservation(world.message("visitor"))
    world.reject(refused)

    decisions = world.presence("bob", Presence.AWAY)

    assert types(decisions) == ["agent_presence_changed"]
    assert the_item(world, refused.conversation_id).excludes("ann")


def test_kept_agent_who_may_no_longer_have_the_item_is_kept_no_more() -> None:
    """A new configuration ends a hold whose agent it takes the queue from (R6, R24)."""
    world = World(a_small_desk())
    item = a_kept_agent(world)
    moved = [{"agent_id": "ann", "queues": {"other": 1}, "capacity_units": 3}]

    world.hear(e.DeskConfigured(configuration=a_small_desk(agents=moved)))
    world.tick()

    assert world.engine.state.need(Agent, TENANT, DESK, "ann").kept_for is None
    assert item.capacity_agent_id is None


def test_kept_agent_whom_the_configuration_leaves_as_they_are_is_still_kept() -> None:
    """A new configuration that means nothing to a hold leaves it in place (R24)."""
    world = World(a_small_desk())
    item = a_kept_agent(world)

    world.hear(e.DeskConfigured(configuration=a_small_desk()))
    world.tick()

    assert (item.state, item.capacity_agent_id) == (S.QUEUED, "ann")


def test_item_of_a_removed_queue_is_offered_before_it_has_moved() -> None:
    """Between a new version and its rematch a widened item may find an agent (R24, R28)."""
    steps = [{"after_s": 1, "anyone": True}]
    before = a_small_desk(
        queues=[{"queue_id": "general", "steps": steps}, {"queue_id": "other", "steps": steps}],
    )
    after = a_small_desk(
        queues=[{"queue_id": "other", "steps": steps}],
        agents=[{"agent_id": "ann", "queues": {"other": 1}}],
        default={"queue": "other"},
        migrate_to={"general": "other"},
    )
    world = World(before)
    world.message("chatter")
    world.tick(after_s=2)
    world.hear(e.DeskConfigured(configuration=after))

    decisions = world.arrives("ann")

    why = the_reservation(decisions).why
    assert (why.policy, why.passed_over) == ("longest_idle", {})


def test_item_on_an_earlier_versions_steps_finds_the_agents_whom_they_added() -> None:
    """Steps that began stay as they were, and so does whom they ask (R10, R24)."""
    agents = [
        {"agent_id": "ann", "queues": {"general": 1}},
        {"agent_id": "bob", "queues": {"other": 1}, "groups": ["helpers"]},
    ]
    groups = [{"agent_group_id": "helpers"}]
    steps = [{"after_s": 1, "widen_to_groups": ["helpers"]}]
    before = a_small_desk(
        queues=[{"queue_id": "general", "steps": steps}, {"queue_id": "other"}],
        agents=agents,
        agent_groups=groups,
    )
    world = World(before)
    world.arrives("bob")
    world.message("chatter")
    world.hear(e.DeskConfigured(configuration=a_small_desk(agents=agents, agent_groups=groups)))

    decisions = world.tick(after_s=2)

    assert the_reservation(decisions).agent_id == "bob"


def test_refused_item_goes_round_although_an_agent_is_there_who_never_takes_its_channel() -> None:
    """Who can't have the item has nothing to refuse (R12)."""
    agents = [
        {"agent_id": "ann", "queues": {"general": 1}},
        {"agent_id": "bob", "queues": {"general": 1}, "channels": {"email": 1}},
    ]
    world = World(a_small_desk(agents=agents))
    world.arrives("bob")
    world.arrives("ann")
    offer = the_reservation(world.message("chatter"))

    decisions = world.reject(offer)

    assert the_reservation(decisions).agent_id == "ann"


def test_item_of_an_earlier_weight_finds_an_agent_when_it_is_queued_again() -> None:
    """A kind of work that the version in force lacks has room at its agents too (R10, R24)."""
    agents = [
        {"agent_id": name, "queues": {"general": 1}, "capacity_units": 3} for name in ("ann", "bob")
    ]
    world = World(a_small_desk(agents=agents))
    world.arrives("ann")
    chat = the_reservation(world.message("chatter"))
    world.accept(chat)
    world.arrives("bob")
    heavier = {"voice": {"weight": 1}, "web_chat": {"weight": 2}}
    world.hear(e.DeskConfigured(configuration=a_small_desk(agents=agents, channels=heavier)))
    world.presence("ann", Presence.AWAY)

    decisions = world.hear(
        e.TransferRequested(
            agent_id="ann", conversation_id=chat.conversation_id, queue_id="general"
        )
    )

    assert the_reservation(decisions).agent_id == "bob"


def test_item_that_is_kept_for_an_agent_stays_kept_under_a_new_version() -> None:
    """A new version does not put into a line what is kept for somebody (R11, R24)."""
    agents = [
        {"agent_id": name, "queues": {"general": 1}, "capacity_units": 1}
        for name in ("ann", "bob", "cem")
    ]
    world = World(a_small_desk(agents=agents))
    world.arrives("ann")
    chat = the_reservation(world.message("chatter"))
    world.accept(chat)
    world.presence("ann", Presence.AWAY)
    world.arrives("bob")
    world.accept(the_reservation(world.message("other")))
    world.hear(
        e.TransferRequested(agent_id="ann", conversation_id=chat.conversation_id, to_agent_id="bob")
    )
    world.hear(e.DeskConfigured(configuration=a_small_desk(agents=agents)))

    decisions = world.arrives("cem")

    assert "reservation_opened" not in types(decisions)
