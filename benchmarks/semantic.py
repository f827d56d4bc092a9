"""Which cosine means the same problem: precision and recall over labelled pairs, for your model.

    LONGCOT_REAL_DATA=... python benchmarks/semantic.py MODEL ENDPOINT [--key-env NAME]
    ... python benchmarks/semantic.py --pairs pairs.jsonl MODEL ENDPOINT

A pair is two texts and whether they are one problem. Without `--pairs` (JSONL: one, other, same)
they are real: pairs that people labelled, rewordings and renumbered variants of MATH-500, pairs
that a judge called no more than related, and word problems that differ in digits alone (at most
300; not the same). Each line tells what the threshold alone does, and with the facts that `dedupe`
keeps apart; the last line is the threshold that has a precision of 0.95.

For the vectors of `longcot[semantic]`, of which no threshold is good, see benchmarks/candidates.py.

MODEL `hashed` without an endpoint is the stand-in of the tests, hashed 4-grams: a check of this and
a floor for a real model, no more.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.decontaminate import CONTAMINATED, math500, rows
from tasks.dedupe.near_duplicates import FACTS
from tasks.dedupe.problems import sign
from tasks.llm.embedder import embed, journal_of
from tasks.llm.engine import engine
from tasks.pool.jobs import frame_of
from tasks.pool.store import Pool
from tasks.steps.dedupe import Dedupe
from tasks.steps.dedupe_semantic import DedupeSemantic
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import serve

WANTED = 0.95
"""Precision of the threshold that is proposed."""


def real() -> pl.DataFrame:
    """Labelled pairs: kind, one, other, same."""
    found: dict[tuple[str, str], tuple[str, bool]] = {}
    people = rows("decontam_human_labels")
    people.sort(key=lambda row: "Is it contaminated?" not in row)  # the later sheet first
    for row in people:
        said = row.get("Is it contaminated?") or row.get("human_label") or row.get("human_verdict")
        if said:
            # The sheet calls variants contaminated; here another number is another problem.
            same = CONTAMINATED[said] and row.get("Same numbers?") != "N"
            found.setdefault((row["math500_problem"], row["train_problem"]), ("people", same))
    items: dict[str, str] = dict(math500().iter_rows())
    altered = {
        kind: [row for row in rows("decontam_perturbations") if row["perturbation_type"] == kind]
        for kind in ("original", "surface_noise", "number_swap")
    }
    held: dict[tuple[str, str], str] = {
        (row["math500_id"], row["dataset"]): row["problem"] for row in altered["original"]
    }
    for kind in ("surface_noise", "number_swap"):
        for row in altered[kind]:
            one = held.get((row["math500_id"], row["dataset"]), items[row["math500_id"]])
            found.setdefault((one, row["problem"]), (kind, kind == "surface_noise"))
    for row in rows("decontam_pairs"):
        # That it calls a pair contaminated does not tell whether the numbers are the same.
        if row.get("classification") in ("CLEAN", "RELATED"):
            found.setdefault((row["math500_problem"], row["train_problem"]), ("judge", False))
    flat = [(kind, one, other, same) for (one, other), (kind, same) in found.items()]
    return pl.DataFrame([*flat, *other_numbers()], schema=SCHEMA, orient="row")


SCHEMA = {"kind": pl.String, "one": pl.String, "other": pl.String, "same": pl.Boolean}


def other_numbers(most: int = 300) -> list[tuple[str, str, str, bool]]:
    """Word problems that differ in nothing but digits: never the same problem."""
    families: dict[str, list[str]] = {}
    names = ("problems_wordmath", "problems_gsm8k")
    for text in dict.fromkeys(row["problem"] for name in names for row in rows(name)):
        masked = " ".join("".join("0" if c.isdigit() else c for c in text).split())
        while "00" in masked:
            masked = masked.replace("00", "0")
        families.setdefault(masked, []).append(text)
    pairs = [("digits", f[0], f[1], False) for f in families.values() if len(f) > 1]
    return pairs[:most]


def keeps_apart(pairs: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether the facts that `dedupe` signs keep the two texts of a pair apart; answers unknown."""
    sides = []
    for side in ("one", "other"):
        nothing = pl.lit(None, pl.String)
        frame = pairs.select(
            problem_id=pl.int_range(pl.len()).cast(pl.String), problem=side
        ).with_columns(answer=nothing, tests=nothing, solution=nothing, source=pl.lit("s"))
        sides.append(frame_of(sign(frame, Dedupe(), "problem").tables["signatures"]))
    one, other = sides
    apart = (one["block"] != other["block"]).to_numpy()
    for fact in FACTS:
        a, b = one[fact].to_numpy(), other[fact].to_numpy()
        apart = apart | ((a != b) & (a >> np.uint64(56) == b >> np.uint64(56)))
    return apart


async def cosines(pairs: pl.DataFrame, options: DedupeSemantic) -> np.ndarray[Any, Any]:
    """The cosine of each pair; NaN where the model refuses a text."""
    texts = {text: text for text in pl.concat([pairs["one"], pairs["other"]]).unique()}
    assert options.endpoint
    with tempfile.TemporaryDirectory() as folder:
        async with engine(options, options.endpoint) as running:
            units = await embed(running, journal_of(Pool(folder), "pairs"), texts, {})
    found = []
    for one, other in pairs.select("one", "other").iter_rows():
        (a, refused), (b, again) = units[one], units[other]
        if a is None or b is None or refused or again:
            found.append(np.nan)
        else:
            found.append(float(a.astype(float) @ b.astype(float)))
    return np.array(found)


def curve(pairs: pl.DataFrame, cosine: Any, apart: Any) -> pl.DataFrame:
    """Precision and recall at every threshold of two decimals."""
    same, lines = pairs["same"].to_numpy(), []
    for threshold in np.arange(0.5, 1.0, 0.02):
        line: dict[str, Any] = {"threshold": round(float(threshold), 2)}
        for name, allowed in (("alone", np.ones(len(same), bool)), ("guarded", ~apart)):
            flag = (cosine >= threshold) & allowed
            right = int((flag & same).sum())
            line[f"{name}_flagged"] = int(flag.sum())
            line[f"{name}_precision"] = right / flag.sum() if flag.any() else None
            line[f"{name}_recall"] = right / same.sum()
        lines.append(line)
    return pl.DataFrame(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("model")
    parser.add_argument("endpoint", nargs="?", help="base URL of the server, with /v1")
    parser.add_argument("--key-env", help="environment variable that holds the API key")
    parser.add_argument("--pairs", type=Path, help="JSONL of your own: one, other, same")
    arguments = parser.parse_args()
    if arguments.pairs is None and "LONGCOT_REAL_DATA" not in os.environ:
        sys.exit("say --pairs, or set LONGCOT_REAL_DATA to the folder of real problems")
    if arguments.endpoint is None and arguments.model != "hashed":
        sys.exit("where is the model served? Say MODEL ENDPOINT")
    if arguments.pairs:
        own = pl.read_ndjson(arguments.pairs)
        pairs = own.select("one", "other", "same", kind=pl.lit("own"))
    else:
        pairs = real()
    with ExitStack() as stack:
        place = (
            arguments.endpoint
            or stack.enter_context(serve(Behaviour(model="hashed", context=10**6))).url
        )
        options = DedupeSemantic(
            model=arguments.model, endpoint=place, threshold=1, key_env=arguments.key_env
        )
        cosine = asyncio.run(cosines(pairs, options))
    apart = keeps_apart(pairs)
    told = pairs.with_columns(cosine=pl.Series(cosine), apart=pl.Series(apart))
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200):
        print(
            told.group_by("kind", "same").agg(
                pairs=pl.len(), kept_apart=pl.col("apart").sum(),
                low=pl.col("cosine").quantile(0.1), median=pl.col("cosine").median(),
                high=pl.col("cosine").quantile(0.9),
            ).sort("kind", "same")
        )  # fmt: skip
        lines = curve(pairs, cosine, apart)
        print(lines)
    good = lines.filter(pl.col("guarded_precision") >= WANTED)
    best = good.sort("guarded_recall", "threshold", descending=[True, True]).head(1)
    if len(best):
        line = best.to_dicts()[0]
        print(
            f"threshold: {line['threshold']} (precision {line['guarded_precision']:.3f}, "
            f"recall {line['guarded_recall']:.3f} over {len(pairs)} pairs)"
        )
    else:
        print(f"no threshold of this model reaches a precision of {WANTED} on these pairs")


if __name__ == "__main__":
    main()
