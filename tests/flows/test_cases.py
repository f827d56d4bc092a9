"""Small inputs, each of which failed once: what of each comes into the pool, or why it does not."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from schemas.errors import LongcotError
from tests.flows.inline import build

SUMS = {"What is 2+3?": "5", "What is 7*8?": "56"}
FIRST = {"What is 2+3?": "5"}
TENTH = {f"What is {n}+1?": str(n + 1) for n in range(1, 11) if n != 3}
PROBLEMS = {
    "apple": FIRST,
    "hidden": FIRST,
    "arrayl": SUMS,
    "pretty": FIRST,
    "gzname": SUMS,
    "utf16": SUMS,
    "csvutf16": FIRST,
    "csvopen2": TENTH,
    "csvopen3": TENTH,
    "listgold": FIRST,
    "structgold": FIRST,
    "pq_verl": SUMS | {"What is 9-4?": "5"},
    "where": {"What is 1+1?": "2", "What is 2+2?": "4"},
}
THOUGHT = ("2+3", "It is \\boxed{5}.", "complete")
ANSWERED = ("2+3 \\boxed{6}", "It is \\boxed{5}.", "complete")
TRACES = {
    "listgold": [("a", "It is \\boxed{5}.", "complete")],
    "structgold": [("a", "It is \\boxed{5}.", "complete")],
    "messages2": [("a", "\\boxed{5}", "complete")],
    "double": [
        ("a", "\\boxed{5}", "complete"),
        ("a", "\\boxed{5}", "complete"),
        ("a", "", "unclosed"),  # the thought alone, twice
        ("only thought \\boxed{5}", "", "unclosed"),
        (None, "\\boxed{5}", "complete"),
    ],
    "tags": [
        ("2 and 3, maybe 6? no 5", "It is \\boxed{5}.", "complete"),  # [THINK]
        ("2+3 is \\boxed{6}? no", "It is \\boxed{5}.", "complete"),  # harmony
        ANSWERED,  # <thinking>
        ("2+3 \\boxed{6}", "<answer>\n5\n</answer>", "complete"),
        ("2+3", "<answer>\n5\n</answer>", "complete"),
        *[THOUGHT] * 7,  # <seed:think>, ◁think▷, <think >, <THINK>, < /think>, <mm:think>, Sky-T1
        ("2+3\n</think>\n\nIt is \\boxed{6}. Wait, re-think.", THOUGHT[1], "complete"),
        ("2+3\n</think>\n\n<think>", THOUGHT[1], "complete"),
        ("", THOUGHT[1], "complete"),
        ("<think>\n2+3\n</think>", THOUGHT[1], "complete"),
        ("Sure!\n\n2+3", THOUGHT[1], "complete"),
        (None, THOUGHT[1], "complete"),  # <|im_end|>
        THOUGHT,  # <｜end▁of▁sentence｜>
        ("2+3", THOUGHT[1], "further_turn"),
        (
            "How to use the tag `<think>`? e.g. `</think>`. 2+3=5",
            "In XML you write `</think>`. It is \\boxed{5}.",
            "complete",
        ),
        ("2+3 is 5, \\boxed{5}", "", "unclosed"),
        ("2+3 is 5", "", "empty"),
        *[THOUGHT] * 3,  # &lt;think&gt;, line ends of Windows, <\think>
    ],
}
FINISH = {
    "complete": ["stop", "eos", "eos_token", "<|endoftext|>", "end_turn", "stop_sequence"],
    "repetition": ["repetition"],
    "unknown": ["tool_calls"],
    "truncated": [
        "MAX_TOKENS",
        "model_length",
        "length_capped",
        "max_output_tokens",
        "context_length",
    ],
    "interrupted": [
        "timeout",
        "network_error",
        "incomplete",
        "cancelled",
        "insufficient_system_resource",
    ],
    "filtered": ["SAFETY"],
}
UNANSWERED = ("unclosed", "empty", "truncated", "repetition")


@pytest.fixture
def built(tmp_path: Path) -> Callable[..., Path]:
    """Builds a case, perhaps with another `where`; the folder of its pool."""
    folder = os.environ.get("LONGCOT_CASES")
    if not folder:
        pytest.skip("set LONGCOT_CASES to the folder of handed cases to run this")

    def make(case: str, where: str = "") -> Path:
        shutil.copytree(Path(folder) / "pipeline" / case, tmp_path / case)
        recipe = tmp_path / case / "r.yaml"
        if where:
            recipe.chmod(0o644)
            source = f"{{path: p.parquet, where: {json.dumps(where)}}}"
            recipe.write_text(f"name: {case}\nsources: [{source}]\nsteps: []")
        build(str(recipe), str(tmp_path / "pool"))
        return tmp_path / "pool"

    return make


def table(pool: Path, name: str) -> pl.DataFrame:
    files = sorted((pool / name).glob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame()


@pytest.mark.parametrize("case", PROBLEMS)
def test_the_problems_of_a_file_are_read(case: str, built: Callable[..., Path]) -> None:
    pool = built(case)
    rows = table(pool, "problems")
    assert dict(zip(rows["problem"], rows["answer"], strict=True)) == PROBLEMS[case]
    if case.startswith("csvopen"):  # one row set aside, its neighbours kept
        assert table(pool, "rejects").select("row_id", "reason").rows() == [
            ("p.csv:4", "malformed")
        ]


@pytest.mark.parametrize("case", TRACES)
def test_traces_are_taken_apart_and_judged(case: str, built: Callable[..., Path]) -> None:
    pool = built(case)
    traces = table(pool, "traces")
    assert traces.select("reasoning", "response", "state").rows() == TRACES[case]
    told = traces.join(table(pool, "verdicts"), on="trace_id").select("state", "verdict")
    assert set(told.rows()) <= {
        ("complete", "correct"),
        ("further_turn", "undecided"),
        *((state, "incorrect") for state in UNANSWERED),
    }


def test_a_finish_reason_is_a_state_and_its_word_is_kept(built: Callable[..., Path]) -> None:
    traces = table(built("finish"), "traces")
    found = traces.group_by("state", maintain_order=True).agg("finish_reason")
    assert dict(found.iter_rows()) == FINISH


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("list_contains(tags, 'a')", 1),
        ("meta.level = 3", 1),
        ("dec > 2", 1),
        ("b = 'x'", 1),
        ("\"when\" > TIMESTAMP '2024-06-01'", 1),
    ],
)
def test_where_has_the_types_of_the_source(
    where: str, kept: int, built: Callable[..., Path]
) -> None:
    assert len(table(built("where", where), "problems")) == kept


@pytest.mark.slow
def test_texts_that_differ_in_one_number_word_are_apart(built: Callable[..., Path]) -> None:
    assert table(built("de"), "duplicates").is_empty()


@pytest.mark.slow
def test_a_window_that_is_too_large_is_named(built: Callable[..., Path], tmp_path: Path) -> None:
    folder = Path(os.environ.get("LONGCOT_CASES", "")) / "pipeline" / "zstlong"
    subprocess.run([sys.executable, folder / "make.py"], cwd=tmp_path, check=True)
    recipe = tmp_path / "r.yaml"
    recipe.write_text("name: z\nsources: [{path: p.jsonl.zst}]\nsteps: []")
    with pytest.raises(LongcotError, match="window"):
        build(str(recipe), str(tmp_path / "pool"))
