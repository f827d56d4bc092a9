from xml.etree import ElementTree

from tasks.pool.store import Pool
from tasks.reports.comparison.figures import compared
from tasks.reports.comparison.picture import picture
from tasks.reports.comparison.sides import selected
from tests.tasks.reports.comparison.compared import VIEWS, filled


def drawn(pool: Pool, *names: str) -> str:
    sides = [selected(pool, f"mine:{name}", name, VIEWS) for name in names]
    return picture(compared(pool, sides))


def test_it_is_a_file_of_its_own_and_names_every_side(pool: Pool) -> None:
    svg = drawn(filled(pool), *VIEWS)
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    words = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"mine:sft", "mine:pairs", "mine:rlvr", "pass rate", "tokens of a trace"} <= {*words}
    assert "100%" in words and svg.count("http") == 1  # nothing is fetched


def test_the_same_sides_give_the_same_bytes(pool: Pool) -> None:
    filled(pool)
    assert drawn(pool, "sft", "pairs") == drawn(pool, "sft", "pairs")


def test_what_no_side_has_is_left_out(pool: Pool) -> None:
    svg = drawn(filled(pool), "rlvr")
    assert "pass rate" in svg and "tokens of a trace" not in svg and "problems" not in svg
