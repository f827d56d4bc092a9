import json
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Problem, audit, compare, verify
from verifiers.kinds.programs.sql.sqlite import derived, load, run

SCHEMA = """CREATE TABLE staff(id INTEGER PRIMARY KEY, name TEXT, team TEXT, pay REAL);
CREATE TABLE team(code TEXT PRIMARY KEY, city TEXT);"""
STATES = [
    [
        "INSERT INTO staff VALUES (1,'Ann','A',100),(2,'Bob','A',80),(3,'Cy','B',80),"
        "(4,'Di',NULL,NULL)",
        "INSERT INTO team VALUES ('A','Rome'),('B','Oslo'),('C','Rome')",
    ],
    [
        "INSERT INTO staff VALUES (5,'Ed','B',7),(6,'Ed','B',7),(7,'Flo','C',9.5)",
        "INSERT INTO team VALUES ('B','Oslo')",
    ],
]
TESTS = json.dumps({"schema": SCHEMA, "databases": STATES})


def reason(gold, answer, tests=TESTS):
    return compare(gold, answer, "sql", tests).reason


EQUAL = [
    ("SELECT name FROM staff", "select s.name as n from staff s;"),
    ("SELECT count(*) FROM staff", "SELECT count(id) FROM staff"),
    ("SELECT max(pay) FROM staff", "SELECT pay FROM staff ORDER BY pay DESC LIMIT 1"),
    ("SELECT sum(pay) FROM staff", "SELECT total(pay) FROM staff"),
    ("SELECT pay / 3 FROM staff", "SELECT pay * (1.0 / 3) FROM staff"),
    ("SELECT name FROM staff ORDER BY pay", "SELECT name FROM staff ORDER BY pay, name DESC"),
    ("SELECT name FROM staff ORDER BY pay LIMIT 2 -- two", "SELECT name FROM staff ORDER BY pay "
     "LIMIT 2"),
    ("SELECT name FROM staff UNION ALL SELECT city FROM team ORDER BY name",
     "SELECT city AS n FROM team UNION ALL SELECT name FROM staff ORDER BY n"),
    ("SELECT name FROM staff ORDER BY id", "WITH s AS (SELECT * FROM staff) SELECT name FROM s "
     "ORDER BY id"),
    ("SELECT name FROM staff WHERE id IN (SELECT id FROM staff ORDER BY id)",
     "SELECT name FROM staff"),
    ("SELECT city FROM team JOIN staff ON team = code", "SELECT (SELECT city FROM team WHERE code ="
     " team) FROM staff WHERE team IN (SELECT code FROM team)"),
]  # fmt: skip
DIFFERENT = [
    ("SELECT name FROM staff", "SELECT DISTINCT name FROM staff", "differ.rows"),
    ("SELECT name FROM staff ORDER BY id", "SELECT name FROM staff", "differ.order"),
    ("SELECT name FROM staff ORDER BY pay", "SELECT name FROM staff ORDER BY pay DESC",
     "differ.order"),
    ("SELECT name FROM staff ORDER BY id", "SELECT name FROM staff ORDER BY team", "differ.order"),
    ("SELECT name FROM staff ORDER BY pay, id", "SELECT name FROM staff ORDER BY pay",
     "differ.order"),
    ("SELECT count(*) FROM staff", "SELECT count(team) FROM staff", "differ.rows"),
    ("SELECT pay FROM staff", "SELECT coalesce(pay, 0) FROM staff", "differ.rows"),
    ("SELECT id FROM staff", "SELECT CAST(id AS TEXT) FROM staff", "differ.rows"),
    ("SELECT id, pay FROM staff", "SELECT pay, id FROM staff", "differ.rows"),
    ("SELECT id FROM staff", "SELECT id, pay FROM staff", "differ.columns"),
    ("SELECT name FROM staff WHERE pay > 9", "SELECT name FROM staff WHERE pay > 50",
     "differ.rows"),
    ("SELECT name FROM staff", "SELECT nam FROM staff", "differ.failed"),
    ("SELECT name FROM staff", "SELECT name FORM staff", "differ.failed"),
    ("SELECT name FROM staff", "SELECT name FROM staff WHERE id = ?", "differ.failed"),
    ("SELECT name FROM staff", "the names of all staff", "differ.failed"),
]  # fmt: skip
REFUSED = [
    "DROP TABLE staff",
    "DELETE FROM staff",
    "INSERT INTO team VALUES ('X', 'Y')",
    "UPDATE staff SET pay = 0 RETURNING name",
    "CREATE TABLE x(y)",
    "ATTACH DATABASE '{file}' AS y",
    "PRAGMA writable_schema = ON",
    "PRAGMA table_info(staff)",
    "VACUUM INTO '{file}'",
    "SELECT name FROM staff; DROP TABLE staff",
    "SELECT load_extension('{file}')",
    "SELECT name FROM staff UNION SELECT file FROM pragma_database_list",
    "BEGIN",
]


@pytest.mark.parametrize(("gold", "answer"), EQUAL)
def test_queries_with_the_same_rows(gold, answer):
    assert reason(gold, answer) == "equal.rows"
    assert reason(gold, gold) == "equal.rows"


@pytest.mark.parametrize(("gold", "answer", "why"), DIFFERENT)
def test_queries_with_other_rows(gold, answer, why):
    assert reason(gold, answer) == why


@pytest.mark.parametrize("query", REFUSED)
def test_a_query_can_only_read(query, tmp_path):
    file = tmp_path / "x.db"
    assert reason("SELECT name FROM staff", query.format(file=file)) == "differ.refused"
    assert not file.exists()


@pytest.mark.parametrize(
    "query",
    [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    ],
)
def test_a_query_without_an_end_is_undecided(query):
    assert reason("SELECT name FROM staff", query) == "differ.budget"


def test_a_huge_value_does_not_run():
    found = reason("SELECT name FROM staff", "SELECT hex(zeroblob(900000000)) FROM staff")
    assert found == "differ.failed"


def test_queries_that_find_nothing_anywhere_prove_nothing():
    nothing = "SELECT name FROM staff WHERE pay > 1000"
    assert reason(nothing, "SELECT name FROM staff WHERE pay < 0") == "undecided.no_evidence"
    assert audit(Problem("p", "", nothing, "sql", TESTS)).reason == "undecided.no_evidence"
    assert reason(nothing, "SELECT name FROM staff") == "differ.rows"


@pytest.mark.parametrize(
    ("gold", "tests", "why"),
    [
        ("SELECT nam FROM staff", TESTS, "undecided.parse_gold"),
        ("DROP TABLE staff", TESTS, "undecided.parse_gold"),
        ("SELECT name FROM staff", None, "undecided.tests"),
        ("SELECT name FROM staff", "{", "undecided.tests"),
        ("SELECT name FROM staff", '{"schema": "CREATE", "databases": [[]]}', "undecided.tests"),
        ("SELECT name FROM staff", json.dumps({"schema": SCHEMA, "databases": []}),
         "undecided.tests"),
        ("SELECT name FROM staff", json.dumps({"schema": "ATTACH ':memory:' AS x",
                                               "databases": [[]]}), "undecided.tests"),
    ],
)  # fmt: skip
def test_a_broken_problem_is_not_the_answers_fault(gold, tests, why):
    assert audit(Problem("p", "", gold, "sql", tests)).reason == why


def test_one_state_is_joined_by_states_derived_from_it():
    schema = "CREATE TABLE t(n INTEGER PRIMARY KEY, m INTEGER REFERENCES t(n));"
    rows = ["INSERT INTO t VALUES " + ", ".join(f"({n}, {max(1, n - 1)})" for n in range(1, 9))]
    one = json.dumps({"schema": schema, "databases": [rows]})
    two = json.dumps({"schema": schema, "databases": [rows, rows]})
    lucky = ("SELECT n FROM t WHERE n > 3", "SELECT n FROM t ORDER BY n DESC LIMIT 5")
    assert reason(*lucky, two) == "equal.rows"
    assert reason(*lucky, one) == "differ.derived"
    assert (
        reason("SELECT n FROM t WHERE n > 3", "SELECT n FROM t WHERE n >= 4", one) == "equal.rows"
    )
    for state in derived(load(schema, rows)):
        orphans = "SELECT count(*) FROM t WHERE m NOT IN (SELECT n FROM t)"
        assert run(state, orphans).rows == [(0,)]


@pytest.mark.parametrize(
    "response",
    [
        "```sql\nSELECT name FROM staff;\n```",
        "The query is:\n```\nSELECT name FROM staff\n```\nIt lists all names.",
        "<answer>SELECT name FROM staff</answer>",
        "First I thought of `SELECT id FROM staff`.\n\nSELECT name\nFROM staff;\n\nDone.",
        r"\boxed{SELECT name FROM staff}",
    ],
)
def test_the_query_is_found_in_a_response(response):
    problem = Problem("p", "", "SELECT name FROM staff", "sql", TESTS)
    assert verify(problem, f"<think>DROP TABLE staff</think>{response}").reason == "equal.rows"


COLUMN = st.sampled_from(["id", "name", "team", "pay"])
CONDITION = st.one_of(
    st.builds("{} > {}".format, st.sampled_from(["id", "pay"]), st.integers(0, 100)),
    st.builds("{} IS NOT NULL".format, COLUMN),
    st.builds("name = '{}'".format, st.sampled_from(["Ann", "Ed", "Zoe"])),
)


@settings(max_examples=80, deadline=None)
@given(COLUMN, CONDITION, COLUMN, CONDITION)
def test_the_verdict_is_symmetric_and_agrees_with_sqlite(column, condition, other, test):
    first, second = f"SELECT {column} FROM staff WHERE {condition}", (
        f"SELECT {other} FROM staff WHERE {test}"
    )  # fmt: skip
    assert reason(first, second) == reason(second, first)
    bags = []
    for rows in STATES:
        database = sqlite3.connect(":memory:")
        database.executescript(SCHEMA + ";".join(rows))
        bags.append([sorted(map(repr, database.execute(q).fetchall())) for q in (first, second)])
        database.close()
    same = all(ours == theirs for ours, theirs in bags)
    nothing = not any(ours or theirs for ours, theirs in bags)
    expected = "undecided.no_evidence" if nothing else "equal.rows" if same else "differ.rows"
    assert reason(first, second) == expected
