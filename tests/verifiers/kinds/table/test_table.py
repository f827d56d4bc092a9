import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Problem, audit, compare, verify
from verifiers.kinds.table import same_cell
from verifiers.kinds.table.formats import Table, read_table

GOLD = "| name | n |\n|---|---|\n| a | 1 |\n| b | 2 |"
SPELLINGS = {
    "markdown": "|name|n|\n|:--|--:|\n|a|1|\n|b|2|",
    "bare pipes": "name | n\n--- | ---\na | 1\nb | 2",
    "csv": "name,n\na,1\nb,2",
    "quoted csv": 'name,n\n"a",1\n"b",2',
    "tsv": "name\tn\na\t1\nb\t2",
    "records": '[{"name": "a", "n": 1}, {"name": "b", "n": 2}]',
    "columns": '{"name": ["a", "b"], "n": [1, 2]}',
    "header": '{"header": ["name", "n"], "rows": [["a", 1], ["b", 2]]}',
    "lists": '[["name", "n"], ["a", 1], ["b", 2]]',
    "named": '{"table": [{"name": "a", "n": 1}, {"name": "b", "n": 2}]}',
    "latex": r"\begin{tabular}{l|r} \hline name & n \\ \hline a & 1 \\ b & 2 \\ \end{tabular}",
    "html": "<table><tr><th>name</th><th>n</th></tr><tr><td>a</td><td>1</td></tr>"
    "<tr><td>b</td><td>2</td></tr></table>",
    "prose": "name: a, n: 1; name: b, n: 2",
    "fenced": "```csv\nname,n\na,1\nb,2\n```",
    "bold": "| **name** | **n** |\n|---|---|\n| a | 1 |\n| b | 2 |",
    "other format": "| Name | N |\n|---|---|\n| A | 1.0 |\n| B | 2.00 |",
    "other columns": "n,name\n1,a\n2,b",
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_table_in_any_spelling(name):
    assert compare(GOLD, SPELLINGS[name], "table").reason == "equal.table"
    assert compare(SPELLINGS[name], GOLD, "table").reason == "equal.table"


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_table_is_found_in_a_response(name):
    text = SPELLINGS[name]
    fenced = text if text.startswith("```") else f"```\n{text}\n```"
    for response in (
        f"<think>x,y\n1,2</think>\n{text}",
        f"Here is the table:\n\n{fenced}\n\nDone.",
    ):
        assert verify(Problem("p", "", GOLD, "table"), response).reason == "equal.table"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("name,n\na,1", "differ.missing"),
        ("name,n\na,1\nb,2\nc,3", "differ.missing"),
        ("name,m\na,1\nb,2", "differ.columns"),
        ("name,n,x\na,1,1\nb,2,1", "differ.columns"),
        ("name,n\na,1\nb,3", "differ.table"),
        ("name,n\na,1\nb,-2", "differ.table"),
        ("name,n\nb,2\na,1", "differ.order"),
        ("nothing", "differ.type"),
    ],
)
def test_what_is_wrong_has_its_reason(answer, reason):
    assert compare(GOLD, answer, "table").reason == reason


def test_the_order_of_rows_counts_unless_the_problem_says_otherwise():
    loose = json.dumps({"rows": "unordered"})
    assert compare(GOLD, "name,n\nb,2\na,1", "table", loose).reason == "equal.table"
    assert compare(GOLD, "name,n\nb,2\na,2", "table", loose).reason == "differ.table"
    assert compare(GOLD, GOLD, "table", "[").reason == "undecided.tests"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("1,000", "1000", True), ("5%", "5 %", True), ("$5", "5", True), ("1.50", "1.5", True),
        ("", "-", True), ("n/a", "null", True), ("Rome", "rome", True), ("the Who", "Who", True),
        ("5%", "5", False), ("", "0", False), ("1.5", "1.50001", False), ("Rome", "Oslo", False),
        ("007", "7", True), ("not in", "in", False), ("2-1", "1-2", False),
    ],
)  # fmt: skip
def test_cells_compare_by_their_type(first, second, same):
    assert same_cell(first, second) is same
    assert same_cell(second, first) is same


@pytest.mark.parametrize(
    ("gold", "response", "reason"),
    [
        ("42", "The answer is 42.", "equal.table"),
        ("1,204", r"\boxed{1204}", "equal.table"),
        ("Rome, Oslo", "- Oslo\n- Rome", "equal.table"),
        ('["Rome", "Oslo"]', "<answer>Oslo and Rome</answer>", "equal.table"),
        ("Rome|Oslo", "Answer: Rome; Oslo", "equal.table"),
        ('["a, b", "c"]', '["c", "a, b"]', "equal.table"),
        ("Rome, Oslo", "Answer: Rome", "differ.missing"),
        ("Rome, Rome", "Answer: Rome, Oslo", "differ.table"),
        ("Rome", "Answer: Rome or Oslo", "no_answer.hedged"),
        ("42", "The answer is 43.", "differ.table"),
    ],
)
def test_cells_and_lists_read_from_a_table(gold, response, reason):
    problem = Problem("p", "", gold, "table")
    assert verify(problem, response).reason == reason
    assert audit(problem).reason == "equal.table"


CELL = st.text(alphabet="abc xyz019.é", min_size=1, max_size=6).filter(lambda t: t.strip() == t)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.tuples(
        st.lists(CELL, min_size=width, max_size=width, unique_by=str.lower),
        st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=4),
    )
)


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_every_spelling_reads_back_as_the_table_it_was_written_from(table):
    header, rows = table
    wanted = Table(tuple(header), tuple(map(tuple, rows)))
    pipes = "\n".join(
        "| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]
    )
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    assert read_table(pipes) == wanted
    assert read_table(out.getvalue()) == wanted
    assert read_table(json.dumps({"header": header, "rows": rows})) == wanted
    assert compare(pipes, out.getvalue(), "table").verdict == "correct"
