"""Brings what the outside wrote into the bounds of the contracts: cut, cleaned or hashed.

Nothing here fails on any input. Texts keep every letter, emoji and direction mark; control
characters and halves of surrogate pairs go, since no encoder would take them.
"""

import re
import unicodedata
from hashlib import blake2b

from libs.common.contracts.content import Attachment, Content
from libs.common.contracts.terms import TEXT_LENGTH_MAX

SHORT_LENGTH_MAX = 500
IDENTIFIER_LENGTH_MAX = 128
ATTACHMENTS_MAX = 32
REFERENCE_LENGTH_MAX = 1_000
# What stands in for the text of a message that has none: the contracts want at least a letter.
ATTACHMENT_ONLY_TEXT = "[attachment]"
EMPTY_TEXT = "[empty message]"

_IDENTIFIER_PART = re.compile(r"[\x21-\x2e\x30-\x7e]+")  # printable, no space, no slash
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SPACES = re.compile(r"\s+")
# Everything in these categories goes, save line feed and tab: Cc control, Cs surrogate.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DIGEST_BYTES = 16
# The router refuses what is dated five minutes ahead: a sender's wrong clock must not reach it.
_CLOCK_SKEW_MS_MAX = 60_000


def clean_text(text: str) -> str:
    """The text in composed form, lines ended by line feeds, without control characters and
    without white space around it.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", lines)).strip()


def clean_short(text: str | None) -> str | None:
    """One line of at most 500 characters; None if nothing is left."""
    line = _SPACES.sub(" ", clean_text(text or ""))[:SHORT_LENGTH_MAX].strip()
    return line or None


def clean_reference(text: str) -> str | None:
    """A provider's own reference, unchanged; None if it is empty or beyond the bounds, since a
    reference that was cut would point nowhere.
    """
    return text if 0 < len(text) <= REFERENCE_LENGTH_MAX and text.isprintable() else None


def content_of(
    text: str, *, subject: str | None = None, attachments: tuple[Attachment, ...] = ()
) -> Content:
    """One utterance within the bounds. A text beyond 16,000 characters is cut and marked; one
    that is empty becomes `[attachment]` or `[empty message]`. At most 32 attachments are kept.
    """
    cleaned = clean_text(text)
    is_cut = len(cleaned) > TEXT_LENGTH_MAX
    if not cleaned:
        cleaned = ATTACHMENT_ONLY_TEXT if attachments else EMPTY_TEXT
    return Content(
        text=cleaned[:TEXT_LENGTH_MAX],
        subject=clean_short(subject),
        attachments=attachments[:ATTACHMENTS_MAX],
        is_cut=is_cut,
    )


def identifier_of(*parts: str) -> str:
    """The parts as one identifier: joined by slashes where that is readable and within the
    bounds, otherwise their digest. Different parts never give the same identifier.
    """
    joined = "/".join(parts)
    if 0 < len(joined) <= IDENTIFIER_LENGTH_MAX and all(map(_IDENTIFIER_PART.fullmatch, parts)):
        return joined
    # Lengths stand before the parts, so that no two lists of parts look the same joined.
    told = "".join(f"{len(part)}:{part}" for part in parts).encode(errors="surrogatepass")
    return "b2_" + blake2b(told, digest_size=_DIGEST_BYTES).hexdigest()


def name_of(text: str | None) -> str | None:
    """A language or label name in lower case with hyphens; None if it isn't one."""
    name = (text or "").strip().lower().replace("_", "-")
    return name if _NAME.fullmatch(name) else None


def plausible_ms(sent_at_ms: float | None, *, received_at_ms: int) -> int:
    """The sender's time, or the time of receipt if the former is missing or can't be true."""
    if sent_at_ms is None or not 0 < sent_at_ms <= received_at_ms + _CLOCK_SKEW_MS_MAX:
        return received_at_ms
    return int(sent_at_ms)
