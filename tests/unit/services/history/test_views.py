"""What a stored conversation looks like to its readers."""

from libs.common.contracts.terms import ParticipantKind
from services.history.views import ConversationView, ParticipantView


def test_participants_are_those_who_have_not_left() -> None:
    """Ids are whole again, in one order, and who left is not among them."""
    document = {
        "conversation_id": "cnv_1",
        "desk_id": "support",
        "participants": {"cem": "monitor", "b%en": "consultant", "dora": None},
        "step": 2,
        "held_for": None,
    }

    view = ConversationView.of(document)

    assert view.participants == [
        ParticipantView(agent_id="b.en", kind=ParticipantKind.CONSULTANT),
        ParticipantView(agent_id="cem", kind=ParticipantKind.MONITOR),
    ]
    assert (view.step, view.held_for) == (2, None)


def test_conversation_from_before_there_were_participants_is_shown() -> None:
    """Documents that an earlier release stored are good for ever."""
    view = ConversationView.of({"conversation_id": "cnv_1", "desk_id": "support"})

    assert view.participants == []
    assert view.step == 0
