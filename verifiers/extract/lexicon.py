"""The patterns of the languages that a text is written in, compiled once per set of languages."""

import re
from functools import lru_cache

from verifiers.extract.languages import LANGUAGES

TAIL = 800  # characters at the end of a text that tell its languages
_SCRIPTS = (  # first and last character of a script, and the languages that it stands for
    ("\u3040", "\u30ff", ("Japanese",)),
    ("\u4e00", "\u9fff", ("Chinese", "Japanese")),
    ("\uac00", "\ud7a3", ("Korean",)),
    ("\u0430", "\u045f", ("Russian",)),
    ("\u0620", "\u064a", ("Arabic",)),
    ("\u0900", "\u0e7f", ("others",)),
    ("\u00df", "\u00f6", ("French", "Spanish", "Portuguese", "German")),
    ("\u00f8", "\u00ff", ("French", "Spanish", "Portuguese", "German")),
    ("\u0100", "\u017f", ("others",)),
    ("\u1ea0", "\u1ef9", ("others",)),
)
_LATIN = {  # words that tell a language from English
    **dict.fromkeys("donc est les une réponse des pour nous alors".split(), "French"),
    **dict.fromkeys("respuesta es el los una por opción entonces".split(), "Spanish"),
    **dict.fromkeys("resposta portanto alternativa uma não é".split(), "Portuguese"),
    **dict.fromkeys("ist und lautet antwort ergebnis der das nicht".split(), "German"),
    **dict.fromkeys("adalah jawaban jawabannya jadi yang hasilnya atau dan".split(), "Indonesian"),
    **dict.fromkeys("risposta cevap odpowiedź antwoord svaret svar".split(), "others"),
}
_SIGNS = "*_$()[]{}\"'.,:;!?"
_ARTICLES = r"the|an?|la|le|el|die|der|a|o|é|is|be|correct|right|best|definitely|clearly|indeed"
_FLAGS = re.IGNORECASE | re.MULTILINE


class Lexicon:
    """The compiled patterns of some languages; the names are those of `languages.Language`.

    `near` stands right before a value, and the name of the group that matched is the field.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._languages = [LANGUAGES[name] for name in names]
        filler = self._words("filler")
        copula = self._words("copula")
        self.anchors = tuple(word for language in self._languages for word in language.anchors)
        self.answer = re.compile(
            r"(?P<json>(?<=[\"'_])answer[\"']\s*:\s*)"  # {"answer": 5}
            rf"|(?P<gsm>\#{{4}}\s+(?=[^\n]*\d))|(?:{self._words('answer')})",  # #### 5
            _FLAGS,
        )
        self.copulas = re.compile(rf"(?:\s*(?:[:：,]|(?:{copula})(?![A-Za-z])))*", _FLAGS)
        self.near = re.compile(
            rf"(?:(?P<denies>{self._words('denies')})(?:\s*(?:{filler})(?![A-Za-z]))*+"
            rf"|(?P<hedge>{self._words('hedge')})|(?P<bound>{self._words('bound')})(?:\s+(?:the|an?|of))*+)\s*\Z",
            _FLAGS,
        )
        self.denies_after = self._compiled("denies_after")
        self.denies_list = self._compiled("denies_list")
        self.others = self._compiled("others")
        self.bound_after = self._compiled("bound_after")
        self.limit = self._compiled("limit")
        self.limited = re.compile(rf"\b(?:{self._words('limit')})\s+\Z", _FLAGS)
        self.doubts = self._compiled("doubts")
        self.because = self._compiled("because")
        self.or_ = self._compiled("or_")
        self.cue = re.compile(
            rf"(?:{self._words('chooses')})(?:\s*(?:{self._words('chooses')}|{copula}|{_ARTICLES})(?![A-Za-z]))*+"
            r"(?:[\s:：=$(\[{*_\"'“‘「『`,-]|\\(?:text|textbf|mathrm|mathbf|boxed)\s*\{|\\[(\[])*+\Z",
            _FLAGS,
        )
        self.chosen = self._compiled("chosen")
        self.corrects = self._compiled("corrects")
        self.renounces = self._compiled("renounces")
        self.withdraws = self._compiled("withdraws")
        self.yes = self._compiled("yes")
        self.predicate = re.compile(rf"(?<=.)(?:{self._words('predicate')})[.。]?\Z", _FLAGS)

    def _words(self, field: str) -> str:
        patterns = [getattr(language, field)[0] for language in self._languages]
        return "|".join(pattern for pattern in patterns if pattern) or r"(?!)"

    def _compiled(self, field: str) -> re.Pattern[str]:
        return re.compile(f"(?:{self._words(field)})", _FLAGS)


def lexicon(text: str) -> Lexicon:
    """The lexicon of the languages that the end of `text` is written in; English is always one."""
    tail = text[-TAIL:]
    said = {word.strip(_SIGNS) for word in set(tail.lower().split())}
    found = {_LATIN[word] for word in said & _LATIN.keys()}
    if not tail.isascii():
        marks = [mark for mark in set(tail.lower()) if mark > "\x7f"]
        for first, last, names in _SCRIPTS:
            if any(first <= mark <= last for mark in marks):
                found.update(names)
    return _compiled(tuple(name for name in LANGUAGES if name in found or name == "English"))


@lru_cache(maxsize=512)
def _compiled(names: tuple[str, ...]) -> Lexicon:
    return Lexicon(names)
