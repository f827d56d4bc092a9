"""What a kind of answer is: one declaration in one module, registered when that is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.vocabulary import Verification
from verifiers.base.protocol import Problem

if TYPE_CHECKING:
    from verifiers.extract.final_answer import Extraction

KINDS: dict[str, "Kind"] = {}
"""Every declared kind by its name. `verifiers.dispatch` imports the modules that declare them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How the answers of one kind are judged.

    `extract` takes the final answer out of what follows the reasoning, or `read` out of the whole
    response with what stands beside it; `compare` gives the reason
    for an answer beside the problem's gold, `audit` the reason why that gold is usable or not
    (by default, what `compare` says of the gold beside itself). `evidence` is what stands in
    `extracted` where the whole response is judged.

    A kind with `goldless` judges by the problem's `tests` and can do without a gold. `package`
    takes seconds to import, which the pool does before a deadline runs. `run` turns a response
    into (answer, reason why there is none), and the answer is compared like any other. `verify`
    and `prove` stand in for all of the above where a response is no answer but a program.

    A declaring module is imported with all others: what is heavy, it imports when first needed.
    """

    name: str
    extract: Callable[[str], str | None] | None = None
    compare: Callable[[Problem, str], str] | None = None
    audit: Callable[[Problem], str] | None = None
    evidence: Callable[[Problem, str], str | None] | None = None
    read: "Callable[[Problem, str], Extraction] | None" = None
    goldless: bool = False
    package: str | None = None
    run: Callable[[str], tuple[str, str]] | None = None
    verify: Callable[[Problem, str], Verification] | None = None
    prove: Callable[[Problem], Verification] | None = None


def declare(kind: Kind) -> Kind:
    """Register a kind; ValueError where another one of its name stands."""
    if KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of answer are called {kind.name!r}")
    return kind
