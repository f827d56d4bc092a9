"""The compiled tokeniser: the next token of a UTF-8 text, its hash and its kind.

    words       runs of letters; `Tom's` is one, `well-known` two; a single letter is a variable and
                keeps its case (but for A and I)
    numbers     runs of digits with the points and commas inside: 1,000.5 and .5; `2x` is 2 and x;
                -3 is - and another number than 3
    operators   + - * / = < > ^ % and Unicode's, LaTeX's \\le, \\times, \\frac ... as what they are;
                `!` and `'` where they are a factorial or a prime
    others      brackets, superscripts, LaTeX commands; each letter of Chinese, Thai and their like

Hashes are FNV-1a over the folded characters, 64 bits, finished as MurmurHash3 does.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tasks.dedupe import characters
from tasks.dedupe.characters import ALONE, BASIC, DIGIT, LETTER, OPERATOR, OTHER, SKIP
from tasks.dedupe.numerals import NUMERALS

WORD, NUMBER, SIGN, MARK, END = range(5)
"""Kinds of tokens. NUMBER: in digits or a number word; SIGN: an operator; MARK: one of the others;
END: the text is over.
"""

REPLACEMENT = 0xFFFD  # damaged UTF-8, byte by byte
OFFSET, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
MIX1, MIX2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
SHIFT = np.uint64(33)

SLOTS = 4096
FREE, NOTHING, COUNTED = np.uint64(0), np.uint64(0), np.uint64(1)

compiled = njit(cache=True, nogil=True)
inlined = njit(cache=True, nogil=True, inline="always")


@inlined
def mixed(value: Any) -> Any:
    """MurmurHash3's 64-bit finaliser: every bit that goes in reaches every bit that comes out."""
    value ^= value >> SHIFT
    value *= MIX1
    value ^= value >> SHIFT
    value *= MIX2
    return value ^ (value >> SHIFT)


@compiled
def lower_bound(ranked: Any, value: Any) -> Any:
    """Where a value stands in a sorted array, or belongs. (numpy's takes a second to compile.)"""
    low, high = 0, len(ranked)
    while low < high:
        middle = (low + high) // 2
        if ranked[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


def _lexicon() -> NDArray[np.uint64]:
    """Tokens with a meaning, as a hash table (hash, meaning): drop it, a number, or an operator."""
    table = np.zeros((SLOTS, 2), np.uint64)
    meanings = {f"\\{name}": NOTHING for name in characters.LAYOUT}
    meanings |= dict.fromkeys(NUMERALS, COUNTED)
    meanings |= {f"\\{name}": hash_of(sign) for name, sign in characters.COMMANDS.items()}
    for token, meaning in meanings.items():
        slot = int(hash_of(token)) % SLOTS
        while table[slot, 0] != FREE:
            slot = (slot + 1) % SLOTS
        table[slot] = hash_of(token), meaning
    return table


def hash_of(token: str) -> Any:
    """The hash of a token that stands alone, as the scanner computes it."""
    value = int(OFFSET)
    for letter in token:
        value = ((value ^ ord(letter)) * int(PRIME)) % 2**64
    with np.errstate(over="ignore"):
        return mixed.py_func(np.uint64(value))


CLASSES, FOLDS, LEXICON = characters.classes(), characters.folds(), _lexicon()
# Constants of the compiled code: numba counts references to arguments, at some 20 cycles each.


@compiled
def decoded(data: Any, at: int, end: int) -> Any:
    """The character at a byte, and where the next begins."""
    byte = np.int64(data[at])
    if byte < 0x80:
        return byte, at + 1
    size = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
    if byte < 0xC2 or byte > 0xF4 or at + size > end:
        return REPLACEMENT, at + 1
    code = byte & (0x7F >> size)
    for k in range(1, size):
        follow = np.int64(data[at + k])
        if follow & 0xC0 != 0x80:
            return REPLACEMENT, at + 1
        code = (code << 6) | (follow & 0x3F)
    return code, at + size


@compiled
def class_at(data: Any, at: int, end: int) -> Any:
    """The class of the character at a byte; SKIP at the end."""
    if at >= end:
        return SKIP
    code, _ = decoded(data, at, end)
    return OTHER if code >= BASIC else np.int64(CLASSES[code])


@compiled
def lettered(data: Any, at: int, begin: int) -> Any:
    """Whether the byte before this one is an ASCII letter or beyond ASCII."""
    if at <= begin:
        return False
    byte = np.int64(data[at - 1])
    return byte >= 0x80 or 97 <= byte | 32 <= 122


@compiled
def postfix(data: Any, at: int, begin: int) -> Any:
    """Whether `!` or `'` is a factorial or a prime: after a digit, a closing bracket, a single
    letter or another such mark. After a word or a blank it is punctuation.
    """
    if at <= begin:
        return False
    before = np.int64(data[at - 1])
    if lettered(data, at, begin):
        return before < 0x80 and not lettered(data, at - 1, begin)
    return 48 <= before <= 57 or before in (33, 39, 41, 93, 125)


@compiled
def joins(data: Any, at: int, after: int, begin: int, end: int) -> Any:
    """Whether `-` joins words (well-known, x-axis, 5-year): it touches a letter or digit before it
    and at least two letters after it.
    """
    if class_at(data, after, end) != LETTER:
        return False
    _, second = decoded(data, after, end)
    if class_at(data, second, end) != LETTER:
        return False
    return lettered(data, at, begin) or (at > begin and 48 <= data[at - 1] <= 57)


@compiled
def negative(data: Any, at: int, begin: int) -> Any:
    """Whether a minus before the number is its sign: nothing it could be taken from precedes it."""
    if at == begin or data[at - 1] != 45:
        return False
    return at - 1 == begin or not (
        lettered(data, at - 1, begin)
        or 48 <= data[at - 2] <= 57
        or data[at - 2] in (33, 39, 41, 93, 125)
    )


@compiled
def number(data: Any, at: int, end: int) -> Any:
    """Where the number that begins at a byte ends, and its hash: `1,000.5` is one token."""
    value = OFFSET
    while at < end:
        code, after = decoded(data, at, end)
        point = code in (44, 46) and class_at(data, after, end) == DIGIT
        if not point and (code >= BASIC or CLASSES[code] != DIGIT):
            break
        value = (value ^ np.uint64(FOLDS[code])) * PRIME
        at = after
    return at, mixed(value)


@inlined
def word(data: Any, at: int, end: int) -> Any:
    """Where the word that begins at a byte ends, and its hash, letter case folded."""
    value, start, first = OFFSET, at, np.int64(data[at])
    while at < end:
        byte = np.int64(data[at])
        if byte < 0x80 and CLASSES[byte] == LETTER:
            value = (value ^ np.uint64(FOLDS[byte])) * PRIME
            at += 1
            continue
        code, after = decoded(data, at, end)
        kind = CLASSES[code] if code < BASIC else OTHER
        if kind != LETTER:
            apostrophe = kind == OPERATOR and FOLDS[code] == 39 and at > start + 1
            if not (apostrophe and class_at(data, after, end) == LETTER):
                break
        value = (value ^ np.uint64(FOLDS[code])) * PRIME
        at = after
    if at == start + 1 and 65 <= first <= 90 and first not in (65, 73):
        value = (OFFSET ^ np.uint64(first)) * PRIME  # a variable keeps its case
    return at, mixed(value)


@inlined
def meaning(token: Any) -> Any:
    """The slot of a token in the lexicon; -1 where it has no meaning of its own."""
    slot = np.int64(token % np.uint64(SLOTS))
    while LEXICON[slot, 0] != FREE:
        if LEXICON[slot, 0] == token:
            return slot
        slot = (slot + 1) % SLOTS
    return -1


@compiled
def command(data: Any, at: int, end: int) -> Any:
    """(end, hash, kind) of what a backslash begins. END: nothing that says anything."""
    value = (OFFSET ^ np.uint64(92)) * PRIME
    stop = at + 1
    while stop < end and 97 <= np.int64(data[stop]) | 32 <= 122:
        value = (value ^ np.uint64(data[stop])) * PRIME
        stop += 1
    if stop == at + 1:  # spacing: \, \; \: \! \\ and a blank; of an escape (\%) the rest counts
        spacing = stop < end and data[stop] in (32, 33, 44, 58, 59, 92)
        return stop + spacing, value, END
    value = mixed(value)
    slot = meaning(value)
    if slot < 0:
        return stop, value, MARK
    return stop, LEXICON[slot, 1], END if LEXICON[slot, 1] == NOTHING else SIGN


@compiled
def counts(data: Any, code: int, at: int, after: int, begin: int, end: int) -> Any:
    """Whether an operator's character is one here, and not punctuation or a hyphen."""
    sign = np.int64(FOLDS[code])
    if sign in (33, 39):
        return postfix(data, at, begin)
    return sign != 45 or not joins(data, at, after, begin, end)


@compiled
def scan(data: Any, at: int, begin: int, end: int) -> Any:
    """The next token of the text data[begin:end] from byte `at`: (start, stop, hash, kind)."""
    while at < end:
        code, after = decoded(data, at, end)
        kind = OTHER if code >= BASIC else np.int64(CLASSES[code])
        if kind == LETTER:
            stop, value = word(data, at, end)
            return at, stop, value, NUMBER if meaning(value) >= 0 else WORD
        point = code == 46 and class_at(data, after, end) == DIGIT and not lettered(data, at, begin)
        if kind == DIGIT or point:
            stop, value = number(data, at, end)
            return at, stop, mixed(~value) if negative(data, at, begin) else value, NUMBER
        if code == 92:
            stop, value, kind = command(data, at, end)
            if kind != END:
                return at, stop, value, kind
            at = stop
        elif kind == SKIP or (kind == OPERATOR and not counts(data, code, at, after, begin, end)):
            at = after
        else:
            folded = code if code >= BASIC else np.int64(FOLDS[code])
            value = mixed((OFFSET ^ np.uint64(folded)) * PRIME)
            return at, after, value, SIGN if kind == OPERATOR else WORD if kind == ALONE else MARK
    return end, end, OFFSET, END
