"""What a Telegram message holds beside text."""

from typing import Any

import pytest

from libs.channels.json_object import JsonObject
from libs.channels.telegram.media import attachments_of, described_text
from libs.common.contracts.content import Attachment


def message(**members: Any) -> JsonObject:  # noqa: ANN401 - any JSON
    """A message with these members."""
    return JsonObject(members)


def test_file_is_kept_by_reference() -> None:
    """Name, type, size and the id that fetches it; never the bytes."""
    file = {"file_id": "F1", "file_name": "a.pdf", "mime_type": "application/pdf", "file_size": 3}

    assert attachments_of(message(document=file)) == (
        Attachment(name="a.pdf", media_type="application/pdf", size_bytes=3, reference="F1"),
    )


def test_file_without_particulars_is_named_by_its_kind() -> None:
    """A voice message has no name and may lack the rest."""
    assert attachments_of(message(voice={"file_size": -1})) == (
        Attachment(name="voice", media_type="audio/ogg"),
    )


def test_largest_photo_counts() -> None:
    """Telegram offers one photo in several sizes."""
    sizes = [{"file_id": str(width), "width": width, "height": 10} for width in (90, 800, 320)]

    (photo,) = attachments_of(message(photo=sizes))

    assert (photo.reference, photo.media_type) == ("800", "image/jpeg")


def test_animation_is_one_file() -> None:
    """The document that accompanies an animation is the same file."""
    file = {"file_id": "A"}

    assert len(attachments_of(message(animation=file, document=file))) == 1


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"venue": {"title": "Café", "address": "Main 1"}, "location": {}}, "[venue] Café, Main 1"),
        ({"location": {"latitude": 41.9, "longitude": -3}}, "[location] 41.900000, -3.000000"),
        ({"contact": {"first_name": "Ann", "phone_number": "+1"}}, "[contact] Ann, +1"),
        ({"poll": {"question": "Why?"}}, "[poll] Why?"),
        ({"game": {}}, "[game]"),
        ({"dice": {"emoji": "🎲", "value": 4}}, "[dice] 🎲, 4"),
        ({"sticker": {"emoji": "🤣"}}, "🤣"),
        ({"sticker": {}}, ""),
        ({}, ""),
    ],
)
def test_what_has_no_text_is_told_in_words(members: dict[str, Any], words: str) -> None:
    """An agent sees what came, even where it isn't a text."""
    assert described_text(message(**members)) == words
