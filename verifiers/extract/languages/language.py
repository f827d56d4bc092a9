r"""The words with which languages state, deny, doubt and compare: data, one table per language.

Every entry is a pattern and an example of it, in which the value is 42 or the option B. A test
reads each example. A language is added by a table; the grammar is in `roles`.

`answer` announces a value that follows it, and begins with one of the `anchors`, which are written
small. `copula` may stand between the two, also several times. `predicate` is what a value ends with
where the verb comes last. `denies` stands right before what it denies, with nothing but `filler`
between; `denies_list` denies up to the end of its clause; `denies_after` stands right behind.
`hedge` stands right before a value, `doubts` behind it, `others` anywhere before it in the
sentence: words of others,
traps, suppositions. `bound` and `bound_after` make a value one side of a comparison; so does
`limit` at the start of a statement (elsewhere, one needs at least 42). `because` begins
a clause that gives a reason or a condition. `or_` joins rivals.
`chooses` is said before the letter of an option, `chosen` behind it. `corrects` announces another
value; `withdraws` says of the value before it that it is wrong; `renounces` says anywhere behind it
that there is no answer; `yes` answers a question about one.
"""

from typing import NamedTuple

Entry = tuple[str, str]
"""A pattern, and an example that it is found in."""

NONE: Entry = ("", "")


class Language(NamedTuple):
    """One language; see the module's docstring."""

    anchors: tuple[str, ...]
    answer: Entry
    copula: Entry
    denies: Entry = NONE
    filler: Entry = NONE
    denies_after: Entry = NONE
    denies_list: Entry = NONE
    hedge: Entry = NONE
    doubts: Entry = NONE
    others: Entry = NONE
    bound: Entry = NONE
    limit: Entry = NONE
    bound_after: Entry = NONE
    because: Entry = NONE
    or_: Entry = NONE
    chooses: Entry = NONE
    chosen: Entry = NONE
    corrects: Entry = NONE
    withdraws: Entry = NONE
    renounces: Entry = NONE
    yes: Entry = NONE
    predicate: Entry = NONE
