"""Takes the quoted earlier mail off the end of a reply, where its beginning is beyond doubt.

The whole text stays unless a known marker stands before a quotation that reaches to the end: text
that was cut wrongly is lost to the agent, text that was kept wrongly only costs a glance.
"""

import re

_REPLY_SUBJECT = re.compile(
    r"(re|aw|sv|antw|odp|rif|ref|res|ynt|vs|отв|ответ)(\[\d+\])?:", re.IGNORECASE
)
_SEPARATOR = re.compile(
    r"-{2,}\s*(original message|исходное сообщение|ursprüngliche nachricht|message d'origine|"
    r"mensaje original|messaggio originale|mensagem original)\s*-{2,}",
    re.IGNORECASE,
)
# The block that Outlook puts before what it quotes, in the languages seen.
_FROM = re.compile(r"(from|von|от|de|da|van|od):\s*\S", re.IGNORECASE)
_SENT = re.compile(
    r"(sent|date|gesendet|datum|отправлено|дата|envoyé|enviado|inviato|verzonden|wysłano|data)\s*:",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(subject|betreff|тема|objet|asunto|oggetto|onderwerp|temat|assunto)\s*:", re.IGNORECASE
)
_HEADER_BLOCK_LINES = 7
_DATE = re.compile(r"\b(\d{4}|\d{1,2}:\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})\b")
_WROTE = re.compile(
    r"@|\b(wrote|schrieb|écrit|escribió|escreveu|scritto|schreef|skrev|napisał|написала?|пишет|"
    r"пише|wrote on)\b",
    re.IGNORECASE,
)
_QUOTED_HEADER = re.compile(r"(subject|from|date|to|sent):", re.IGNORECASE)
_ATTRIBUTION_LINES = 3


def is_reply(*, subject: str, has_references: bool) -> bool:
    """Whether a mail answers another; a forwarded one doesn't, and keeps what it carries."""
    return has_references or _REPLY_SUBJECT.match(subject.strip()) is not None


def without_quotation(text: str) -> str:
    """The reply's own text; the whole text where no clear quotation ends it or nothing is left."""
    lines = text.rstrip().split("\n")
    ends = (_quote_start(lines), _separator_start(lines))
    end = min((end for end in ends if end is not None), default=None)
    own = "\n".join(lines[:end]).rstrip()
    return own if own.strip() else text


def _separator_start(lines: list[str]) -> int | None:
    for place, line in enumerate(lines):
        stripped = line.strip()
        if _SEPARATOR.fullmatch(stripped):
            return place
        if _FROM.match(stripped) and _is_header_block(lines[place : place + _HEADER_BLOCK_LINES]):
            return place
    return None


def _is_header_block(lines: list[str]) -> bool:
    stripped = [line.strip() for line in lines]
    return any(map(_SENT.match, stripped)) and any(map(_SUBJECT.match, stripped))


def _quote_start(lines: list[str]) -> int | None:
    """Where a run of quoted lines to the end begins, its attribution line included."""
    start = len(lines)
    while start and (lines[start - 1].startswith(">") or not lines[start - 1].strip()):
        start -= 1
    quoted = next((place for place in range(start, len(lines)) if lines[place].strip()), None)
    if quoted is None:
        return None
    first = lines[quoted].lstrip("> ")
    if _QUOTED_HEADER.match(first) or _is_attribution(first):
        return start
    for count in range(1, min(_ATTRIBUTION_LINES, start) + 1):
        if _is_attribution(" ".join(lines[start - count : start])):
            return start - count
    return None


def _is_attribution(line: str) -> bool:
    text = line.strip()
    return text.endswith(":") and bool(_DATE.search(text)) and bool(_WROTE.search(text))
