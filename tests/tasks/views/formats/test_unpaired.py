import polars as pl

from schemas.recipe.views import View
from tasks.views.formats.unpaired import unpaired
from tests.tasks.views.formats.test_sft import ANSWER, IDS, JOINED, QUESTION


def test_a_trace_is_wanted_or_not_and_what_has_no_verdict_is_not() -> None:
    joined = pl.concat(JOINED.with_columns(label=pl.lit(v, pl.Boolean)) for v in (True, None))
    rows = unpaired(joined, View()).to_dicts()
    assert rows[0] == {
        "prompt": [QUESTION], "completion": [{"role": "assistant", "content": ANSWER}],
        "label": True, **IDS,
    }  # fmt: skip
    assert rows[1]["label"] is False
