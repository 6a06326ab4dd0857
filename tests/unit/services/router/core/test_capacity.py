"""Which kinds of work an agent has room for: units, the channel's limit, exclusive work."""

import pytest

from services.router.core import capacity
from services.router.core.capacity import Held, Kinds
from services.router.core.profiles import Profile, ProfileKey
from tests.unit.services.router.core.desks import Part, a_desk_of

ALL = ("email", "voice", "web_chat")
CHANNELS: Part = {
    "web_chat": {"weight": 2},
    "voice": {"weight": 3, "exclusive": True, "compatible_with": ["email"]},
    "email": {"weight": 1},
}


def _profile(channels: dict[str, int] | None = None) -> Profile:
    limits = tuple(sorted(channels.items())) if channels is not None else None
    return Profile(ProfileKey(ranks=(), weights=(), skills=(), groups=(), channels=limits))


def _open(
    *held: Held, capacity: int = 6, limits: dict[str, int] | None = None, **channels: Part
) -> list[str]:
    """The channels that an agent who holds this has room for."""
    configured = {**CHANNELS, **channels}
    kinds = Kinds(a_desk_of(channels=configured))
    room = kinds.room(_profile(limits), capacity=capacity, held=held)
    weights = {name: part.get("weight", 1) for name, part in configured.items()}  # type: ignore[attr-defined]
    return [name for name in sorted(weights) if room & kinds.kind_of(name, weights[name]).bit]


@pytest.mark.parametrize(
    ("capacity", "channels"),
    [(0, []), (1, ["email"]), (2, ["email", "web_chat"]), (3, list(ALL))],
)
def test_a_kind_fits_where_its_weight_is_free(capacity: int, channels: list[str]) -> None:
    """Exactly its weight is enough."""
    assert _open(capacity=capacity) == channels


def test_what_is_held_is_not_free() -> None:
    """Of all channels together."""
    assert _open(Held(2, "web_chat"), Held(1, "email"), capacity=4) == ["email"]


def test_an_agent_over_a_lowered_limit_has_no_room() -> None:
    """R17: and keeps what is held."""
    assert _open(Held(2, "web_chat"), capacity=1) == []


@pytest.mark.parametrize(
    ("limits", "channels"),
    [
        (None, ["email", "web_chat"]),
        ({"web_chat": 2}, ["web_chat"]),
        ({"web_chat": 1, "email": 1}, ["email"]),
        ({"web_chat": 0, "email": 0}, []),
    ],
)
def test_an_agents_limits_name_the_channels_and_how_many_of_each(
    limits: dict[str, int] | None, channels: list[str]
) -> None:
    """Beside one chat; without limits the agent takes every channel."""
    assert _open(Held(2, "web_chat"), limits=limits) == channels


@pytest.mark.parametrize(
    ("held", "channels"),
    [
        (Held(1, "email"), list(ALL)),
        (Held(2, "web_chat"), ["email", "web_chat"]),
        (Held(3, "voice"), ["email"]),
    ],
)
def test_a_call_needs_zero_other_units_and_blocks_others(held: Held, channels: list[str]) -> None:
    """R18: apart from what it is compatible with."""
    assert _open(held, capacity=9) == channels


def test_two_exclusive_channels_must_both_allow_each_other() -> None:
    """R18: compatibility is asked of each side that excludes."""
    one_sided: Part = {"weight": 1, "exclusive": True, "compatible_with": ["voice"]}

    assert _open(Held(3, "voice"), capacity=9, video=one_sided) == ["email"]


@pytest.mark.parametrize("channel", ["voice", "web_chat"])
def test_what_holds_no_unit_blocks_nobody(channel: str) -> None:
    """A parked call, or one that the agent only watches."""
    assert _open(Held(0, channel), limits={"web_chat": 1, "voice": 1}) == ["voice", "web_chat"]


def test_a_kind_that_came_unnamed_has_its_place_beside_the_configured_ones() -> None:
    """Each kind once, numbered as it comes."""
    kinds = Kinds(a_desk_of(channels=CHANNELS))

    bits = [kinds.kind_of(*kind).bit for kind in (("email", 1), ("voice", 3), ("web_chat", 2))]
    assert [*bits, kinds.kind_of("sms", 1).bit] == [1, 2, 4, 8]
    assert kinds.kind_of("sms", 1).bit == 8
    assert kinds.knows("sms", 1)


def test_whoever_was_asked_what_they_could_carry_could_carry_a_kind_that_came_later() -> None:
    """What was found once is forgotten with each new kind."""
    kinds, profile = Kinds(a_desk_of(channels=CHANNELS)), _profile()
    assert kinds.could_carry(profile, 6, kinds.kind_of("email", 1))

    assert kinds.could_carry(profile, 6, kinds.kind_of("sms", 1))


def test_occupancy_counts_in_thousandths() -> None:
    """Of what the agent could carry."""
    kinds = Kinds(a_desk_of(channels=CHANNELS))

    half, full = (
        kinds.beside(_profile(), capacity=6, held=[Held(units, "email")]) for units in (3, 6)
    )

    assert (half.free_units, half.occupied_permille) == (3, 500)
    assert (full.free_units, full.occupied_permille) == (0, 1_000)


@pytest.mark.parametrize(
    ("channels", "heavy"),
    [
        ({"web_chat": {"weight": 2}}, []),
        ({"web_chat": {"weight": 2}, "email": {}}, ["web_chat"]),
        ({"voice": {"exclusive": True}}, ["voice"]),
        ({"voice": {"exclusive": True}, "email": {}}, ["voice"]),
    ],
)
def test_heavy_is_what_lighter_or_less_demanding_work_could_starve(
    channels: Part, heavy: list[str]
) -> None:
    """R6: nothing is heavy where all is alike."""
    desk = a_desk_of(channels=channels)
    kinds = Kinds(desk)
    found = [name for name in channels if kinds.is_heavy(name, desk.weight_of(name))]

    assert found == heavy


def test_without_a_desk_there_is_no_kind_of_work() -> None:
    """Nobody has room."""
    kinds = Kinds()

    assert kinds.room(_profile(), capacity=6, held=()) == 0


def test_rooms_are_the_same_however_many_loads_were_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is remembered is bounded."""
    monkeypatch.setattr(capacity, "LOADS_KNOWN_MAX", 2)
    kinds, profile = Kinds(a_desk_of(channels=CHANNELS)), _profile()

    for _ in range(2):
        rooms = [
            kinds.room(profile, capacity=6, held=[Held(units, "email")]) for units in range(1, 7)
        ]
        assert rooms == [7, 7, 7, 5, 1, 0]
    assert len(kinds._beside) <= 2
