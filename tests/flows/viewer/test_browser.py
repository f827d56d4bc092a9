"""The viewer in a real browser, by keyboard alone: `pytest -m slow tests/flows/viewer`.

Playwright drives an installed Chromium; skipped where there is none. `LONGCOT_SHOTS=folder` keeps
the screenshots, for a person to look at.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from flows.viewer.app import viewer
from schemas.vocabulary import Verdict
from tasks.pool.store import Pool
from tasks.verdicts.adjudication import decisions
from tests.flows.conftest import free_port
from tests.flows.viewer.conftest import hostile
from tests.tasks.judged import Judged

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def address(made: Callable[[Judged], Pool]) -> Iterator[tuple[str, Pool]]:
    """A running viewer of the hostile pool."""
    pool, port = made(hostile()), free_port()
    server = uvicorn.Server(uvicorn.Config(viewer(pool.url), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", pool
    server.should_exit = True
    thread.join()


def test_a_person_reads_and_decides_by_keyboard(address: tuple[str, Pool], tmp_path: Path) -> None:
    api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("install Chromium to run this")
    url, pool = address
    shots = Path(os.environ.get("LONGCOT_SHOTS", tmp_path))
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        told: list[str] = []
        for width in (400, 1400, 2000):
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": 900}, color_scheme=scheme
                )
                page = context.new_page()
                page.on("console", lambda message: told.append(message.text))
                page.on("dialog", lambda dialog: told.append(f"dialog: {dialog.message}"))
                page.goto(f"{url}/traces")
                page.screenshot(path=shots / f"list-{width}-{scheme}.png")
                page.keyboard.press("j")
                page.keyboard.press("Enter")
                page.wait_for_url("**/trace/*")
                seen = 0
                while True:
                    page.keyboard.press("t")
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    assert wide <= width, page.url
                    page.screenshot(path=shots / f"trace-{width}-{scheme}-{seen}.png")
                    seen += 1
                    if page.locator("[data-key~=n]").count() == 0:
                        break
                    with page.expect_navigation():
                        page.keyboard.press("n")
                assert seen == 8
                context.close()
        assert told == []  # no script ran, and nothing broke the policy
        page = browser.new_context().new_page()
        page.goto(f"{url}/traces")
        page.keyboard.press("j")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        first = page.url.rsplit("/", 1)[1]
        page.keyboard.press("m")
        page.keyboard.type("right after all")
        page.keyboard.press("Escape")
        with page.expect_navigation():
            page.keyboard.press("r")
        assert page.url.rsplit("/", 1)[1] != first
        browser.close()
    assert decisions(pool) == {first: Verdict.CORRECT}
    assert "right after all" in Path(pool.path("adjudications.jsonl")).read_text()
