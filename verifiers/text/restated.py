r"""An answer that repeats words of the question: "焦点为 $F(2,0)$", "an even permutation".

What the question calls the value says nothing beside it, nor do the words of any sentence. Words
between which the question lets one choose ("even or odd") always count, and so do denials.
"""

import re

_COPULA = r"(?:=|:|：|为|是|等于|\b(?:is|are|equals?|be|est|ist|es|vaut|beträgt)\b|—|равн[аоы]?\b)"
_LEAD = re.compile(  # "The smallest value is 4", "Ответ: $x = 9$", 原式$=3$
    rf"\s*(?P<noun>[^\W\d_][^$\\=:：\d.;。；]{{0,40}}?)\s*\$?\s*{_COPULA}\s*"
    r"(?P<value>[$\\(\[{+-]*\s*(?:\d|\\[a-zA-Z]|[a-zA-Z][\w'{}]{0,4}\s*[=(<>≤≥\\]).*)\Z",
    re.DOTALL,
)
_ATTAINED = re.compile(  # ，当且仅当 $x=y$ 时取等号
    r"[,，。]?\s*[(（]?此?时?当[^。]*?(?:时取(?:得|到|等号|最[大小]值)?|等号成立|时成立)[^。]*[)）]?[。.]?\s*\Z"
)
_TEXT = re.compile(r"\\text\s*\{([^{}]*)\}")
_LIMIT = re.compile(r"\\lim(?![a-z])")
_CJK = re.compile(r"[一-鿿]+")
_WORD = re.compile(r"(?<!\\)[^\W\d_]+(?:['’]\w+)?")
_SILENT = frozenset(
    "the a an it this that its is are was be of for in on to at so thus hence therefore then we "
    "get have answer final result value solution equal equals there by which with "
    "ответ réponse respuesta resposta antwort lösung lautet la el le der die das".split()
)
_SILENT_CJK = re.compile(r"答案|所以|因此|故|原式|结果|解得|解|答|的|值|其|该|它|则|即|得|应|坐标")
_DENIALS = frozenset("not no never neither nor un cannot only except isn aren non without".split())
_CHOICE = 3  # words on either side of "or" that are what one may choose
_PLURAL = re.compile(r"(?<=\w{3})(?:ies|es|s)\Z")


def value_said(answer: str, problem: str) -> str:
    """The value behind what `problem` calls it, else the answer as it is."""
    answer = _ATTAINED.sub("", answer) if "当" in answer else answer
    bare = _TEXT.sub(r"\1", answer) if answer.lstrip().startswith("\\text{") else answer
    match = _LEAD.match(bare)
    if not match or not problem:
        return answer
    noun = match["noun"]
    said = _SILENT_CJK.sub("", "".join(_CJK.findall(noun)))
    words = [word for word in _words(_CJK.sub(" ", noun)) if word not in _SILENT]
    told = {*_words(_LIMIT.sub("limit", problem))} - _choices(problem)
    if not said and all(len(word) < 2 for word in _words(noun)):
        return answer  # `x = 4` is for comparing to read
    if _DENIALS & {*words} or "不" in said or "非" in said or not {*words} <= told:
        return answer
    return match["value"] if said in problem else answer


def same_but_for_question(gold: str, answer: str, problem: str) -> bool:
    """Whether two texts are the same words but for those of the question: "an even permutation"."""
    ours, theirs = {*_words(gold)}, {*_words(answer)}
    spare = ours ^ theirs
    told = _SILENT | ({*_words(problem)} - _choices(problem))
    shared = (ours & theirs) - _SILENT
    limiting = any(word in _DENIALS or word.endswith("ly") for word in spare)
    return bool(shared) and spare <= told and not limiting


def _words(text: str) -> list[str]:
    """The words of a text in small letters and the singular."""
    return [_PLURAL.sub("", word.lower()) for word in _WORD.findall(text.replace("-", " "))]


def _choices(problem: str) -> set[str]:
    """The words of a question between which it lets one choose."""
    words = _words(problem)
    near = [n for n, word in enumerate(words) if word in ("or", "oder", "ou", "или")]
    return {
        word for at in near for word in words[max(0, at - _CHOICE) : at + _CHOICE + 1]
    } - _SILENT
