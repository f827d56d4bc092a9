"""The program of a response: which block it is, and by which rule. A step of its own."""

import ast
import re
from typing import NamedTuple

from verifiers.extract.reasoning import after_reasoning, unclosed
from verifiers.kinds.programs.code.languages import named

# "```python", also behind words on its line ("**Solution:** ```python", "<answer>```cpp")
_OPENS = re.compile(r"^(?P<before>.*?)(?P<fence>`{3,}|~{3,})[ \t]*(?P<named>[\w+#.-]*)[^\n`]*$")
_MARGIN = re.compile(r"[ \t>]*")
# A closing fence: alone on its line, on the last line of code, before "</answer>"
_CLOSES = re.compile(r"^(?P<code>.*?)(?P<fence>`{3,}|~{3,})[ \t]*(?:</?\w+>.*)?$")
_CODE = re.compile(
    r"(?:import|from|def|class|async|for|while|if|try|with|print|return|raise|lambda|function|"
    r"const|let|var|int|void|using|echo|read|open)\b|#include|#!|@\w|[A-Za-z_][\w.,\s\[\]]*[=(]"
)
# Where Python begins below a line of prose
_BEGINS = re.compile(r"^(?:(?:from|import|def|class|async def) +\w|@\w|\w+ *=[^=])", re.MULTILINE)
# "<answer>def f(x): ...</answer>", "<solution>"
_TAGGED = re.compile(r"<(answer|solution|code)>(?P<inside>.*?)</\1>", re.DOTALL | re.IGNORECASE)
_TRIES = 12  # places at which unfenced code is tried to begin, and to end
_LONGEST = 200_000  # characters of unfenced code


class Program(NamedTuple):
    """A program, where in the response it stands (characters from, to) and how it was found.

    `rule`: "entry_fence" (the last block that defines the function asked for), "last_fence" (the
    last block in the language), "bare_fence" (the last without one), "open_fence" (a block that
    never ends), "whole" (a response that is nothing but code), "unfenced" (code below prose).
    """

    text: str
    span: tuple[int, int]
    rule: str


class _Block(NamedTuple):
    language: str
    start: int
    end: int
    indent: int
    closed: bool


def find_program(response: str, language: str = "python", entry: str = "") -> Program | None:
    """The program that the response gives after its reasoning; None where it gives none.

    Linear time, whatever the text.
    """
    if unclosed(response):
        return None
    start = len(response) - len(after_reasoning(response))
    blocks = _blocks(response, start)
    if not any(response[block.start : block.end].strip() for block in blocks):
        answers = list(_TAGGED.finditer(response, start))
        span = answers[-1].span("inside") if answers else (start, len(response))
        return _whole(response, span, language)
    closed = [block for block in blocks if block.closed]
    tagged = [block for block in closed if named(block.language) == language]
    bare = [block for block in closed if not block.language]
    if entry:
        defines = re.compile(
            rf"^[ \t]*(?:async )?(?:def|class|function) +{re.escape(entry)}\b"
            rf"|^[ \t]*(?:const |let |var )?{re.escape(entry)} *=",
            re.MULTILINE,
        )
        for group in (tagged, bare):
            for block in reversed(group):
                if defines.search(response, block.start, block.end):
                    return _program(response, block, "entry_fence")
    if tagged:
        return _program(response, tagged[-1], "last_fence")
    if bare:
        return _program(response, bare[-1], "bare_fence")
    last = blocks[-1]
    if not last.closed and (not last.language or named(last.language) == language):
        return _program(response, last, "open_fence")
    return None


def said_language(response: str) -> str | None:
    """The language that all fenced blocks after the reasoning are said to be in, where it is one.

    >>> said_language("So:\n```cpp17\nint main(){}\n```")
    'cpp'
    """
    blocks = _blocks(response, len(response) - len(after_reasoning(response)))
    said = {named(block.language) for block in blocks}
    return said.pop() if len(said) == 1 else None


def find_blocks(text: str) -> list[str]:
    """The contents of the fenced blocks of a text, in order."""
    found = (_program(text, block, "last_fence") for block in _blocks(text, 0))
    return [program.text for program in found if program]


def _blocks(text: str, start: int) -> list[_Block]:
    """The fenced blocks, in order; the last may never end."""
    blocks: list[_Block] = []
    fence = language = ""
    begin = indent = 0
    empty = True  # whether the block that is open holds nothing yet
    at = start
    for line in text[start:].splitlines(keepends=True):
        after = at + len(line)
        bare = line.rstrip("\r\n")
        if "```" in bare or "~~~" in bare:
            if not fence or empty:  # also a fence doubled by another
                found = _opens(bare)
                if found and (not fence or found[1]):
                    fence, language, indent = found
                    begin, at, empty = after, after, True
                    continue
            if fence and (end := _closes(bare, fence)) is not None:
                blocks.append(_Block(language, begin, at + end, indent, True))
                fence = ""
        empty = empty and not bare.strip()
        at = after
    if fence:
        blocks.append(_Block(language, begin, len(text), indent, False))
    return blocks


def _opens(line: str) -> tuple[str, str, int] | None:
    """The fence, the language and the margin of a block that a line opens."""
    found = _OPENS.match(line)
    if not found:
        return None
    margin = _MARGIN.fullmatch(found["before"])
    if not margin and not named(found["named"]):  # in a line of words it has to be a language
        return None
    return found["fence"], found["named"].lower(), len(margin[0]) if margin else 0


def _closes(line: str, fence: str) -> int | None:
    """Where on its line a block ends that `fence` opened; None where it does not."""
    found = _CLOSES.match(line)
    if not found or not found["fence"].startswith(fence):
        return None
    code = found["code"]
    if _MARGIN.fullmatch(code):
        return 0
    quotes = code.count('"') % 2 or code.count("'") % 2  # a fence in a text of the program
    return None if quotes or "#" in code else len(code)


def _program(text: str, block: _Block, rule: str) -> Program | None:
    code = text[block.start : block.end]
    if block.indent:
        margin = re.compile(rf"^[ \t>]{{0,{block.indent}}}", re.MULTILINE)
        code = margin.sub("", code)
    return Program(code, (block.start, block.end), rule) if code.strip() else None


def _whole(text: str, span: tuple[int, int], language: str) -> Program | None:
    """A text without a block: all of it is code, or the part of it that is Python."""
    start, end = span
    for line in reversed(text[start:end].splitlines(keepends=True)):
        if line.strip() and not re.fullmatch(r"[ \t]*(?:`{3,}|~{3,}|</\w+>)\s*", line):
            break
        end -= len(line)  # a closing fence that nothing opened
    code = text[start:end]
    whole = Program(code, (start, end), "whole") if _CODE.match(code.lstrip()) else None
    if language != "python" or len(code) > _LONGEST or (whole and _parses(code)):
        return whole
    starts = [found.start() for found in _BEGINS.finditer(code)][:_TRIES]
    gaps = [found.start() for found in re.finditer(r"\n[ \t]*\n", code)][-_TRIES:]
    for begin in starts:
        for stop in (len(code), *reversed(gaps)):
            if stop > begin and _parses(code[begin:stop]):
                return Program(code[begin:stop], (start + begin, start + stop), "unfenced")
    return whole


def _parses(code: str) -> bool:
    """Whether text is Python that does something: one word is Python, too."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    words = (ast.Name, ast.Constant, ast.Attribute, ast.Tuple)
    return any(not isinstance(part, ast.Expr) or not isinstance(part.value, words) for part in body)
