"""One sample from first request to last round, journalled on the way; and its row of `traces`."""

from datetime import UTC, datetime
from typing import Any

from schemas.identity import digest
from schemas.vocabulary import State
from tasks.generation.continuation import Draft, begun, continuation, extended
from tasks.generation.plan import Draw, Plan
from tasks.llm.client import Failure
from tasks.llm.engine import Completion, Engine, Request
from tasks.llm.journal import Journal, Record
from tasks.llm.lengths import CHARACTERS


async def take(
    running: Engine,
    journal: Journal,
    plan: Plan,
    draw: Draw,
    row: dict[str, Any],
    expected: float,
    earlier: Record | None = None,
) -> Record:
    """Draw a sample, or go on with an `earlier` record that was cut; returns its last record.

    Every round is in the journal before the next begins. Raises TeacherError only.
    """
    path, body = plan.request(draw, row)
    record = earlier
    while record is None or goes_on(plan, record):
        draft = draft_of(record) if record else None
        completion = await _ask(running, plan, path, body, expected, draft)
        record = recorded(plan, draw, row, record, completion, draft)
        record["open"] = goes_on(plan, record)
        journal.write(record)
    if record["open"]:  # it was to be continued once; the recipe says so no more
        record = {**record, "open": False}
        journal.write(record)
    return record


async def _ask(
    running: Engine,
    plan: Plan,
    path: str,
    body: dict[str, Any],
    expected: float,
    draft: Draft | None,
) -> Completion:
    size = sum(len(m["content"]) for m in body.get("messages", [])) + len(body.get("prompt", ""))
    if draft is not None:
        size += len(draft.text())
        assert plan.teacher.continue_
        budget = plan.teacher.continue_.max_tokens or plan.teacher.max_tokens
        body = {**body, "max_tokens": budget}
        try:
            url = running.urls[0]
            path, body = await continuation(running.session, url, path, body, draft)
        except Failure as failure:
            return Completion(None, failure.kind, failure.detail, 1, 0.0, 0.0)
    return await running.submit(Request(path, body, expected + size / CHARACTERS))


def goes_on(plan: Plan, record: Record) -> bool:
    """Whether a record was cut at its limit and has a round left."""
    rounds = plan.teacher.continue_.rounds if plan.teacher.continue_ else 0
    whole = record["failure"] is not None or record["stuck"] is not None
    return not whole and record["finish"] == "length" and record["rounds"] <= rounds


def draft_of(record: Record) -> Draft:
    """The text of a record."""
    return Draft(record["reasoning"], record["content"])


def recorded(
    plan: Plan,
    draw: Draw,
    row: dict[str, Any],
    before: Record | None,
    completion: Completion,
    draft: Draft | None,
) -> Record:
    """The record after one more completion. A continuation that failed leaves the trace cut."""
    reply = completion.reply
    if before is not None and reply is None:
        # What was paid for stays: the trace is as long as it was, and no further round is tried.
        return {**before, "stuck": completion.failure, "detail": completion.detail}
    text = Draft(None, "")
    if reply is not None:
        text = extended(draft, reply) if draft else begun(reply, draw.template.prefix(row))
    usage = [
        reply.prompt_tokens if reply else None,
        reply.completion_tokens if reply else None,
        reply.reasoning_tokens if reply else None,
    ]
    record: Record = {
        "id": draw.trace_id,
        "problem": row["problem_id"],
        "sample": draw.sample,
        "prompt": draw.template.label,
        "hinted": draw.template.hinted,
        "params": plan.params,
        "seed": draw.seed,
        "rounds": 1,
        "reasoning": text.reasoning,
        "content": text.content,
        "finish": reply.finish_reason if reply else None,
        "usage": usage,
        "started": completion.started_at,
        "seconds": completion.seconds,
        "failure": completion.failure,
        "stuck": None,
        "detail": completion.detail,
    }
    if before is not None:
        record["rounds"] = before["rounds"] + 1
        record["usage"] = [_sum(a, b) for a, b in zip(before["usage"], usage, strict=True)]
        record["started"] = before["started"]
        record["seconds"] += before["seconds"]
    return record


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def row_of(record: Record, teacher: str) -> dict[str, Any]:
    """The row of `traces` that a record makes. Pure."""
    failed, stuck = record["failure"], record["stuck"]
    parts, framed = draft_of(record).parts(record["finish"])
    facts = {
        "trace_id": record["id"],
        "problem_id": record["problem"],
        "teacher": teacher,
        "prompt": record["prompt"],
        "hinted": record["hinted"],
        "sample": record["sample"],
        "state": str(State.FAILED if failed else parts.state),
        "dialect": parts.dialect,
        "frame": framed,
        "finish_reason": failed or (f"length.{stuck}" if stuck else record["finish"]),
        "error": record["detail"],
        "prompt_tokens": record["usage"][0],
        "completion_tokens": record["usage"][1],
        "reasoning_tokens": record["usage"][2],
        "rounds": record["rounds"],
        "seed": record["seed"],
        "params": record["params"],
        "started_at": datetime.fromtimestamp(record["started"], UTC),
        "seconds": record["seconds"],
    }
    return {
        **facts,
        "reasoning": parts.reasoning,
        "response": parts.response,
        "content": digest(facts, parts.reasoning or "", parts.response),
    }
