"""The bytes of a file as text in UTF-8 or as they are: compression and encoding told by content.

Names lie: gzip bytes stand under `.jsonl`, plain text under `.gz`. So the first bytes decide, and
the name only where they say nothing. What a file is where it is no data (a pointer of Git LFS, an
archive, a web page) is said by name.
"""

import codecs
import io
import zlib
from collections.abc import Iterator
from typing import Any

import zstandard

from schemas.errors import SourceError
from tasks.sources.limits import WINDOW_BYTES, refuse_bomb

CHUNK = 2**16
FED = 2**10
"""Bytes given to the zstd codec at a time: a block of 4 bytes may unfold to 128 kB, so 32 MB."""

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"

NO_DATA = {
    b"version https://git-lfs.github.com/spec/v1": "a pointer of Git LFS, not the data; fetch it "
    "with `git lfs pull`",
    b"PK\x03\x04": "a zip archive; unpack it",
    b"BZh": "compressed with bzip2; unpack it, or use .zst or .gz",
    b"\xfd7zXZ\x00": "compressed with xz; unpack it, or use .zst or .gz",
    b"\x00\x05\x16\x07": "macOS's AppleDouble data about a file, not the file",
    b"<!DOCTYPE": "a web page, not data; look at it with an editor",
    b"<!doctype": "a web page, not data; look at it with an editor",
    b"<html": "a web page, not data; look at it with an editor",
}

MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}


class Piped(io.RawIOBase):
    """Pieces of bytes as a file that can be read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.left = pieces, memoryview(b"")

    def readable(self) -> bool:
        """True: it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next; 0 at the end."""
        size = 0
        while size < len(buffer):
            if not self.left:
                piece = next(self.pieces, None)
                if piece is None:
                    break
                self.left = memoryview(piece)
            part = self.left[: len(buffer) - size]
            buffer[size : size + len(part)] = part
            self.left, size = self.left[len(part) :], size + len(part)
        return size


def piped(pieces: Iterator[bytes]) -> io.BufferedReader:
    """The same, buffered: lines and peeks."""
    return io.BufferedReader(Piped(pieces), 2**20)


def is_compressed(start: bytes) -> bool:
    """Whether these first bytes are those of a gzip or zstd file."""
    return start.startswith((GZIP, ZSTD)) or (start[1:4] == b"\x2a\x4d\x18" and start[0] >> 4 == 5)


def unpacked(raw: Any, file: str) -> io.BufferedReader:
    """The uncompressed bytes of an open file. Raises SourceError where it holds no data."""
    start = raw.read(64)
    pieces = _pieces(raw, start)
    name = file.lower()
    plain = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if start.startswith(GZIP) or (name.endswith(".gz") and start and not plain):
        pieces = _gunzipped(pieces)
    elif is_compressed(start) or (name.endswith(".zst") and start and not plain):
        pieces = _unzst(pieces)
    stream = piped(pieces)
    begins = stream.peek(64)[:64]
    for mark, what in NO_DATA.items():
        if begins.startswith(mark):
            raise SourceError(f"it is {what}")
    if is_compressed(begins):
        raise SourceError("it is compressed twice; unpack it once")
    return stream


def in_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    """A text's bytes in UTF-8 without a mark, whatever Unicode encoding it begins in.

    Raises SourceError in the middle of a text that breaks its encoding.
    """
    begins = stream.peek(4)[:4]
    found = next((name for mark, name in MARKS.items() if begins.startswith(mark)), None)
    if found == "utf-8-sig":
        stream.read(3)
        return stream
    if found is None and len(begins) == 4:  # two characters of ASCII in UTF-16, without a mark
        one, other = begins[::2], begins[1::2]
        if one.isascii() and 0 not in one and other == b"\0\0":
            found = "utf-16-le"
        elif other.isascii() and 0 not in other and one == b"\0\0":
            found = "utf-16-be"
    return piped(_recoded(stream, found)) if found else stream


def _recoded(stream: io.BufferedReader, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while data := stream.read(CHUNK):
            yield decoder.decode(data).encode("utf-8", "surrogatepass")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise SourceError(f"it begins as {encoding} and is not: {error}") from None


def _pieces(raw: Any, start: bytes) -> Iterator[bytes]:
    yield start
    while data := raw.read(CHUNK):
        yield data


def _gunzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Member after member; zeros after the last are padding. Raises EOFError where it is cut."""
    codec: Any = None
    packed = unfolded = 0
    for piece in pieces:
        packed += len(piece)
        data = piece
        while data:
            if codec is None:
                data = data.lstrip(b"\x00") if packed > len(piece) or unfolded else data
                if not data:
                    break
                codec = zlib.decompressobj(31)
            whole = codec.decompress(data, 2**20)
            unfolded += len(whole)
            refuse_bomb(packed, unfolded)
            yield whole
            data = codec.unconsumed_tail
            if codec.eof:
                data, codec = codec.unused_data, None
    if codec is not None:
        raise EOFError("the file ends within a gzip member")


def _unzst(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Frame after frame. Raises EOFError where it is cut, SourceError where it wants too much."""
    codec: Any = None
    packed = unfolded = 0
    for piece in pieces:
        packed += len(piece)
        for at in range(0, len(piece), FED):
            data = piece[at : at + FED]
            while data:
                if codec is None or codec.eof:
                    _refuse_window(data)
                    codec = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES).decompressobj()
                whole = codec.decompress(data)
                unfolded += len(whole)
                refuse_bomb(packed, unfolded)
                yield whole
                data = codec.unused_data if codec.eof else b""
    if codec is not None and not codec.eof:
        raise EOFError("the file ends within a zstd frame")


def _refuse_window(header: bytes) -> None:
    try:
        window = zstandard.get_frame_parameters(header).window_size
    except zstandard.ZstdError:  # a header in two pieces, or none: the codec itself will say
        return
    if window > WINDOW_BYTES:
        raise SourceError(
            f"its zstd window is too large: {window // 2**20} MiB of memory to unpack it, where "
            f"{WINDOW_BYTES // 2**20} are granted (it was packed with `zstd --long`); pack it anew"
        )
