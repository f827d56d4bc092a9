"""Problems with other numbers are other problems: GSM-Hard against GSM8K, and renumbered MATH."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from schemas.identity import problem_id
from tasks.dedupe import near_duplicates
from tasks.dedupe import problems as dedupe
from tasks.steps.dedupe import Dedupe
from tests import real

FIELDS = ("answer", "tests", "solution")


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    return list(real.rows(folder / f"{name}.jsonl.zst"))


def duplicates(rows: list[dict[str, Any]], **options: Any) -> pl.DataFrame:
    """(problem, duplicate_of as text, source of both, jaccard) among rows without answers."""
    how = Dedupe(**options)
    frame = pl.DataFrame(
        [(problem_id(r["problem"]), r["problem"], r["kind"]) for r in rows],
        schema={"problem_id": pl.String, "problem": pl.String, "source": pl.String},
        orient="row",
    ).unique("problem_id", maintain_order=True)
    frame = frame.with_columns(**{f: pl.lit(None, pl.String) for f in FIELDS})
    signed, keys = near_duplicates.read(
        dedupe.sign(frame, how, how.mode).tables["signatures"], near_duplicates.bands(how)
    )
    signed = signed.with_columns(rank=pl.lit(0, pl.Int32), verdict=pl.lit(value=False))
    texts = dict(frame.select("problem_id", "problem").iter_rows())

    def look(ids: list[str]) -> list[tuple[list[str], pl.Series]]:
        return [(ids, pl.Series([texts[i] for i in ids], dtype=pl.String))]

    masked = near_duplicates.shingling(how, masked=how.mode == "template")
    found = near_duplicates.compare(signed, np.asarray(keys), look, how, masked).duplicates
    kinds = frame.select("problem_id", "source")
    return found.join(kinds, left_on="row_id", right_on="problem_id").join(
        kinds, left_on="duplicate_of", right_on="problem_id", suffix="_of"
    )


def test_gsm_hard_repeats_gsm8k_only_as_a_template(real_data: Path) -> None:
    rows = [{**r, "kind": "gsm8k"} for r in read(real_data, "problems_gsm8k")]
    hard = [r for r in read(real_data, "problems_wordmath") if "gsm-hard" in r["source"]]
    rows += [{**r, "kind": "hard"} for r in hard]
    across = (pl.col("source") != pl.col("source_of")).sum()
    plain = duplicates(rows).select(across).item()
    masked = duplicates(rows, mode="template").select(across).item()
    assert len(hard) > 1000
    assert plain == 0
    assert masked > 0.7 * len(hard)


def test_a_renumbered_problem_is_another_one(real_data: Path) -> None:
    rows = read(real_data, "decontam_perturbations")
    kinds = [{**r, "kind": r["perturbation_type"]} for r in rows]
    swapped = [r for r in kinds if r["kind"] == "number_swap"]
    assert len(swapped) > 5
    found = duplicates(kinds, mode="problem").filter(
        (pl.col("source") == "number_swap") != (pl.col("source_of") == "number_swap")
    )
    assert not len(found)
    assert len(duplicates(kinds, mode="template")) > 0.3 * len(swapped)
