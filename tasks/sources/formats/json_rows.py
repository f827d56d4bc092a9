"""Rows of JSON: an object a line, or, where the file is not written so, value after value."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from schemas.errors import SourceError
from tasks.sources.limits import CELL_BYTES, SKIPPED_BYTES
from tasks.sources.rows import Broken, Row

SEEN = 2**20
"""Bytes of a file that tell how it is written."""


def json_rows(stream: Any, name: str) -> Iterator[Row]:
    """An object a line; or an array, or objects over several lines. Raises SourceError.

    A bad line costs itself. In an array nothing tells where the next object would begin, so there
    what cannot be read ends the source.
    """
    begin = stream.peek(SEEN)
    if _is_lines(begin.lstrip()):
        return _lines(stream, name)
    return _values(stream, name)


def _is_lines(begin: bytes) -> bool:
    """Whether a text that begins so has an object a line.

    `{` alone opens an object of several lines; `{"a": "cut of` is a broken line.
    """
    line, newline, _ = begin.partition(b"\n")
    if begin[:1] == b"[" and begin[1:].lstrip()[:1] in (b"{", b"]", b""):
        return False
    if begin[:1] != b"{" or not newline:
        return True
    try:
        _DECODER.decode(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return line.strip() != b"{" and not _is_value(begin)
    return True


def _is_value(begin: bytes) -> bool:
    try:
        _DECODER.raw_decode(begin.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return False
    return True


def _lines(stream: BinaryIO, name: str) -> Iterator[Row]:
    number = 0
    while line := stream.readline(CELL_BYTES):
        number += 1
        place = f"{name}:{number}"
        if len(line) == CELL_BYTES and not line.endswith(b"\n"):
            size = _skip_line(stream, len(line), place)
            yield Row(
                place, Broken("too_long", f"a line of {size:,} bytes; at most {CELL_BYTES:,}")
            )
            continue
        if not line.strip():
            continue
        yield Row(place, _content(line))


def _skip_line(stream: BinaryIO, size: int, place: str) -> int:
    while part := stream.readline(2**20):
        size += len(part)
        if size > SKIPPED_BYTES:
            raise SourceError(f"{place} is a line of more than {SKIPPED_BYTES:,} bytes")
        if part.endswith(b"\n"):
            break
    return size


def _content(line: bytes) -> dict[str, Any] | Broken:
    try:
        content = _loads(line)
    except UnicodeDecodeError as error:
        return Broken("invalid_utf8", f"{error}")
    except (ValueError, RecursionError) as error:  # brackets a thousand deep are no JSON either
        shown = line[:200].decode("utf-8", "replace")
        return Broken("malformed", f"not JSON: {error}; the line begins {shown!r}")
    if isinstance(content, dict):
        return content
    return Broken("malformed", f"not an object: {line[:200]!r}")


def _values(stream: BinaryIO, name: str) -> Iterator[Row]:
    """The objects of arrays and of a sequence, one after another, in a window of the text."""
    text, at, number, ended, size = "", 0, 0, False, SEEN
    inside = False
    pieces = iter(lambda: stream.read(SEEN), b"")
    decoded = _decoded(pieces)
    while True:
        at = _past(text, at, ",")
        if at == len(text) and not ended:
            text, at = next(decoded, ""), 0
            ended = not text
            continue
        if at == len(text):
            if inside:
                raise EOFError("the file ends within an array")
            return
        if text[at] in "[]" and (text[at] == "]") == inside:
            inside, at = not inside, at + 1
            continue
        try:
            content, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            if ended or len(text) - at > CELL_BYTES or isinstance(error, RecursionError):
                raise SourceError(
                    f"no JSON after {number:,} rows: {error}; there stands {text[at : at + 80]!r}"
                ) from None
            more, size = _at_least(decoded, size), 2 * size
            text, at, ended = text[at:] + more, 0, not more
            continue
        if end == len(text) and not ended:  # a number may go on
            more = next(decoded, "")
            text, at, ended = text[at:] + more, 0, not more
            continue
        at, size, number = end, SEEN, number + 1
        good = isinstance(content, dict)
        shown = content if good else Broken("malformed", f"not an object: {content!r:.200}")
        yield Row(f"{name}:{number}", shown)


def _past(text: str, at: int, also: str) -> int:
    while at < len(text) and (text[at] in also or text[at].isspace()):
        at += 1
    return at


def _decoded(pieces: Iterator[bytes]) -> Iterator[str]:
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    for piece in chain(pieces, [b""]):
        text = decoder.decode(piece, final=not piece)
        if text:
            yield text


def _at_least(pieces: Iterator[str], size: int) -> str:
    parts: list[str] = []
    while sum(map(len, parts)) < size and (part := next(pieces, "")):
        parts.append(part)
    return "".join(parts)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        times = Counter(key for key, _ in pairs)
        twice = next(key for key, n in times.items() if n > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return content


def _constant(word: str) -> None:
    if word != "NaN":  # what pandas writes where there is nothing
        raise ValueError(f"{word} is no number of JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _loads(line: bytes) -> Any:
    return _DECODER.decode(line.decode("utf-8"))
