import re
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import PoolError
from tasks import __version__
from tasks.pool.store import FORMAT, Pool
from tasks.publishing.versions import Version
from tasks.reports.advice import Finding, verdict
from tasks.reports.charts import difficulty_svg, funnel_svg
from tasks.reports.page import page_of, write_report
from tests.tasks.judged import Judged

HOSTILE = "<script>alert(1)</script> \x1b[31m \u202e $\\text{<img src=x>}$"


def line(stage: str, rows: str, into: int, out: int, **aside: int) -> dict[str, Any]:
    return {"stage": stage, "label": "", "rows": rows, "in": into, "out": out, "aside": aside,
            "notes": {}}  # fmt: skip


def built(pool: Pool) -> Pool:
    """A pool as a build leaves it."""
    judged = Judged().ask(HOSTILE, "7", "8", "<b>9</b>").ask("b", "7", aside="proof")
    tables = judged.into(pool)
    pool.put_json(
        "manifest.json",
        {"format": FORMAT, "code": __version__, "name": "small", "recipe": "r" * 32, "stages": {},
         "tables": {t: [s.__dict__ for s in shards] for t, shards in tables.items()}, "views": {},
         "deciding": []},
    )  # fmt: skip
    pool.put_json(
        "report.json",
        {"recipe": "small", "pool": pool.url, "bands": {}, "pass_rates": [], "agreement": [],
         "label_quality": [], "label": [], "judges": [], "costs": [], "answers": [], "views": [],
         "funnel": [line("ingest", "problems", 2, 2), line("screen", "problems", 2, 1, proof=1),
                    line("verify", "traces", 4, 3, problem_set_aside=1)]},
    )  # fmt: skip
    return pool


def test_the_page_needs_nothing_from_elsewhere(pool: Pool) -> None:
    page = page_of(built(pool)).html
    assert not re.search(r"https?://|<script|<link|<img|<iframe|@import|url\(", page)
    assert "default-src 'none'" in page


def test_text_of_strangers_stays_text(pool: Pool) -> None:
    page = page_of(built(pool)).html
    assert "&lt;script&gt;alert(1)" in page and "⟨U+202E⟩" in page and "␛[31m" in page
    assert "\x1b" not in page and "\u202e" not in page and "&lt;b&gt;9" in page


def test_the_same_pool_gives_the_same_bytes(pool: Pool) -> None:
    built(pool)
    version = Version(3, [], {"parent": None})
    first = write_report(pool, version)
    assert write_report(pool, version) == first
    assert Path(pool.path("versions/3.html")).read_text("utf-8") == first.html


def test_the_funnel_adds_up_in_the_picture_and_the_table(pool: Pool) -> None:
    page = page_of(built(pool)).html
    rows = re.findall(r'<td>(?:problems|traces)</td>((?:<td class="n">[\d,]+</td>)+)', page)
    assert len(rows) == 3
    for row in rows:
        into, kept, aside = (int(n) for n in re.findall(r">(\d+)<", row))
        assert into == kept + aside
    svg = funnel_svg([line("screen", "problems", 2, 1, proof=1)], "problems")
    bars = re.findall(r'aria-label="[^"]*rows: (\d+)|aria-label="problems: (\d+)', svg)
    assert sum(int(a or b) for a, b in bars) == 2


def test_a_report_that_was_changed_is_refused(pool: Pool) -> None:
    built(pool)
    report = pool.get_json("report.json")
    report["funnel"][0]["out"] = 1
    pool.put_json("report.json", report)
    with pytest.raises(PoolError, match="ingest does not add up"):
        page_of(pool)


def test_a_pool_without_a_finished_build_says_so(pool: Pool) -> None:
    with pytest.raises(PoolError, match="no build has finished"):
        page_of(pool)


def test_what_changed_has_its_place(pool: Pool) -> None:
    assert "two rows came" in page_of(built(pool), "two rows came").html


def test_one_problem_stands_right_beside_wrong(pool: Pool) -> None:
    page = page_of(built(pool)).html
    shown = page.split("One problem, right and wrong")[1].split("</section>")[0]
    assert re.findall(r'class="pill (\w+)', shown) == ["correct", "incorrect"]
    assert "thinking of 7 (0)" in shown


def test_what_was_found_stands_there_with_its_example(pool: Pool) -> None:
    report = built(pool).get_json("report.json")
    line = {"what": "problems that repeat another", "rows": 3, "example": "a ~ <b>", "id": "f00"}
    pool.put_json("report.json", {**report, "found": [line]})
    page = page_of(pool).html
    assert "What was found" in page and "a ~ &lt;b&gt;" in page and "f00" in page


def test_difficulty_is_drawn_for_each_solver_by_itself() -> None:
    rows = [{"solver": name, "share": share, "pass_rate": share}
            for name in ("all", "big", "small") for share in (0.0, 1.0)]  # fmt: skip
    svg = difficulty_svg(rows)
    assert "big" in svg and "small" in svg and ">all<" not in svg
    assert ">all<" in difficulty_svg(rows[:2])
    assert difficulty_svg([]) == ""


def test_the_headline_is_the_worst_finding() -> None:
    good, look, bad = (Finding(level, "", "") for level in ("good", "look", "bad"))
    assert verdict([good])[0] == "good"
    assert verdict([good, look])[1] == "Usable, with 1 thing to look at first"
    assert verdict([look, bad])[0] == "bad"


def test_what_nobody_checked_is_not_called_good(pool: Pool) -> None:
    told = page_of(built(pool)).summary
    assert "nobody has checked the label" in told and "against benchmarks" in told
