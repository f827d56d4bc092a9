"""The words of a Knights and Knaves puzzle as formulas, and the worlds in which they hold.

Every statement becomes "its speaker is a knight if and only if it is true"; the puzzle is their
conjunction and its solutions are the rows of one truth table.
"""

import re
from collections.abc import Callable
from functools import partial, reduce
from itertools import combinations

from verifiers.kinds.logic.parser import parse
from verifiers.kinds.logic.syntax import FALSE, TRUE, Formula, negation
from verifiers.kinds.logic.truth_tables import MOST, rows, table
from verifiers.math.parsing.tree import TooBigError, UnreadableError

Meaning = Callable[[re.Match[str], tuple[str, ...]], Formula]

KNIGHT = (
    r"(?:knight|truth[- ]?teller|truthful|honest|hero|saint|angel|altruist|sage|pioneer)(?:e?s\b)?"
)
KNAVE = r"(?:knave|liar|lying|dishonest|villain|sinner|devil|egoist|fool|laggard)(?:e?s\b)?"
_NUMBERS = {w: n for n, w in enumerate("no one two three four five six seven eight".split())}
_MANY = "|".join(_NUMBERS)
_QUOTED = re.compile(r"[\"“]([^\"“”]{3,400})[\"”]")
_ENDS = re.compile(r"[.?!][\"”]?\s+|\n")
_GIVEN = re.compile(r"\b(?:you know|it is known|we know|you are told) that (?P<fact>[^.]+)\.", re.I)
_RELATIVE = re.compile(r"\bthat (?P<said>[^\"“”]+?)\.?\s*\Z", re.IGNORECASE)


def solutions(puzzle: str, names: tuple[str, ...], most: int = 2) -> list[dict[str, bool]]:
    """The first `most` assignments (True: a knight) that fit all that is said.

    Raises UnreadableError where a statement is not understood or nobody says anything,
    TooBigError for more than 16 people.
    """
    if len(names) > MOST:
        raise TooBigError("people")
    claims = [
        Formula("iff", (_atom(speaker), _formula(said, speaker, names)))
        for speaker, said in statements(puzzle, names)
    ]
    if not claims:
        raise UnreadableError("nobody says anything")
    facts = [_formula(match["fact"], "", names) for match in _GIVEN.finditer(puzzle)]
    whole = Formula("and", (TRUE, *claims, *facts))
    return rows(table(whole, names), names, most)


def statements(puzzle: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """(speaker, words) of everything said, quoted or after "that"; UnreadableError without one."""
    anyone = re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")
    found = []
    end = 0
    for quote in _QUOTED.finditer(puzzle):
        before = _ENDS.split(puzzle[end : quote.start()])
        found += _reported(before[:-1], anyone)
        lead = anyone.search(before[-1])
        trail = anyone.search(_ENDS.split(puzzle[quote.end() :], maxsplit=1)[0].split('"')[0])
        speaker = lead or trail
        if speaker is None:
            raise UnreadableError(f"who says: {quote[1]}")
        found.append((speaker[0], quote[1]))
        end = quote.end()
    return found + _reported(_ENDS.split(puzzle[end:]), anyone)


def _reported(sentences: list[str], anyone: re.Pattern[str]) -> list[tuple[str, str]]:
    """Statements without quotes: "Ann told you that Bob is a knave"."""
    found = []
    for sentence in sentences:
        that = _RELATIVE.search(sentence)
        speaker = anyone.search(sentence[: that.start()]) if that else None
        if that and speaker and not _GIVEN.match(sentence.strip() + "."):
            found.append((speaker[0], that["said"]))
    return found


def _formula(said: str, me: str, names: tuple[str, ...]) -> Formula:
    """What is said, over atoms that are true of knights."""
    meanings: list[Formula] = []

    def keep(meaning: Meaning, match: re.Match[str]) -> str:
        meanings.append(meaning(match, names))
        return f" s{len(meanings) - 1} "

    text = said.strip(" .,")
    for name in (*names, "I"):
        text = re.sub(rf"\b{re.escape(name)}\b", f"@{_index(name, me, names)}", text)
    for pattern, meaning in _PHRASES:
        text = pattern.sub(partial(keep, meaning), text)
    if re.search(r"\b(?:knight|knave)|@", text):
        raise UnreadableError(said)
    return _replaced(parse(text), meanings)


def _index(name: str, me: str, names: tuple[str, ...]) -> int:
    who = me if name == "I" else name
    return names.index(who) if who in names else len(names)


def _replaced(formula: Formula, meanings: list[Formula]) -> Formula:
    """The formula with the placeholders s0, s1, ... put back."""
    if formula.kind != "atom":
        return Formula(formula.kind, tuple(_replaced(part, meanings) for part in formula.args))
    name = str(formula.args[0])
    if not re.fullmatch(r"s\d+", name):
        raise UnreadableError(name)
    return meanings[int(name[1:])]


def _atom(name: str) -> Formula:
    return Formula("atom", (name, ()))


def _people(text: str | None, names: tuple[str, ...]) -> list[Formula]:
    """The atoms of the people that a phrase names; all of them for "us"."""
    found = [int(index) for index in re.findall(r"@(\d+)", text or "")]
    if any(index >= len(names) for index in found):
        raise UnreadableError("I")
    return [_atom(names[index]) for index in found] or [_atom(name) for name in names]


def _kind(match: re.Match[str], names: tuple[str, ...]) -> Formula:
    """Each of the people named is of the kind named."""
    knight = bool(re.match(KNIGHT, match["kind"], re.IGNORECASE)) != bool(match["not"])
    people = _people(match["who"], names)
    parts = tuple(person if knight else negation(person) for person in people)
    return parts[0] if len(parts) == 1 else Formula("and", parts)


def _alike(match: re.Match[str], names: tuple[str, ...]) -> Formula:
    first, second = _people(match["who"], names)
    return Formula("iff" if match["like"].lower() == "same" else "xor", (first, second))


def _counted(match: re.Match[str], names: tuple[str, ...]) -> Formula:
    """Exactly, at least or at most so many of the people named are of a kind."""
    people = _people(match["who"], names)
    if re.match(KNAVE, match["kind"], re.IGNORECASE):
        people = [negation(person) for person in people]
    word, many = (match["how"] or "exactly").lower(), match["many"].lower()
    n = _NUMBERS[many] if many in _NUMBERS else {"none": 0, "all": len(people), "both": 2}[many]
    wanted = {
        "exactly": range(n, n + 1),
        "only": range(n, n + 1),
        "at least": range(n, len(people) + 1),
        "at most": range(0, n + 1),
    }[word]
    cases = [
        reduce(
            lambda left, right: Formula("and", (left, right)),
            [p if i in chosen else negation(p) for i, p in enumerate(people)],
        )
        for size in wanted
        for chosen in combinations(range(len(people)), size)
    ]
    return Formula("or", (FALSE, *cases))


_WHO = r"@\d+(?:\s*(?:,|,?\s*and)\s*@\d+)*"
_KIND = rf"(?P<kind>{KNIGHT}|{KNAVE})"
_PHRASES: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (
            rf"\b(?P<how>exactly|only|at least|at most)\s+(?P<many>{_MANY}) of "
            rf"(?:us|them|the \w+|(?P<who>{_WHO})) (?:is|are) (?:an? )?{_KIND}",
            _counted,
        ),
        (rf"(?P<how>)\b(?P<many>none|all|both) of (?P<who>us|them) (?:is|are) {_KIND}", _counted),
        (
            rf"(?P<who>{_WHO})(?: are)? of (?:the )?(?P<like>same|different) (?:kinds?|types?)",
            _alike,
        ),
        (
            rf"(?P<who>{_WHO})\s+(?:is|am|are)(?: both| all)?\s+(?P<not>not\s+)?(?:an?\s+)?{_KIND}",
            _kind,
        ),
        (rf"(?P<who>\bwe) are (?:both|all) (?P<not>not )?{_KIND}", _kind),
    )
)
