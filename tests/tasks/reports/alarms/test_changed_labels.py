from tasks.pool.store import Pool
from tasks.reports.alarms.changed_labels import changed_labels
from tests.tasks.judged import many
from tests.tasks.rows import Row, put, verdict


def test_the_labels_that_changed_are_named_by_version(pool: Pool) -> None:
    traces = many(3).traces

    def state(version: str, words: list[str], judged: list[Row] | None = None) -> list:
        rows = [{**verdict(t, w), "version": version} for t, w in zip(traces, words, strict=False)]
        receipts = [put(pool, "verify", {"verdicts": rows})]
        if judged:
            receipts.append(put(pool, "judge", {"verdicts": judged}))
        return [shard for receipt in receipts for shard in receipt.outputs]

    old = state("3", ["correct", "correct", "incorrect", "undecided"])
    judge = [{**verdict(traces[3], "incorrect", "differ.judge"), "verifier": "llm_judge:m"}]
    new = state("4", ["correct", "incorrect", "incorrect", "undecided", "correct"], judge)
    found = changed_labels(pool, old, new)
    named = ("verifier", "version_before", "version", "verdict_before", "verdict", "traces", "ids")
    assert [tuple(row[name] for name in named) for row in found] == [
        ("llm_judge:m", "3", "1", "undecided", "incorrect", 1, [traces[3]["trace_id"]]),
        ("math", "3", "4", "correct", "incorrect", 1, [traces[1]["trace_id"]]),
    ]  # the trace that is new changed nothing
    assert changed_labels(pool, new, new) == changed_labels(pool, [], new) == []
