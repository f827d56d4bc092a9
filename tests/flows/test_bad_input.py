"""Bad input through the real command: one clear paragraph, or a row set aside with its reason."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.flows.conftest import Built, Run, Site
from tests.flows.problems import VIEWS, gold, lines, problem, problems, recipe, statement, traces

# Recipes: told before anything else is done.


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("veiws: {}\n", 5, ["unknown key `veiws`", "did you mean `views`?"]),
        ("views:\n  sft:\n    per_problm: 1\n", 7, ["`per_problm`", "`per_problem`", "views.sft"]),
        ("views:\n  sft:\n    seed: often\n", 7, ["views.sft.seed", "integer", "'often'"]),
        ("views:\n  sft: {splits: {train: 0.4}}\n", 6, ["`splits`", "add up to 1"]),
        ("views: [\n", 6, ["not YAML"]),
    ],
)
def test_a_wrong_recipe_is_told_with_file_line_and_key(
    site: Site, text: str, line: int, told: list[str]
) -> None:
    head = "name: small\nsources:\n  - {path: p.jsonl}\nsteps: []\n"
    site.path(site.own).write_text(head + text)
    complaint = site.build().complaint()
    assert f"{site.own}:{line}:" in complaint
    assert all(words in complaint for words in told), complaint
    assert not site.path("pool").exists()


@pytest.mark.parametrize(
    ("recipe_text", "told"),
    [
        (b"", ["recipe is a mapping"]),
        (b"\xff\xfe\x00", ["cannot be read"]),
        (b"- a\n- b\n", ["recipe is a mapping"]),
    ],
)
def test_what_is_no_recipe_is_told(site: Site, recipe_text: bytes, told: list[str]) -> None:
    site.path(site.own).write_bytes(recipe_text)
    complaint = site.build().complaint()
    assert site.own in complaint and all(words in complaint for words in told), complaint


# Sources that cannot be read at all.

FAULTS: dict[str, list[str]] = {
    "truncated": ["p.parquet", "truncated"],
    "missing_column": ["source p", "no column `problem`", "columns:", "statement"],
    "source_where": ["source p", "difficulty", "domain"],
    "view_where": [".yaml:", "views.sft.where", "`verdcit`", "`verdict`"],
    "view_by": [".yaml:", "views.sft.per_problem.by", "lenght"],
    "empty": ["p.jsonl", "empty"],
    "missing": ["p.jsonl", "nothing there"],
    "truncated_zst": ["p.jsonl.zst", "truncated"],
}
QUICK = ["truncated", "view_where", "empty"]


def faulty(site: Site, fault: str) -> None:
    """A site with one fault."""
    site.jsonl("t.jsonl", traces(0, 5))
    source: dict[str, Any] = {"path": "p.jsonl", "name": "p"}
    views = dict(VIEWS)
    rows: list[Any] = problems(5)
    match fault:
        case "truncated":
            source["path"] = "p.parquet"
            pl.DataFrame(problems(2000)).write_parquet(site.path("p.parquet"))
            data = site.path("p.parquet").read_bytes()
            site.path("p.parquet").write_bytes(data[: len(data) // 2])
        case "truncated_zst":
            import zstandard

            source["path"] = "p.jsonl.zst"
            data = zstandard.compress(lines(problems(2000)))
            site.path("p.jsonl.zst").write_bytes(data[: len(data) // 2])
        case "missing_column":
            rows = [{"statement": row["problem"], "answer": row["answer"]} for row in rows]
        case "source_where":
            source["where"] = "difficulty > 3"
        case "view_where":
            views["sft"] = {"where": "verdcit = 'correct'"}
        case "view_by":
            views["sft"] = {"per_problem": {"by": "lenght"}}
        case "empty":
            rows = []
    if fault != "missing":
        site.jsonl("p.jsonl", rows)
    site.recipe(recipe(sources=[source], views=views))


@pytest.fixture(scope="module")
def failures(new_site: Callable[..., Site], request: pytest.FixtureRequest) -> dict[str, Run]:
    """One build for each fault that a selected test asks for."""
    asked = {
        item.callspec.params["fault"]
        for item in request.session.items
        if "failures" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")
    }
    sites = {fault: new_site() for fault in FAULTS if fault in asked}
    for fault, site in sites.items():
        faulty(site, fault)
    return {fault: site.build() for fault, site in sites.items()}


@pytest.mark.parametrize(
    "fault",
    [f if f in QUICK else pytest.param(f, marks=pytest.mark.slow) for f in FAULTS],
)
def test_an_unusable_source_or_condition_is_told(fault: str, failures: dict[str, Run]) -> None:
    complaint = failures[fault].complaint()
    assert all(words in complaint for words in FAULTS[fault]), complaint
    assert len(complaint) < 1500


# Rows that cannot be used: set aside, the others go on.

LONG = 50 * 2**20


def test_bad_rows_are_set_aside_and_the_others_go_on(site: Site) -> None:
    site.jsonl(
        "p.jsonl",
        [
            *problems(5),
            b'{"problem": "broken in the mid',
            b'{"problem": "caf\xe9", "answer": "1"}',
            {"problem": None, "answer": "3"},
            {"problem": ["a", "list"], "answer": {"an": "object"}},
            *problems(5, 10),
        ],
    )
    huge = "<think>\n" + "so it goes on, " * (LONG // 15) + "\n</think>\n\nThe answer is "
    site.jsonl(
        "t.jsonl",
        [
            *traces(0, 5),
            {"problem": statement(5), "trace": f"{huge}\\boxed{{{gold(5)}}}", "sample": 0},
            b"not json",
            {"problem": statement(6), "trace": "\\boxed{13}", "sample": "many"},
            {"problem": None, "trace": "x"},
            {"problem": statement(6), "trace": None},
            *traces(7, 10),
        ],
    )
    site.recipe(recipe())
    pool = site.built()
    rejects = pool.table("rejects").filter(pl.col("stage").is_in(["ingest", "generate"]))
    assert sorted(rejects.select("row_id", "reason").rows()) == [
        ("p.jsonl:6", "malformed"),
        ("p.jsonl:7", "invalid_utf8"),
        ("p.jsonl:8", "no_problem"),
        ("p.jsonl:9", "wrong_type"),
        ("t.jsonl:17", "malformed"),
        ("t.jsonl:19", "no_problem"),
    ]
    assert rejects["detail"].is_not_null().all()
    assert pool.line("generate")["out"] == 15 + 1 + 1 + 1 + 9  # a number that is none is null
    kept = pool.table("traces").select(size=pl.col("reasoning").str.len_bytes())["size"].max()
    assert isinstance(kept, int) and LONG - 100 < kept <= LONG
    assert pool.line("verify")["notes"] == {"correct": 18, "incorrect": 8, "unfinished": 1}
    released = pl.read_parquet(site.path("pool/releases/sft/*.parquet"))
    assert len(released) == 10


# Targets that cannot be written.


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts (and mounts anew) a small disk: `disk("size=1m")` returns its folder."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("mounting a small disk needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "longcot-test"]

    def mount(how: str) -> Path:
        again = ["remount," + how] if folder.is_mount() else [how]
        done = subprocess.run(
            ["mount", *options, str(folder), "-o", *again],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            pytest.skip(f"this machine does not mount: {done.stderr}")
        return folder

    yield mount
    if folder.is_mount():
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk_loses_nothing(site: Site, disk: Callable[[str], Path]) -> None:
    site.jsonl("p.jsonl", problems(30))
    rows = traces(0, 30)
    noise = [os.urandom(30_000).hex() for _ in rows]
    site.jsonl(
        "t.jsonl", [{**r, "trace": n + r["trace"]} for r, n in zip(rows, noise, strict=True)]
    )
    site.recipe(recipe())
    folder = disk("size=1m")
    complaint = site.build(str(folder / "pool")).complaint()
    assert str(folder) in complaint and "No space left on device" in complaint
    assert [str(p) for p in folder.rglob("*.tmp")] == []
    before = Built(folder / "pool").work()
    assert any(name.startswith("problems/") for name in before)
    disk("size=64m")
    pool = site.built(str(folder / "pool"))
    assert [n for n, facts in before.items() if pool.work().get(n) != facts] == []
    assert pool.line("view", "midtrain")["in"] == 90


def test_a_read_only_target_is_told(site: Site, disk: Callable[[str], Path]) -> None:
    site.jsonl("p.jsonl", problems(3))
    site.recipe(recipe(teachers=[], steps=["screen"], views={}))
    folder = disk("ro,size=1m")
    complaint = site.build(str(folder / "pool")).complaint()
    assert str(folder / "pool") in complaint and "cannot be written" in complaint


@pytest.mark.slow
def test_a_target_without_permission_is_told(site: Site) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    site.jsonl("p.jsonl", problems(3))
    site.recipe(recipe(teachers=[], steps=["screen"], views={}))
    site.path("closed").mkdir(mode=0o500)
    complaint = site.build("closed/pool").complaint()
    assert "closed/pool" in complaint and "cannot be written" in complaint


@pytest.mark.slow
def test_a_pool_in_use_is_refused(site: Site) -> None:
    import fcntl

    site.jsonl("p.jsonl", [problem(1)])
    site.recipe(recipe(teachers=[], steps=["screen"], views={}))
    site.path("pool").mkdir()
    with site.path("pool/.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another build is running" in site.build().complaint()
    assert site.built().line("ingest")["out"] == 1
