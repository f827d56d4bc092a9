"""screen: which problems are not worth a token, by patterns and by the verifier."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, PrivateAttr

from tasks.pool.map_step import MapStep
from tasks.verdicts.own_verifier import NONE, OwnVerifiers

if TYPE_CHECKING:
    import polars as pl

    from tasks.pool.jobs import Done, Output

Check = Literal["proof", "figure", "multi_part", "conflicting_gold", "gold"]


class Screen(MapStep, kind="screen"):
    """Set aside problems that no trace should be bought for."""

    version = "2"
    over = "problems"
    columns = ("problem_id", "problem", "answer", "answer_kind", "source", "tests", "solution")
    writes = ("set_aside",)
    not_after: ClassVar[dict[str, str]] = {"dedupe": "a copy must not outlive a refusal"}
    decides = True
    again = True
    reasons = (
        "proof", "figure", "multi_part", "conflicting_gold", "no_answer", "no_verifier",
        "gold_unreadable", "gold_refused", "no_tests", "broken_tests", "gold_failed",
    )  # fmt: skip

    checks: list[Check] = Field(
        ["proof", "figure", "multi_part", "conflicting_gold", "gold"],
        description="`gold` asks the verifier to accept the problem's own answer",
    )

    _own: OwnVerifiers = PrivateAttr(NONE)
    """The verifiers of one's own that a later `verify` names; they judge golds, too."""

    def options(self) -> dict[str, Any]:
        """The options, with the verifiers of one's own where there are some."""
        kinds = {name: one.model_dump(mode="json") for name, one in self._own.kinds.items()}
        return super().options() | ({"kinds": kinds} if kinds else {})

    def judged_by(self, own: OwnVerifiers) -> None:
        """Let these verifiers of one's own judge the golds of their kinds."""
        self._own = OwnVerifiers({**self._own.kinds, **own.kinds}, own.base)

    def stamp(self) -> str:
        """The version, and that of the verifiers."""
        from verifiers import VERSION

        return f"{self.version}/{VERSION}"

    def known(self, done: "Done") -> dict[str, Any]:
        """The other answers that sources gave for the same statement, as ingest met them."""
        from tasks.verdicts.screen import conflicts_of

        conflicts = conflicts_of(done)
        return {"conflicts": conflicts} if conflicts else {}

    def rows(self, frame: "pl.DataFrame", **known: Any) -> "Output":
        """Set aside problems for the first of the checks that they fail."""
        from tasks.verdicts.screen import screen

        return screen(frame, self.called, self.checks, known.get("conflicts", {}), self._own)
