"""The bench: present agents, divided by what they meet, in rows of equal room."""

import pytest

from libs.common.contracts.terms import AgentPolicy
from services.router.core.bench import Bench
from services.router.core.populations import AgentClass, Idle, Population, Requires, Seat
from services.router.core.profiles import Profile, ProfileKey

BILLING: Requires = (("billing", 2),)
RUSSIAN: Requires = (("russian", 1),)
ALL_POLICIES = frozenset(AgentPolicy)
IDLE_ALONE = frozenset({AgentPolicy.LONGEST_IDLE})
Policies = frozenset[AgentPolicy]


def _profile(**skills: int) -> Profile:
    key = ProfileKey(
        ranks=(("general", 1),),
        weights=(),
        skills=tuple(sorted(skills.items())),
        groups=(),
        channels=None,
    )
    return Profile(key)


def _seat(
    agent_id: str,
    *,
    idle_ms: int = 0,
    room: int = 1,
    free: int = 2,
    occupied: int = 0,
    is_kept: int = False,
) -> Seat:
    return Seat(Idle(idle_ms, agent_id), room, free, occupied, bool(is_kept))


SKILLED, PLAIN = _profile(billing=3), _profile()


def _bench(policies: Policies = ALL_POLICIES) -> tuple[Bench, Population]:
    """One population: three skilled agents and two without the skill, nobody seated."""
    bench = Bench()
    population = bench.open(
        "queue/general", {SKILLED: 3, PLAIN: 2}, policies=policies, requirements=[(), BILLING]
    )
    return bench, population


def _rows(classes: list[AgentClass]) -> dict[tuple[int, int], list[str]]:
    return {
        key: [idle.agent_id for idle in row.idle]
        for agents in classes
        for key, row in agents.rows.items()
    }


def _free(agents: AgentClass) -> dict[int, list[str]]:
    return {units: sorted(spare) for units, spare in agents.by_free.items()}


def _present(bench: Bench, population: Population, requires: Requires) -> set[str]:
    return {name for agents in bench.classes(population, requires) for name in agents.present}


def test_those_who_meet_a_requirement_are_found_without_looking_at_each() -> None:
    """And how many are configured, present or not."""
    bench, population = _bench()
    bench.put(SKILLED, _seat("ann"))
    bench.put(PLAIN, _seat("bob"))

    [met] = bench.classes(population, BILLING)

    assert (met.configured, met.present) == (3, {"ann"})
    assert population.configured == 5
    assert _present(bench, population, ()) == {"ann", "bob"}


def test_a_requirement_never_asked_before_divides_who_is_present_anew() -> None:
    """Nobody is lost by it, and nobody is counted twice."""
    bench, population = _bench()
    bench.put(SKILLED, _seat("ann", free=4))
    bench.put(PLAIN, _seat("bob"))
    assert not population.knows(RUSSIAN)
    assert _present(bench, population, ()) == {"ann", "bob"}

    assert _present(bench, population, RUSSIAN) == set()
    assert population.knows(RUSSIAN)
    assert _present(bench, population, ()) == {"ann", "bob"}
    assert population.rooms == {1: 2}
    bench.remove("ann")
    assert _present(bench, population, ()) == {"bob"}


def test_a_division_leaves_out_agents_of_other_populations() -> None:
    """They sit on the same bench."""
    bench, population = _bench()
    stranger = _profile(russian=5)
    bench.open("queue/other", {stranger: 1}, policies=IDLE_ALONE, requirements=[()])
    bench.put(stranger, _seat("eve"))
    assert _present(bench, population, ()) == set()

    assert _present(bench, population, RUSSIAN) == set()
    assert _present(bench, bench.populations["queue/other"], ()) == {"eve"}


@pytest.mark.parametrize(
    ("policies", "rows"),
    [
        (ALL_POLICIES, {(1, 0): ["ann"], (1, 500): ["bob"], (3, 0): ["cem"]}),
        (IDLE_ALONE, {(1, 0): ["ann", "bob"], (3, 0): ["cem"]}),
    ],
)
def test_a_row_is_of_equal_room_and_of_equal_occupancy_where_that_is_looked_at(
    policies: Policies, rows: dict[tuple[int, int], list[str]]
) -> None:
    """Longest idle first; an agent without room sits in no row."""
    bench, population = _bench(policies)
    bench.put(SKILLED, _seat("bob", idle_ms=9, occupied=500))
    bench.put(SKILLED, _seat("ann", idle_ms=5))
    bench.put(SKILLED, _seat("cem", room=3))
    bench.put(PLAIN, _seat("dan", room=0))

    assert _rows(list(bench.classes(population, ()))) == rows
    assert (population.has_room(2), population.has_room(4)) == (True, False)
    assert (bench.has_room((population,), 2), bench.has_room((population,), 4)) == (True, False)


@pytest.mark.parametrize("policies", [ALL_POLICIES, IDLE_ALONE])
def test_who_gets_up_leaves_nothing_behind(policies: Policies) -> None:
    """Getting up twice is nothing."""
    bench, population = _bench(policies)
    bench.put(SKILLED, _seat("ann"))
    bench.put(SKILLED, _seat("bob"))
    bench.put(SKILLED, _seat("cem", room=0, is_kept=True))
    assert _present(bench, population, BILLING) == {"ann", "bob", "cem"}

    for name in ("ann", "bob", "cem", "ann"):
        bench.remove(name)

    [met] = bench.classes(population, BILLING)
    assert (met.present, met.rows, met.by_free, population.rooms) == (set(), {}, {}, {})
    assert bench.unkept((population,), BILLING) == []
    assert bench.seat_of("ann") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({}, {"idle_ms": 7}),
        ({}, {"room": 3}),
        ({}, {"room": 0}),
        ({}, {"free": 1}),
        ({}, {"occupied": 100}),
        ({"room": 0}, {"room": 0, "idle_ms": 7}),
        ({"room": 0}, {"room": 0, "free": 0}),
        ({"room": 0}, {"room": 0, "is_kept": True}),
    ],
)
def test_an_agent_who_changes_sits_as_if_newly_seated(
    before: dict[str, int], after: dict[str, int]
) -> None:
    """Whatever it was that changed."""
    bench, population = _bench()
    fresh, fresh_population = _bench()
    bench.put(SKILLED, _seat("ann", **before))
    assert _present(bench, population, ()) == {"ann"}

    bench.put(SKILLED, _seat("ann", **after))
    fresh.put(SKILLED, _seat("ann", **after))

    [met], [expected] = bench.classes(population, BILLING), fresh.classes(fresh_population, BILLING)
    assert _rows([met]) == _rows([expected])
    assert (_free(met), met.present) == (_free(expected), expected.present)
    assert population.rooms == fresh_population.rooms
    assert bench.seat_of("ann") == _seat("ann", **after)


def test_an_agent_whose_profile_changes_moves_to_the_other_class() -> None:
    """The skill is gone."""
    bench, population = _bench()
    bench.put(SKILLED, _seat("ann"))
    assert _present(bench, population, BILLING) == {"ann"}

    bench.put(PLAIN, _seat("ann"))

    assert _present(bench, population, BILLING) == set()
    assert _present(bench, population, ()) == {"ann"}


@pytest.mark.parametrize("policies", [ALL_POLICIES, IDLE_ALONE])
def test_a_ring_is_by_id_kept_or_made_for_the_asking(policies: Policies) -> None:
    """However long each is idle."""
    bench, population = _bench(policies)
    for place, name in enumerate(("cem", "ann", "bob")):
        bench.put(SKILLED, _seat(name, idle_ms=place))
    bench.remove("bob")

    [met] = bench.classes(population, BILLING)

    assert list(met.rows[1, 0].in_ring()) == ["ann", "cem"]


def test_agents_of_different_levels_are_told_apart_only_where_levels_are_compared() -> None:
    """The sum of levels in the skills asked for; a skill that is missing counts nothing."""
    expert = _profile(billing=5)
    found = []
    for policy in (AgentPolicy.MOST_PROFICIENT, AgentPolicy.LEAST_OCCUPIED):
        bench = Bench()
        members = {SKILLED: 3, PLAIN: 2, expert: 1}
        population = bench.open("queue/general", members, policies={policy})
        asked = (*BILLING, ("chess", 1))
        classes = bench.classes(population, BILLING)
        found.append(sorted(agents.proficiency(asked) for agents in classes))

    assert found == [[3, 5], [0]]


def test_the_most_free_are_told_apart_where_heavy_work_may_keep_them() -> None:
    """R6: who is kept already is left out."""
    bench, population = _bench()
    bench.put(SKILLED, _seat("ann", free=2))
    bench.put(SKILLED, _seat("bob", free=5))
    bench.put(SKILLED, _seat("cem", free=5, room=0, is_kept=True))

    [met] = bench.classes(population, BILLING)

    assert _free(met) == {2: ["ann"], 5: ["bob"]}
    assert bench.unkept((population,), BILLING) == [met]
    assert bench.unkept((Population(ALL_POLICIES),), BILLING) == []


@pytest.mark.parametrize("is_looked_at", [True, False])
def test_who_moves_is_counted_where_they_sit_now(
    is_looked_at: bool,  # noqa: FBT001 - a table
) -> None:
    """Skilled, present, with room: whether or not somebody looked since they moved."""
    bench, population = _bench()
    stranger = _profile(billing=5)
    bench.open("queue/other", {stranger: 1}, policies=IDLE_ALONE, requirements=[()])

    moves: list[tuple[Profile, Seat] | str] = [
        (SKILLED, _seat("ann")),
        (PLAIN, _seat("bob")),
        (stranger, _seat("eve")),
        (SKILLED, _seat("ann", room=2)),
        "ann",
    ]
    counted = []
    for move in moves:
        if isinstance(move, str):
            bench.remove(move)
        else:
            bench.put(*move)
        if is_looked_at:
            bench.classes(population, ())
        counted.append(tuple(bench.count(population, BILLING, 1)))

    assert counted == [(3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 1, 0), (3, 0, 0)]
