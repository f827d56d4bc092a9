"""screen: which problems are not worth a token, and why.

Patterns read the statement; the gold audit asks the verifier to accept the problem's own answer,
because a verifier that cannot read the gold would call every trace wrong.
"""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from schemas.vocabulary import Verdict
from tasks.pool.jobs import Done, Output, aside_of, frame_of
from tasks.verdicts.limits import Limits
from tasks.verdicts.own_verifier import NONE, OwnVerifiers
from tasks.verdicts.verifier_pool import words
from verifiers import Problem

PATTERNS = {
    # A request, not a mention: "prove" opens a sentence or follows a connective.
    "proof": r"(?i)(?:^|[.!?:;]\s+|\n\s*|\b(?:and|then|must|please)\s+)"
    r"(?:prove|disprove|show that|demonstrate that)\b",
    # Something to look at: code of a drawing, an image, or words that point at one.
    "figure": r"(?i)\[asy\]|\\includegraphics|!\[[^\]]*\]\(|\b(?:as|is|are)\s+(?:shown|pictured)\b"
    r"|\b(?:in|see|from|of)\s+the\s+(?:following\s+|adjoining\s+|accompanying\s+)?"
    r"(?:figure|diagram|picture)\b"
    r"|\b(?:figure|diagram|graph|picture|image)\s+(?:below|above|shown|at (?:the )?right)\b",
    # Two questions under one number: lower-case parts, so that options (A) (B) are none.
    "multi_part": r"(?s)(?:^|\s)\(a\)\s.{3,}?\s\(b\)\s|(?m)^\s*a[.)]\s(?s:.{3,}?)^\s*b[.)]\s",
}

BROKEN_TESTS = {
    "undecided.no_tests": "no_tests",
    "undecided.broken_tests": "broken_tests",
    "undecided.gold_failed": "gold_failed",
    "undecided.no_toolchain": "no_verifier",
    "undecided.unsupported": "no_verifier",
}
"""What the audit of a code problem finds; tests that have no solution to try are kept."""


def screen(
    problems: pl.DataFrame,
    step: str,
    checks: Sequence[str],
    conflicts: dict[str, list[str]],
    own: OwnVerifiers = NONE,
) -> Output:
    """Set aside problems that ask for a proof or a figure, have parts, or no usable gold answer.

    `conflicts` holds, per problem, other answers that sources gave for the same statement. The
    first reason found is the one recorded; the order is that of `checks`.
    """
    found: dict[str, tuple[str, str]] = {}
    left = problems
    for check in checks:
        if check in PATTERNS:
            hits = _matches(left, check)
        elif check == "conflicting_gold":
            hits = _conflicting(left, conflicts, own)
        else:
            hits = _unusable_gold(left, own)
        found.update(hits)
        left = left.filter(~pl.col("problem_id").is_in(list(hits)))
    rows = [
        (row["problem_id"], row["source"], *found[row["problem_id"]])
        for row in problems.select("problem_id", "source").iter_rows(named=True)
        if row["problem_id"] in found
    ]
    columns = ["row_id", "source", "reason", "detail"]
    aside = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    counts = {"in": len(problems), "out": len(problems) - len(aside)}
    for reason, count in aside["reason"].value_counts().iter_rows():
        counts[f"aside.{reason}"] = count
    return Output({"set_aside": aside_of(step, aside)}, counts)


def _matches(problems: pl.DataFrame, check: str) -> dict[str, tuple[str, str]]:
    matched = problems.select(
        "problem_id", "answer_kind", span=pl.col("problem").str.extract(f"({PATTERNS[check]})", 1)
    ).filter(pl.col("span").is_not_null())
    if check == "multi_part":
        matched = matched.filter(pl.col("answer_kind").ne_missing("choice"))
    return {row[0]: (check, row[2].strip()[:200]) for row in matched.iter_rows()}


def _conflicting(
    problems: pl.DataFrame, conflicts: dict[str, list[str]], own: OwnVerifiers
) -> dict[str, tuple[str, str]]:
    """Problems for which some source states an answer that the verifier does not call equal."""
    asked = [
        (problem, other)
        for problem in _problems(problems)
        for other in conflicts.get(problem.problem_id, [])
    ]
    items: list[tuple[Problem, str | None]] = [
        (problem, f"\\boxed{{{other}}}") for problem, other in asked
    ]
    found = {}
    said = words("verify", items, Limits(), own)
    for (problem, other), word in zip(asked, said, strict=True):
        if word.verdict != Verdict.CORRECT:
            detail = json.dumps([problem.answer, other], ensure_ascii=False)
            found[problem.problem_id] = ("conflicting_gold", detail)
    return found


def _unusable_gold(problems: pl.DataFrame, own: OwnVerifiers) -> dict[str, tuple[str, str]]:
    asked = _problems(problems)
    found = {}
    said = words("audit", [(problem, None) for problem in asked], Limits(), own)
    for problem, word in zip(asked, said, strict=True):
        if problem.answer_kind == "code":
            if word.reason in BROKEN_TESTS:
                detail = f"{word.reason}: {word.extracted or ''}"
                found[problem.problem_id] = (BROKEN_TESTS[word.reason], detail)
            continue
        gold = f"{word.reason}: {(problem.answer or '')[:200]}"
        if word.reason == "undecided.no_gold" and not (problem.answer or "").strip():
            found[problem.problem_id] = ("no_answer", "the gold answer is missing or empty")
        elif word.reason == "undecided.unsupported":
            found[problem.problem_id] = ("no_verifier", gold)
        elif word.verdict == Verdict.UNDECIDED:
            found[problem.problem_id] = ("gold_unreadable", gold)
        elif word.verdict == Verdict.INCORRECT:
            found[problem.problem_id] = ("gold_refused", gold)
    return found


def _problems(problems: pl.DataFrame) -> list[Problem]:
    columns = problems.select("problem_id", "problem", "answer", "answer_kind", "tests", "solution")
    return [Problem(*row) for row in columns.iter_rows()]


def conflicts_of(done: Done) -> dict[str, list[str]]:
    """Per problem, the other gold answers that sources gave for the same statement."""
    found: dict[str, set[str]] = {}
    for receipt in done.of("rejects"):
        shard = receipt.shard("rejects")
        if shard:
            frame = frame_of(done.pool.read(shard, ["row_id", "reason", "detail"]))
            rows: Any = frame.filter(pl.col("reason") == "conflicting_gold").iter_rows()
            for row_id, _, detail in rows:
                found.setdefault(row_id, set()).add(str(json.loads(detail)["answer"]))
    return {problem: sorted(others) for problem, others in sorted(found.items())}
