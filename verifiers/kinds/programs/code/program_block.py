"""The program of a response: which block it is, and by which rule. A step of its own."""

import re
from typing import NamedTuple

from verifiers.extract.reasoning import after_reasoning, unclosed

_FENCE = re.compile(r"^([ \t>]*)(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n`]*$")
_NAMES = {
    "python": {"python", "py", "python3", "python2", "pypy3"},
    "cpp": {"cpp", "c++", "cc", "cxx", "c"},
    "javascript": {"javascript", "js", "node", "nodejs", "jsx"},
    "bash": {"bash", "sh", "shell", "zsh"},
}
_CODE = re.compile(
    r"(?:import|from|def|class|async|for|while|if|try|with|print|return|raise|lambda|function|"
    r"const|let|var|int|void|using|echo|read|open)\b|#include|#!|@\w|[A-Za-z_][\w.,\s\[\]]*[=(]"
)


class Program(NamedTuple):
    """A program, where in the response it stands (characters from, to) and how it was found.

    `rule`: "entry_fence" (the last block that defines the function asked for), "last_fence" (the
    last block in the language), "bare_fence" (the last without one), "open_fence" (a block that
    never ends), "whole" (a response that is nothing but code).
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
    if not blocks:
        return _whole(response, start)
    closed = [block for block in blocks if block.closed]
    tagged = [block for block in closed if block.language in _NAMES[language]]
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
    if not last.closed and (not last.language or last.language in _NAMES[language]):
        return _program(response, last, "open_fence")
    return None


def find_blocks(text: str) -> list[str]:
    """The contents of the fenced blocks of a text, in order."""
    found = (_program(text, block, "last_fence") for block in _blocks(text, 0))
    return [program.text for program in found if program]


def _blocks(text: str, start: int) -> list[_Block]:
    """The fenced blocks, in order; the last may never end."""
    blocks: list[_Block] = []
    fence = language = ""
    begin = indent = 0
    at = start
    for line in text[start:].splitlines(keepends=True):
        after = at + len(line)
        found = _FENCE.match(line.rstrip("\r\n")) if "```" in line or "~~~" in line else None
        if found and not fence:
            fence, language, begin, indent = found[2], found[3].lower(), after, len(found[1])
        elif found and found[2].startswith(fence) and not found[3]:
            blocks.append(_Block(language, begin, at, indent, True))
            fence = ""
        at = after
    if fence:
        blocks.append(_Block(language, begin, len(text), indent, False))
    return blocks


def _program(text: str, block: _Block, rule: str) -> Program | None:
    code = text[block.start : block.end]
    if block.indent:
        margin = re.compile(rf"^[ \t>]{{0,{block.indent}}}", re.MULTILINE)
        code = margin.sub("", code)
    return Program(code, (block.start, block.end), rule) if code.strip() else None


def _whole(text: str, start: int) -> Program | None:
    code = text[start:]
    if not _CODE.match(code.lstrip()):
        return None
    return Program(code, (start, len(text)), "whole")
