"""The value that a sentence states, and the conclusion of a text that marks no answer.

Everything is read in place, as a span of the whole text, since what a sentence does with a value
is told by what stands around it (`roles`).
"""

import re
from collections.abc import Iterator

from verifiers.extract.lexicon import Lexicon
from verifiers.extract.roles import Role, role
from verifiers.extract.values import (
    FORMULA,
    I_THINK,
    Value,
    alone,
    bare,
    content,
    is_answer,
    is_read,
    last_side,
    trimmed,
    value,
)

_LEADING = re.compile(  # "42 because", "35%, as"
    r"[\"“](?P<quoted>[^\"“”\n]{1,80})[\"”]|(?P<number>\\?[$€£]?-?\d[\d,]*(?:\.\d+)?%?)"
    r"(?:,? (?:is|as|because|since|calculated|which|when|in|if|but|out|for)\b"  # 42 because
    r"|, (?=[a-z]{2})(?!and\b|or\b)"  # 35%, as
    r"|\s+\(| [a-z]+ \((?=which\b|because\b|since\b))"  # 3 hours (which
)
_SAID_AGAIN = re.compile(  # "256+37, that is 293"
    r",?\s+(?:that is|i\.e\.|namely|in other words|which (?:is|equals)),?\s+(?=[$\\(]*-?\d)"
)
_RIVAL = re.compile(r"\s*\(\s*or\s+([^()\n]+)\)\Z")  # "82.5 (or 83)"
_SENTENCE = re.compile(  # between "it is $5.$" and "So"; not behind "Mr."
    r"(?<=[.!?]\$\$)\s+(?=[A-Z])|(?<=[.!?]\\\])\s+(?=[A-Z])"
    r"|(?<=[.!?。！？])(?:(?<!\d!)|(?=\s+[A-Z]))(?<!\\!)(?<!Mr\.)(?<!Mrs\.)(?<!Ms\.)(?<!Dr\.)"
    r"(?<!St\.)(?<! [A-Z]\.)(?<!i\.e\.)(?:\s+|(?<=[。！？]))(?=\S)"
)
_CALCULATION = re.compile(r"[\d\s.,+*/()^-]+=[^=]+\Z")  # 28 + 32 = 60
_LISTS = re.compile(r"[,;]\s|\b(?:and|or)\b|[<>≤≥→⇒]|\\[lgn]eq?\b|\\(?:text|R?right)")
_ARGUMENTS = re.compile(r"(?<=\w)\([^()]*\)")  # (4, 6) in LCM(4, 6) = 12
_TWO_ENDS = re.compile(r"=\s*(-?[\d.]+)\s*=\s*(-?[\d.]+)\s*\Z")  # x = 3 = 5
_COMMENT = re.compile(  # "Note: the answer is ...", "I hope it is correct", "Check: 8 + 3 = 11"
    r"[\s*#>(_-]*(?:check(?:ing)?\b|verif(?:y|ying|ication)\b|(?:let me|let us|let['’]s|we|i)"
    r" (?:can )?(?:now )?(?:verify|check|double)|to (?:verify|check|confirm)\b"
    r"|as a (?:quick )?check|i hope"
    r"|hope this|let me know|please|feel free|note\b|notes?:|remark\b|hint\b"
    r"|this (?:solves|is correct|completes)|nota:|remarque|hinweis|anmerkung|примечание|catatan"
    r"|ملاحظة|참고|注意|注[:：]|備考|备注)",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\\(?:to|\w*arrow)(?![a-z])|[→⇒]")  # a limit, which is not its right side
_ABSTAINS = re.compile(  # "It cannot be determined", "I don't know"
    r"\b(?:cannot|can['’]t|could not|couldn['’]t|unable to|impossible to|not possible to)"
    r" (?:be )?(?:accurately |uniquely )?(?:answer|determine|solve|finish)"
    r"|\b(?:not enough|insufficient) information\b"
    r"|\bI (?:do not|don['’]t|did not|didn['’]t) (?:know|finish)\b|\bI am not sure\.?\Z"
    r"|\bdon['’]t know\b"
    r"|无法确定|不知道|わかりません|分かりません|알 수 없",
    re.IGNORECASE,
)
_LONGEST = 240  # characters of a statement that is an answer by itself
_WORDY = 60
_LOOK_BACK = 6  # lines above the end that are searched for a conclusion
_MOST_WORDS = 4
_SHORT_LINE = 80
_OPENING = re.compile(r"\s[\"'`]\Z")  # a quotation that was opened last
_ENDS = ".!?。！？)]}$*\"'`%>”"
_LEAD_IN = re.compile(  # "So", "Therefore,", "We conclude that"
    r"[\s*#>-]*(?:(?:so|thus|hence|therefore|consequently|finally|in conclusion|overall"
    r"|(?:it follows|we (?:conclude|see|find)|this (?:means|shows)) that)\b[,:]?\s*)+",
    re.IGNORECASE,
)
_DECIDED = re.compile(r"(yes|no|true|false)\s*(?:[,;:—–-]\s|\.?\Z)", re.IGNORECASE)
_NOT_OTHER = re.compile(r",\s*(?:and |but )?not\b|\s+(?:rather than|instead of)\b")  # B, not A
_BOLD = re.compile(r"\*\*(?P<bold>[^*\n]{1,80})\*\*")  # **Paris**
_COPULA = re.compile(  # "is", "must be", "is called"
    r"\b(?:is|are|was|were|be|becomes?|equals)\s+(?:(?:called|named|known as|therefore|thus|indeed"
    r"|exactly|[a-z]+(?:ed|en|wn|nt|und)\s+(?:by|in|at|from))\s+)*(?=\S)"  # was written by
    r"|\b(?:diverges|converges|tends|goes) to\s+(?=\S)"
    r"|\b(?:it|that|he|she)['’]s\s+(?=\S)"
    r"|(?:→|⇒|⟹)\s*(?=\S)",  # "Independent variable → amount of fertilizer"
    re.IGNORECASE,
)
_NOTHING = Value(None, None)


def conclusion(text: str, kind: str, lexicon: Lexicon) -> Value:
    """The value in the last sentence of `text` that states one.

    None also where the text comes to say that there is no telling.
    """
    lines = list(_lines(text))[::-1]
    if not lines:
        return _NOTHING
    start, end = lines[-1]
    if kind != "math":
        return _predicate(text, start, end, kind, lexicon)
    last = text[start:end]
    whole = is_answer(last) and not _COPULA.search(last)
    valued = whole and (len(lines) == 1 or value(text, start, end, lexicon).text)
    if not ended(last) and not valued:
        return _NOTHING
    if len(lines) == 1 and whole and not abstains(last) and alone(text, start, end, lexicon):
        line = lexicon.predicate.sub("", I_THINK.sub("", last.strip()))
        return last_side(line) if _is_chain(line) else Value(line, Role.ASSERTED)
    block = _last_display(text, lexicon)
    if block.text and text.rstrip().endswith(("\\]", "$$")) and not is_comment(_before(text)):
        return block
    for first, stop in reversed(lines[-_LOOK_BACK:]):
        for begin, until in reversed(sentences(text, first, stop)):
            sentence = text[begin:until]
            if is_comment(sentence):
                continue
            if abstains(sentence):
                return _NOTHING
            found = value(text, begin, until, lexicon)
            if found.text:
                return block if _holds(block, found) else found
            if found.role in (Role.DENIED, Role.COMPARED, Role.HEDGED):
                return _NOTHING  # the last sentence with values states none
    return block


def _before(text: str) -> str:
    """The line that the last display of a text stands under."""
    at = max(text.rfind("\\[", 0, len(text) - 2), text.rfind("$$", 0, len(text.rstrip()) - 2))
    return text[:at].rstrip().rpartition("\n")[2]


def _is_chain(line: str) -> bool:
    """Whether a line is one calculation, which ends in its value and agrees with itself."""
    if _CALCULATION.match(line):
        return True
    end = _TWO_ENDS.search(line)
    if line.count("=") < 2 and is_read(line):
        return False  # comparing knows what an equation is
    return (
        "=" in line
        and not _LISTS.search(_ARGUMENTS.sub("", line))
        and not (end and end[1] != end[2])
    )


def _predicate(text: str, start: int, end: int, kind: str, lexicon: Lexicon) -> Value:
    """What the last sentence says of its subject: **Paris** in "So the capital is **Paris**."

    The sentence as a whole where it is short and has no subject, or no verb that is known.
    """
    start, end = sentences(text, start, end)[-1]
    lead = _LEAD_IN.match(text, start, end)
    start = lead.end() if lead else start
    decided = _DECIDED.match(text, start, end)
    if decided:  # "Yes, the function is continuous."
        return Value(decided[1], Role.ASSERTED)
    reason = lexicon.because.search(text, start, end)
    until = reason.start() if reason and reason.start() > start else end
    other = _NOT_OTHER.search(text, start, until)
    until = other.start() if other else until
    bold = [match for match in _BOLD.finditer(text, start, until) if match[0] != text[start:until]]
    spoken = list(_COPULA.finditer(text, start, until))
    if bold:
        said = bold[-1].span("bold")
    elif spoken:
        said = (spoken[-1].end(), until)
    else:
        said = (start, until)
    begin, stop = trimmed(text, *said, " .*\n")
    if role(text, begin, stop, lexicon) in (Role.HEDGED, Role.ASKED, Role.DENIED, Role.QUOTED):
        begin, stop = trimmed(text, start, end, " \n")  # what is denied keeps its "not"
    found = text[begin:stop]
    subject = text[start : spoken[-1].start()].strip() if spoken and not bold else ""
    if kind == "choice" and subject and found.lower() in ("correct", "right", "true"):
        return Value(subject, Role.ASSERTED)  # "Both A and C are correct"
    beside = (subject,) if subject else ()  # "Tom is the tallest" may answer "Who?"
    return Value(found, Role.ASSERTED, beside) if found and len(found) <= _LONGEST else _NOTHING


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The last lines with text, as spans, the last one first."""
    end = len(text)
    left = _LOOK_BACK + 1
    while end >= 0 and left:
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end]
        if line.strip().strip("*`}{\\] ") and not line.startswith("<|"):
            left -= 1
            yield start, end
        end = start - 1


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]`, as spans."""
    found = []
    for match in _SENTENCE.finditer(text, start, end):
        found.append((start, match.start()))
        start = match.end()
    return [*found, (start, end)]


def ended(line: str) -> bool:
    """Whether a last line reads like an end and not like a text that was cut in mid-sentence."""
    line = line.rstrip()
    return (line[-1] in _ENDS and not _OPENING.search(line)) or (
        line.count("(") <= line.count(")")
        and (line[-1].isdigit() or (len(line) <= _SHORT_LINE and any(map(str.isdigit, line))))
    )


def abstains(sentence: str) -> bool:
    """Whether a sentence says that there is no telling."""
    return bool(_ABSTAINS.search(sentence))


def is_comment(sentence: str) -> bool:
    """Whether a sentence speaks about the answer and states none: "Note that", "I hope"."""
    return bool(_COMMENT.match(sentence))


def is_value(found: str) -> bool:
    """Whether what was found behind a marker is a value and not the rest of a sentence."""
    return (
        any(map(str.isdigit, found))
        or "\\" in found
        or "$" in found
        or len(found.split()) <= _MOST_WORDS
    )


def stated(text: str, start: int, end: int, kind: str, lexicon: Lexicon) -> Value:
    """The answer in a statement: the whole of it if it is one, else its formula or number.

    Nothing where the statement denies, doubts or asks what it mentions. What stands beside a value
    as one side of a comparison stays with it: "less than 42".
    """
    start, end = trimmed(text, start, end, "` \t\n")
    begin, until = sentences(text, start, end)[0]
    first = text[begin:until]
    if kind != "math":
        return Value(first.strip(" *_"), Role.ASSERTED)
    if abstains(first):
        return _NOTHING
    again = _SAID_AGAIN.search(first)
    if again:
        begin += again.end()
        first = text[begin:until]
    whole = _RIVAL.sub(r" or \1", lexicon.predicate.sub("", bare(first)))
    leading = _LEADING.match(whole)
    if leading and not FORMULA.search(first):
        said = (leading["quoted"] or leading["number"]).strip()
        at = text.find(said, begin)
        asserted = role(text, at, at + len(said), lexicon) is Role.ASSERTED
        return Value(said, Role.ASSERTED) if asserted else _NOTHING
    if is_answer(whole):
        return Value(whole, Role.ASSERTED) if alone(text, begin, until, lexicon) else _NOTHING
    if lexicon.limit.match(whole) and len(whole) <= _WORDY:
        return Value(whole, Role.COMPARED)
    found = value(text, begin, until, lexicon)
    if found.text is None and found.role is None and until < end:
        found = value(text, begin, end, lexicon)
    if found.text:
        return found
    if found.role is Role.COMPARED and whole.isascii():
        return Value(whole, Role.COMPARED)  # comparing knows the English words
    return _NOTHING if found.role or len(whole) > _WORDY else Value(whole, Role.ASSERTED)


def _holds(block: Value, found: Value) -> bool:
    """Whether a formula states the value `found` and not just its digits, or a question."""
    if not block.text or block.beside or block.text.endswith("=") or _ARROW.search(block.text):
        return False
    return bool(re.search(rf"(?<![\d.,]){re.escape(found.text or '')}(?![\d]|[.,]\d)", block.text))


def _last_display(text: str, lexicon: Lexicon) -> Value:
    last = None
    for match in FORMULA.finditer(text, max(0, len(text) - 4000)):
        last = match
    if last is None or role(text, last.start(), last.end(), lexicon) is not Role.ASSERTED:
        return _NOTHING
    return last_side(content(last))
