"""Reads the fields of an HTTP form from its bytes, whichever of the two encodings it has."""

from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from libs.channels.channel import InboundRequest
from libs.common.errors import MalformedBodyError, UnsupportedMediaError

FIELDS_MAX = 200

Fields = dict[str, bytes]


def read_form(request: InboundRequest) -> Fields:
    """The form's fields by name; the first counts where a name occurs twice.

    Raises UnsupportedMediaError if the body isn't a form, MalformedBodyError if it is a broken
    one or has more than 200 fields.
    """
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    if media_type == b"application/x-www-form-urlencoded":
        pairs = _urlencoded(request.body)
    elif media_type == b"multipart/form-data":
        pairs = _multipart(request.body, options.get(b"boundary", b""))
    else:
        raise UnsupportedMediaError("content-type: expected a form")
    fields: Fields = {}
    for count, (name, value) in enumerate(pairs, start=1):
        if count > FIELDS_MAX:
            raise MalformedBodyError(f"form: more than {FIELDS_MAX} fields")
        fields.setdefault(name, value)
    return fields


def _urlencoded(body: bytes) -> Iterator[tuple[str, bytes]]:
    for pair in body.split(b"&", FIELDS_MAX):
        name, _, value = pair.partition(b"=")
        yield _name(_unquoted(name)), _unquoted(value)


def _unquoted(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _name(text: bytes) -> str:
    return text.decode("utf-8", errors="replace")


def _multipart(body: bytes, boundary: bytes) -> Iterator[tuple[str, bytes]]:
    if not boundary:
        raise MalformedBodyError("content-type: boundary missing")
    parts = _Parts()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": parts.begin,
                "on_header_begin": parts.begin_header,
                "on_header_field": parts.add_header_name,
                "on_header_value": parts.add_header_value,
                "on_header_end": parts.end_header,
                "on_part_data": parts.add_value,
                "on_part_end": parts.end,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise MalformedBodyError("form: broken multipart body") from error
    if not parts.is_complete:
        raise MalformedBodyError("form: multipart body ends too soon")
    yield from parts.found


class _Parts:
    """Collects what the parser reports, part by part."""

    def __init__(self) -> None:
        self.found: list[tuple[str, bytes]] = []
        self.is_complete = True
        self._name: str | None = None
        self._value = bytearray()
        self._header_name = bytearray()
        self._header_value = bytearray()

    def begin(self) -> None:
        self.is_complete = False
        self._name = None
        self._value = bytearray()

    def begin_header(self) -> None:
        self._header_name = bytearray()
        self._header_value = bytearray()

    def add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._header_value))
            self._name = _name(options.get(b"name", b""))

    def add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end(self) -> None:
        self.is_complete = True
        if len(self.found) > FIELDS_MAX:
            return  # `read_form` refuses the whole form; there is no need to keep the rest.
        if self._name:
            self.found.append((self._name, bytes(self._value)))
