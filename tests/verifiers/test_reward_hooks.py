"""The hooks of docs/rewards.md, as they stand there, with the signatures that trainers call."""

import asyncio
import re
import threading

import pytest
from aiohttp import web
from typer.testing import CliRunner

from flows.cli.main import app
from schemas.errors import LongcotError
from schemas.parts import load_parts
from tests import ROOT
from verifiers import Pool
from verifiers.server import application


@pytest.fixture(scope="module")
def hooks():
    """The names that the page's Python defines, asking a server on loopback."""
    ready, loop, port = threading.Event(), asyncio.new_event_loop(), []

    async def serve():
        runner = web.AppRunner(application(pool))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port.append(runner.addresses[0][1])
        ready.set()
        while not over.is_set():
            await asyncio.sleep(0.05)
        await runner.cleanup()

    over = threading.Event()
    page = (ROOT / "docs" / "rewards.md").read_text("utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = {}
    with Pool(1) as pool:
        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
        thread.start()
        assert ready.wait(10)
        exec(source.replace("127.0.0.1:8321", f"127.0.0.1:{port[0]}"), names)
        yield names
        over.set()
        thread.join()


RIGHT, WRONG = r"So \boxed{0.5}", r"So \boxed{0.4}"


def test_verl(hooks):
    assert hooks["compute_score"]("math", RIGHT, "1/2", {"index": 3}) == 1.0
    assert hooks["compute_score"](data_source="math", solution_str=WRONG, ground_truth="1/2") == 0.0


def test_trl(hooks):
    chat = [[{"role": "assistant", "content": RIGHT}], [{"role": "assistant", "content": WRONG}]]
    found = hooks["reward"](prompts=["?"] * 2, completions=chat, answer=["1/2"] * 2)
    assert found == [1.0, 0.0]


def test_prime_rl(hooks):
    chat = [{"role": "assistant", "content": RIGHT}]
    assert hooks["correct"](prompt="?", completion=chat, answer="1/2", state={}) == 1.0


def test_data_designer(hooks):
    rows = [{"response": RIGHT, "answer": "1/2"}, {"response": WRONG, "answer": "1/2"}]
    assert [row["is_valid"] for row in hooks["validate"](rows)] == [True, False]


def test_other_machines_need_a_token(monkeypatch):
    load_parts("flows.cli.commands")
    monkeypatch.delenv("LONGCOT_TOKEN", raising=False)
    found = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0"])
    assert isinstance(found.exception, LongcotError) and "LONGCOT_TOKEN" in str(found.exception)
