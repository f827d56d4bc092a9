"""The statement after the last "answer" marker: "The answer is 5", "#### 5", `"answer": "5"`."""

import re

from verifiers.extract.prose import sentence_value

_MARKER = re.compile(
    r"(?P<json>[\"']answer[\"']\s*:\s*)"
    r"|(?P<gsm>^\s*\#{4}\s+(?=[^\n]*\d))"
    r"|\bfinal\s+answer\b(?:\s*(?:should be|must be|is|are|=|:))*"
    r"|\banswer\s*(?:is|should be|must be|would be|are|=|:|\*\*\s*:|to [^.\n]{0,60} is)"
    r"|\banswer\s*(?=\$|\\\(|\\\[)"
    r"|\banswer\s+(?=-?\d)|\bmy reply is|\bresult(?:\s+is|\s*:)"
    r"|答案(?:是|为|為)?|答え(?:は)?|答[:：]|정답(?:은)?"
    r"|\b(?:réponse|antwort|respuesta|risposta|resposta|lösung)(?=\W)(?:\s+(?:finale?|est|lautet|es|è|é|ist)\b)*"
    r"|(?:ответ|उत्तर|الجواب|الإجابة|উত্তর|జవాబు|คำตอบ)",
    re.IGNORECASE | re.MULTILINE,
)
_LEAD = re.compile(r"[\s:：*_=#>\-–—✅]*", re.DOTALL)
_RECONSIDERED = re.compile(
    r"\b(?:wait|hold on)\b|let me (?:double|check|think|re)|\bi think i (?:made|might)\b|i'm still",
    re.IGNORECASE,
)
_JUDGEMENTS = ("correct", "right", "wrong", "incorrect", "reasonable", "consistent", "here")
_JSON_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"")
_JSON_BARE = re.compile(r"[^,}\n]*")
_END = re.compile(r"\n|<\||</")


def statement(text: str, kind: str) -> str | None:
    """The answer stated after the last marker, or None when there is no marker or nothing after."""
    matches = list(_MARKER.finditer(text))
    for match in reversed(matches[-4:]):
        if _RECONSIDERED.search(text, match.end()):
            return None  # "The answer is 2. But wait": what counts is how the text ends
        found = _json(text, match.end(), kind) if match["json"] else _after(text, match.end(), kind)
        if found and found.lower() not in _JUDGEMENTS:
            return found
    return None


def _json(text: str, at: int, kind: str) -> str:
    quoted = _JSON_STRING.match(text, at)
    bare = _JSON_BARE.match(text, at)
    if quoted:
        value = quoted[1].replace('\\"', '"').replace("\\\\", "\\").strip()
    else:
        value = bare[0].strip() if bare else ""
    return sentence_value(value, kind) if value else ""


def _after(text: str, at: int, kind: str) -> str:
    """The first statement after the marker: the rest of its line, or the next one with text."""
    start = at
    lead = _LEAD.match(text, at)
    if lead:
        start = lead.end()
        if lead[0].endswith("-") and text[start : start + 1].isdigit():
            start -= 1  # a sign, not a dash
        if lead[0].endswith("**") and "**" in text[start : start + 200] and "\n" not in lead[0]:
            start -= 2  # the start of bold text
    rest = text[start:]
    opening = rest[:2]
    if opening in ("$$", "\\[", "\\("):
        closing = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}[opening]
        end = rest.find(closing, 2)
        if end > 0 and (opening != "\\(" or _END.match(rest, end + 2) or len(rest) <= end + 4):
            return sentence_value(rest[: end + 2], kind, text[:at])
    stop = _END.search(rest)
    return sentence_value(rest[: stop.start()] if stop else rest, kind, text[:at])
