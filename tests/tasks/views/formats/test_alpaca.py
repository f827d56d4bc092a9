import polars as pl

from schemas.recipe.views import View
from tasks.views.formats.alpaca import alpaca
from tests.tasks.views.formats.test_sft import ANSWER, JOINED

KEPT = {"problem_id": "p1", "trace_id": "t1", "source": "s", "license": "mit", "tokens": 12}


def test_a_trace_is_an_instruction_and_its_output() -> None:
    row = {"instruction": "What is 3 + 4?", "input": "", "output": ANSWER, **KEPT}
    assert alpaca(JOINED, View()).to_dicts() == [row]


def test_a_system_text_stands_beside_them() -> None:
    rows = alpaca(JOINED.with_columns(system=pl.lit("Think.")), View(system="Think."))
    assert rows["system"].to_list() == ["Think."]
