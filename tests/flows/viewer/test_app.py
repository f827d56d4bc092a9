import json
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient

from flows.viewer.app import viewer
from flows.viewer.guard import TOKEN
from schemas.vocabulary import Verdict
from tasks.pool.store import Pool
from tasks.verdicts.adjudication import decisions
from tests.flows.viewer.conftest import hostile
from tests.tasks.judged import Judged, many


def listed(page: str) -> list[str]:
    """The ids of a page's traces, in order."""
    return re.findall(r'<li><a href="/trace/([0-9a-f]{32})', page)


def total(page: str) -> int:
    found = re.search(r'<strong class="nums">([\d,]+)</strong>', page)
    assert found, page
    return int(found[1].replace(",", ""))


def read(client: TestClient, path: str) -> str:
    reply = client.get(path)
    assert reply.status_code == 200, reply.text
    return reply.text


def test_the_list_pages_through_every_trace_once(client: TestClient) -> None:
    found = [row for n in range(1, 9) for row in listed(read(client, f"/traces?page={n}"))]
    assert total(read(client, "/traces")) == len(found) == len(set(found)) == 160


def test_clicks_and_sql_filter_and_the_address_holds_them(client: TestClient) -> None:
    right = total(read(client, "/traces?verdict=correct"))
    wrong = total(read(client, "/traces?verdict=incorrect&reason=differ.value"))
    assert right + wrong == 160 and right and wrong
    page = read(client, "/traces?sql=n_correct+%3D+3&verdict=incorrect")
    assert 0 < total(page) < wrong
    assert "verdict=incorrect&amp;sql=n_correct+%3D+3" in page.split("<ol")[1]  # of its traces


def test_sql_over_the_text_finds_it(client: TestClient) -> None:
    assert total(read(client, "/traces?sql=response+LIKE+%277+(0)%27")) > 0


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("nonsense > 1", "nonsense"),
        ("1=1); DROP TABLE rows; SELECT (1", "one condition"),
        ("(SELECT count(*) FROM read_text('/etc/passwd')) > 0", "disabled"),
        ("SELECT", "rror"),
    ],
)
def test_sql_reads_the_pool_and_nothing_else(client: TestClient, sql: str, says: str) -> None:
    page = client.get("/traces", params={"sql": sql}).text
    assert total(page) == 0 and says in page
    assert total(read(client, "/traces")) == 160


def test_a_trace_shows_its_verdict_and_its_neighbours_in_the_filter(client: TestClient) -> None:
    ids = listed(read(client, "/traces?verdict=incorrect"))
    page = read(client, f"/trace/{ids[1]}?verdict=incorrect")
    assert "another value" in page and "thinking of" in page
    assert f'href="/trace/{ids[0]}?verdict=incorrect"' in page
    assert f'href="/trace/{ids[2]}?verdict=incorrect"' in page


def test_samples_of_a_problem_stand_side_by_side(client: TestClient) -> None:
    (first, *_) = re.findall(r"/problem/([0-9a-f]{32})", read(client, "/problems"))
    page = read(client, f"/problem/{first}")
    assert page.count("read and decide") == 4
    assert read(client, f"/history/{first}").count("<section") >= 3


def test_a_decision_lands_where_adjudicate_puts_it(made: Callable[[Judged], Pool]) -> None:
    pool = made(many())
    client = TestClient(viewer(pool.url), base_url="http://127.0.0.1", follow_redirects=False)
    one, two = listed(read(client, "/traces?verdict=correct"))[:2]
    said = {"token": TOKEN, "decision": "wrong", "note": "off by one"}
    reply = client.post(f"/trace/{one}/decide?verdict=correct", data=said)
    assert (reply.status_code, reply.headers["location"]) == (303, f"/trace/{two}?verdict=correct")
    assert decisions(pool) == {one: Verdict.INCORRECT}
    lines = Path(pool.path("adjudications.jsonl")).read_text().splitlines()
    assert json.loads(lines[0])["note"] == "off by one"
    assert listed(read(client, "/traces?judged=yes")) == [one]
    assert total(read(client, "/traces?judged=no")) == 159
    assert "Decided: incorrect" in read(client, f"/trace/{one}")


@pytest.mark.parametrize(
    ("fields", "headers", "code"),
    [
        ({}, {}, 403),
        ({"token": "x" * 32}, {}, 403),
        ({"token": TOKEN}, {"origin": "http://elsewhere.example"}, 403),
        ({"token": TOKEN}, {"sec-fetch-site": "cross-site"}, 403),
        ({"token": TOKEN, "decision": "maybe"}, {}, 400),
        ({"token": TOKEN, "note": "x" * 100_000}, {}, 403),
    ],
)
def test_only_the_viewer_s_own_pages_decide(
    made: Callable[[Judged], Pool], fields: dict[str, str], headers: dict[str, str], code: int
) -> None:
    pool = made(Judged().ask("a", "7"))
    client = TestClient(viewer(pool.url), base_url="http://127.0.0.1", follow_redirects=False)
    (one,) = listed(read(client, "/traces"))
    given = {"decision": "right", **fields}
    assert client.post(f"/trace/{one}/decide", data=given, headers=headers).status_code == code
    assert client.get(f"/trace/{one}/decide?decision=right&token={TOKEN}").status_code == 405
    assert decisions(pool) == {}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8421", "", "127.0.0.1.evil.example"]
)
def test_a_name_that_points_here_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/traces", headers={"host": host}).status_code == 400


def test_every_reply_has_the_policy(client: TestClient) -> None:
    for path in ("/traces", "/static/viewer.js", "/nowhere", "/trace/beef"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy


def test_hostile_text_is_text(made: Callable[[Judged], Pool]) -> None:
    client = TestClient(viewer(made(hostile()).url), base_url="http://127.0.0.1")
    ids = listed(read(client, "/traces"))
    pages = [
        "/traces",
        "/problems",
        *(f"/trace/{one}{end}" for one in ids for end in ("", "?raw=1")),
    ]
    for page in (read(client, path) for path in pages):
        assert len(page) < 1_000_000
        assert page.count("<script") == 1 and "<img" not in page  # its own file
        assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", page)
        tags = re.findall(r"<[a-z](?:[^>\"]|\"[^\"]*\")*>", page)
        names = {
            name for tag in tags for name in re.findall(r"\s([\w-]+)=", re.sub('"[^"]*"', "", tag))
        }
        assert not {name for name in names if name == "style" or name.startswith("on")}
        assert not any('="javascript' in tag for tag in tags)
    shown = "".join(read(client, f"/trace/{one}") for one in ids)
    assert "␛[31mred" in shown and "⟨U+202E⟩" in shown and "漢字" in shown and "שלום" in shown
    assert "Part 1 of 84" in shown and "loops from" in shown


def test_a_build_that_goes_on_is_followed(made: Callable[[Judged], Pool]) -> None:
    judged = Judged().ask("a", "7")
    client = TestClient(viewer(made(judged).url), base_url="http://127.0.0.1")
    assert total(read(client, "/traces")) == 1
    made(judged.ask("b", "7", "8"))
    assert total(read(client, "/traces")) == 3


def test_a_release_is_read_row_by_row(tmp_path: Path) -> None:
    rows = [{"messages": [{"role": "user", "content": f"<b>{n}"}], "n": n} for n in range(15)]
    pl.DataFrame(rows).write_parquet(tmp_path / "train.parquet")
    client = TestClient(viewer(str(tmp_path)), base_url="http://127.0.0.1")
    assert "&lt;b&gt;9" in read(client, "/rows")
    assert "&lt;b&gt;14" in read(client, "/rows?page=2")
    assert total(read(client, "/rows?sql=n+%3E+12")) == 2
