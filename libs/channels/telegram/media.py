"""What a Telegram message holds beside text: files by reference, and kinds told in words."""

from collections.abc import Callable

from libs.channels.json_object import JsonObject
from libs.channels.normalisation import clean_reference, clean_short
from libs.common.contracts.content import Attachment

# Each kind of file and the media type that Telegram sends it as when it names none.
_MEDIA_TYPES = {
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "document": "application/octet-stream",
    "sticker": "image/webp",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "voice": "audio/ogg",
}
_PHOTO_MEDIA_TYPE = "image/jpeg"


def attachments_of(message: JsonObject) -> tuple[Attachment, ...]:
    """The message's files; `reference` is the `file_id` that the bot's `getFile` takes."""
    found = [
        _attachment(kind, file, media_type)
        for kind, media_type in _MEDIA_TYPES.items()
        # An animation comes as a document too, for older clients.
        if (file := message.child(kind)) and not (kind == "document" and "animation" in message)
    ]
    sizes = message.children("photo")
    if sizes:
        found.append(_attachment("photo", max(sizes, key=_pixels), _PHOTO_MEDIA_TYPE))
    return tuple(found)


def _attachment(kind: str, file: JsonObject, media_type: str) -> Attachment:
    size_bytes = file.integer("file_size")
    return Attachment(
        name=clean_short(file.text("file_name")) or kind,
        media_type=clean_short(file.text("mime_type")) or media_type,
        size_bytes=size_bytes if size_bytes is not None and size_bytes >= 0 else None,
        reference=clean_reference(file.text("file_id") or ""),
    )


def _pixels(size: JsonObject) -> int:
    return (size.integer("width") or 0) * (size.integer("height") or 0)


def described_text(message: JsonObject) -> str:
    """Words for what has no text of its own (a place, a shared contact, a sticker's emoji)."""
    for kind, describe in _DESCRIPTIONS.items():  # A venue comes with its location: first wins.
        described = message.child(kind)
        if described is not None:
            words = ", ".join(filter(None, describe(described)))
            return f"[{kind}] {words}".strip()
    sticker = message.child("sticker")
    return (sticker.text("emoji") or "") if sticker else ""


def _degrees(spot: JsonObject, name: str) -> str | None:
    degrees = spot.number(name)
    return None if degrees is None else f"{degrees:.6f}"


def _person(person: JsonObject) -> tuple[str | None, ...]:
    names = filter(None, (person.text("first_name"), person.text("last_name")))
    return (" ".join(names), person.text("phone_number"))


_DESCRIPTIONS: dict[str, Callable[[JsonObject], tuple[str | None, ...]]] = {
    "venue": lambda venue: (venue.text("title"), venue.text("address")),
    "location": lambda spot: (_degrees(spot, "latitude"), _degrees(spot, "longitude")),
    "contact": _person,
    "poll": lambda poll: (poll.text("question"),),
    "game": lambda game: (game.text("title"),),
    "dice": lambda dice: (dice.text("emoji"), str(dice.integer("value") or "")),
}
