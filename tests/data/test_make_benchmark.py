import json
from datetime import datetime, timedelta

import pyarrow.parquet as pq

from data.make.benchmark import OUT, PLANTED, lines
from data.make.problems import OUT as PROBLEMS

ROWS = [json.loads(line) for line in lines(7).splitlines()]


def test_the_shipped_exam_is_what_the_script_makes() -> None:
    assert OUT.read_text("utf-8") == lines(7)
    assert len({row["id"] for row in ROWS}) == len({row["problem"] for row in ROWS}) == 21


def test_calendar_answers_are_right() -> None:
    for row in ROWS[:8]:
        words = row["problem"].split()
        start = datetime.strptime(words[0], "%d.%m.%Y")
        assert start.strftime("%A.") == words[3]
        days = int(words[words.index("days") - 1])
        assert (start + timedelta(days)).strftime("%A") == row["answer"]


def test_code_words_come_back() -> None:
    for row in ROWS[8:16]:
        words = row["problem"].split()
        cut, word = int(words[2]), words[8]
        back = row["answer"][::-1]
        assert back[cut:] + back[:cut] == word


def test_the_planted_items_are_sample_problems() -> None:
    table = pq.read_table(PROBLEMS, columns=["source_id", "problem", "answer"]).to_pylist()
    planted = [row for name in PLANTED for row in table if row["source_id"] == name]
    for row, problem in zip(ROWS[16:19], planted, strict=True):
        assert row["answer"] == problem["answer"]
    assert ROWS[16]["problem"] == planted[0]["problem"]
    assert planted[1]["problem"] in ROWS[17]["problem"]
    assert sorted(ROWS[18]["problem"].replace(".", "").split()) == sorted(
        planted[2]["problem"].replace(".", "").split()
    )
