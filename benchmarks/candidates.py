"""How good and how fast near problems are found by meaning, without a model of one's own.

    LONGCOT_REAL_DATA=... python -m benchmarks.candidates [--texts 30000]

Found: at which rank the right one stands. `noise`: rewrites of MATH-500 items among all of MATH;
`people`: problems that people call contaminated, their item among MATH-500 and among all items of
ten sets. Then what decontamination makes of them, alone and with a model that answers everything
rightly: that is the bound which its candidates set, not what a model reaches. `asked` is what it
costs: questions for each thousand problems of other sets, by the cosine from which an item is a
candidate.

Speed: the same texts and the same vectors, here and in semhash (`pip install semhash`), which finds
what is nearer than 0.9 with the same kind of index; CPU seconds, since it uses every core. `found`
is the share of the texts with such a neighbour, counted by comparing all, that each of them finds.
Numbers do not count here: what longcot keeps apart by them it compares in groups, which takes less.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.decontaminate import against, asked, labelled, math500, rows
from tasks.contamination.hits import hits, open_pairs, weighed
from tasks.dedupe.meaning import nearest as search
from tasks.dedupe.meaning.nearest import nearest
from tasks.dedupe.meaning.static import embed
from tasks.steps.decontaminate import Decontaminate

BENCHMARKS = ("competition", "olympiadbench", "theoremqa", "science_mmlupro", "gsm8k", "s1k")
POOL = ("wordmath", "mathmist_multilingual", "reasoning_gym", "logic_bbh")
"""Other sets: what is asked about them is the cost."""

NEAR = 0.9
"""semhash's default threshold."""

RANKS = (1, 3, 10, 30)


def texts_of(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(r["problem"] for n in names for r in rows(f"problems_{n}")))


def ranks(asked_for: list[tuple[str, str]], among: list[str]) -> NDArray[np.int64]:
    """The rank of the second text of each pair among the others, by nearness to the first."""
    units = {text: at for at, text in enumerate(among)}
    near = nearest(embed([one for one, _ in asked_for]), embed(among), max(RANKS))
    right = np.array([units[other] for _, other in asked_for])
    hit = near.places == right[:, None]
    return np.where(hit.any(axis=1), hit.argmax(axis=1) + 1, 10**6)


def found(folder: Path) -> None:
    items = math500()
    text_of = dict(items.iter_rows())
    people = labelled().filter((pl.col("kind") == "people") & pl.col("label"))
    pairs = [(text, text_of[item]) for item, text in people.select("item", "text").rows()]
    noise = [
        (row["problem"], text_of[row["math500_id"]])
        for row in rows("decontam_perturbations")
        if row["perturbation_type"] == "surface_noise"
    ]
    test = [r["problem"] for r in rows("problems_math") if "test" in r["source"]]
    every = list(dict.fromkeys([*items["text"], *texts_of(["math", *BENCHMARKS])]))
    lines = []
    for name, asked_for, among in (
        ("noise", noise, texts_of(["math"])),
        ("people", pairs, items["text"].to_list()),
        ("people", pairs, [*dict.fromkeys([*items["text"], *test])]),
        ("people", pairs, every),
    ):
        got = ranks(asked_for, among)
        told = {f"rank {k}": int((got <= k).sum()) for k in RANKS}
        lines.append({"pairs": name, "of": len(got), "among": len(among), **told})
    print(pl.DataFrame(lines))
    known = against(items, 5, folder)
    own = labelled().filter(pl.col("kind") == "people")
    pool = [text for text in texts_of(POOL) if text not in set(items["text"])]
    outcome = [{"least": None, **decided(own, known, {}), "asked in 1,000": 0.0}]
    for least in (0.4, 0.5, 0.6, 0.7):
        way = {"meaning": {"least": least}}
        how = Decontaminate.model_validate({"benchmarks": ["items"], **way})
        count = open_pairs(weighed(asked(pl.Series(pool)), known, how), how)["row_id"].n_unique()
        line = {"least": least, **decided(own, known, way)}
        outcome.append({**line, "asked in 1,000": 1000 * count / len(pool)})
    print(pl.DataFrame(outcome))


def decided(pairs: pl.DataFrame, known: Any, how: dict[str, Any]) -> dict[str, Any]:
    """What is dropped of the pairs people judged, and what a model would be asked about."""
    options = Decontaminate(benchmarks=["items"], **how)
    frame = asked(pairs["text"])
    told = hits(frame, known, options).filter(pl.col("decision") == "drop")
    dropped = set(told.select("problem_id", "item_id").rows())
    open_ = open_pairs(weighed(frame, known, options), options) if how else None
    items = known.items["item_id"]
    shown = (
        {(row, items[at]) for row, at in open_.select("row_id", "place_of_item").iter_rows()}
        if open_ is not None
        else set()
    )
    key = [(str(k), item) for k, item in enumerate(pairs["item"])]
    right = pairs["label"].to_list()
    judged = list(zip(key, right, strict=True))
    count = {
        f"{name} {label}": sum(pair in kept for pair, same in judged if same == sign)
        for name, kept in (("dropped", dropped), ("dropped or asked about", dropped | shown))
        for label, sign in (("right", True), ("wrong", False))
    }
    return {**count, "of": sum(right)}


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, wall seconds, CPU seconds."""
    began, cpu = time.perf_counter(), time.process_time()
    given = work()
    return given, time.perf_counter() - began, time.process_time() - cpu


def speed(count: int) -> None:
    names = ("math", *BENCHMARKS, *POOL)
    texts = texts_of(names)
    texts = texts[:: max(1, len(texts) // count)][:count]
    embed(texts[:100])
    units, wall, cpu = timed(lambda: embed(texts))
    print(
        f"embed: {len(texts):,} texts, {len(texts) / cpu:,.0f} a CPU second ({wall:.1f} s of wall)"
    )
    lines: list[dict[str, Any]] = []

    def run(name: str, work: Callable[[], NDArray[np.bool_]]) -> NDArray[np.bool_]:
        flag, wall, cpu = timed(work)
        lines.append({"method": name, "wall": wall, "cpu": cpu, "flags": int(flag.sum())})
        return flag

    def ours(exact: int) -> NDArray[np.bool_]:
        before, search.EXACT = search.EXACT, exact
        try:
            return nearest(units, units, 2).cosines[:, 1] >= NEAR
        finally:
            search.EXACT = before

    flags = {"all compared": run("all compared", lambda: ours(10**9))}
    flags["index"] = run("index", lambda: ours(0))
    try:
        from semhash import SemHash
    except ImportError:
        print("semhash is not installed: it is left out")
    else:

        class Given:
            """The vectors that were made above, as semhash's encoder."""

            def encode(self, inputs: Any, **_: Any) -> NDArray[np.float32]:
                place = {text: at for at, text in enumerate(texts)}
                return units[[place[text] for text in inputs]].astype(np.float32)

        def theirs() -> NDArray[np.bool_]:
            made = SemHash.from_records(texts, model=Given())
            result = made.self_deduplicate(threshold=NEAR)
            near = {one.record for one in result.filtered}
            near |= {one.duplicate_of for one in result.filtered}
            return np.array([text in near for text in texts])

        flags["semhash"] = run("semhash", theirs)
    exact = flags["all compared"]
    told = pl.DataFrame(lines).with_columns(
        found=pl.Series(
            [float((flags[line["method"]] & exact).sum() / exact.sum()) for line in lines]
        )
    )
    print(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--texts", type=int, default=30_000)
    arguments = parser.parse_args()
    if "LONGCOT_REAL_DATA" not in os.environ:
        sys.exit("set LONGCOT_REAL_DATA to the folder of real problems to run this")
    with (
        tempfile.TemporaryDirectory() as folder,
        pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, fmt_str_lengths=50),
    ):
        found(Path(folder))
        speed(arguments.texts)


if __name__ == "__main__":
    main()
