"""The languages beside Python: what compiles a program, what runs it, what it may do."""

import re
import shutil
from typing import NamedTuple

NAMES = {
    "python": {"python", "py", "pypy", "cpython"},
    "cpp": {"cpp", "c++", "cc", "cxx", "c", "g++", "gnu c++", "gnu++", "clang++"},
    "javascript": {"javascript", "js", "node", "nodejs", "node.js", "jsx", "es", "ecmascript"},
    "bash": {"bash", "sh", "shell", "zsh"},
}
"""The languages of programs, and what they are called, in lower case and without a version."""

_VERSION = re.compile(r"[\s(-]*v?\d[\d.]*\s*\)?$")  # `python3`, `cpp17`, `Python 3.11`, `C++ (20)`

_PATH = "/usr/local/bin:/usr/bin:/bin"


class Language(NamedTuple):
    """How a program of one language is built and run; `{place}` stands for its folder."""

    file: str
    run: list[str]
    build: list[str] | None = None
    forks: bool = False
    reserves: bool = False


_LANGUAGES = {
    "cpp": Language(
        "main.cpp",
        ["{place}/main"],
        ["g++", "-O2", "-std=gnu++20", "-pipe", "-o", "{place}/main", "{place}/main.cpp"],
    ),
    "javascript": Language("main.js", ["node", "{place}/main.js"], reserves=True),
    "bash": Language("main.sh", ["bash", "{place}/main.sh"], forks=True),
}

_CALL_JAVASCRIPT = """
;(() => {
  const fs = require('fs');
  const encode = (value, depth) => {
    if (depth > 100) return {type: 'opaque', name: 'too deep'};
    if (value === undefined || value === null) return null;
    if (typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'bigint') return {type: 'int', hex: '0x' + value.toString(16)};
    if (typeof value === 'number')
      return Number.isSafeInteger(value) ? value + 0 : {type: 'float', repr: String(value)};
    if (Array.isArray(value)) return Array.from(value, item => encode(item, depth + 1));
    if (value instanceof Set)
      return {type: 'set', items: Array.from(value, item => encode(item, depth + 1))};
    if (typeof value === 'object') {
      const pairs = value instanceof Map ? Array.from(value) : Object.entries(value);
      return {type: 'dict', items: pairs.map(pair => pair.map(item => encode(item, depth + 1)))};
    }
    return {type: 'opaque', name: typeof value};
  };
  const send = message => {
    const text = Buffer.from(JSON.stringify(message).replace(/[^\\x00-\\x7f]/g,
      c => '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')));
    const head = Buffer.alloc(16);
    head.writeBigUInt64BE(BigInt(text.length));
    let data = Buffer.concat([head, text]);
    while (data.length) data = data.subarray(fs.writeSync(3, data));
  };
  if (typeof ENTRY !== 'function') {
    send({failed: 'no_function', detail: 'the program defines no `ENTRY`'});
    process.exit(1);
  }
  const given = JSON.parse(fs.readFileSync(0, 'utf8'));
  Promise.resolve(ENTRY(...given)).then(value => {
    send({value: JSON.stringify(encode(value, 0))});
    process.exit(0);
  });
})();
"""


def named(text: str) -> str | None:
    """The language that is called `text`; None for one that is not known.

    >>> [named(text) for text in ("Python3", "C++17", "GNU C++20", "js", "cobol")]
    ['python', 'cpp', 'cpp', 'javascript', None]
    """
    name = text.strip().lower()
    for called in (name, _VERSION.sub("", name)):
        for language, names in NAMES.items():
            if called in names:
                return language
    return None


def language(name: str) -> Language | None:
    """The language with the paths of its tools filled in; None where they are not installed."""
    found = _LANGUAGES[name]
    run, build = _with_tool(found.run), _with_tool(found.build or ["{place}"])
    if run is None or build is None:
        return None
    return found._replace(run=run, build=build if found.build else None)


def _with_tool(command: list[str]) -> list[str] | None:
    if command[0].startswith("{"):
        return command
    tool = shutil.which(command[0], path=_PATH)
    return [tool, *command[1:]] if tool else None


def calling(source: str, entry: str) -> str:
    """A JavaScript program that calls its function `entry` with the arguments on its input."""
    return source + _CALL_JAVASCRIPT.replace("ENTRY", entry)
