"""One sample from first request to last round, journalled on the way; and its row of `traces`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from schemas.finish_reasons import INTERRUPTED
from schemas.identity import digest
from schemas.vocabulary import State
from tasks.generation.live.continuation import Draft, begun, continuation, extended
from tasks.generation.live.plan import Draw, Plan
from tasks.generation.live.record import SampleRecord
from tasks.llm.engine import Engine
from tasks.llm.http.client import HALTED, Failure
from tasks.llm.lengths import CHARACTERS
from tasks.llm.requests import Completion, Request

RESUMPTIONS = 8
"""Rounds of one sample that were broken off, after which it is asked for no further."""


async def take(
    running: Engine,
    write: Callable[[SampleRecord], None],
    plan: Plan,
    draw: Draw,
    row: dict[str, Any],
    expected: float,
    earlier: SampleRecord | None = None,
) -> SampleRecord:
    """Draw a sample, or go on with an `earlier` record that was cut; returns its last record.

    Every round is written before the next begins. Raises TeacherError, and StoppedError where the
    run is told to stop.
    """
    path, body = plan.request(draw, row)
    record = earlier
    while record is None or goes_on(plan, record):
        draft = draft_of(record) if record else None
        completion = await _ask(running, plan, path, body, expected, record)
        if record and record.broken_off and completion.failure in CANNOT:
            record = None  # this server cannot go on with a text; it begins again
            continue
        record = recorded(plan, draw, row, record, completion, draft)
        record = replace(record, open=goes_on(plan, record))
        write(record)
    if record.open:  # it was to be continued once; the recipe says so no more
        record = replace(record, open=False)
        write(record)
    return record


CANNOT = ("bad_request", "not_found")
"""How servers refuse to go on with a text."""


async def _ask(
    running: Engine,
    plan: Plan,
    path: str,
    body: dict[str, Any],
    expected: float,
    record: SampleRecord | None,
) -> Completion:
    size = sum(len(m["content"]) for m in body.get("messages", [])) + len(body.get("prompt", ""))
    if record is not None:
        draft = draft_of(record)
        size += len(draft.text())
        more = plan.teacher.continue_ if record.cut else None
        budget = (more and more.max_tokens) or plan.teacher.limit
        body = {**body, **plan.teacher.limited(budget)}
        try:
            path, body = await continuation(
                running.wire, running.replicas.urls[0], path, body, draft
            )
        except Failure as failure:
            if failure.kind == HALTED:
                await running.admission.ended()
            return Completion(None, failure.kind, failure.detail, 1, 0.0, 0.0)
    size_in_tokens = expected + size / CHARACTERS
    return await running.submit(Request(path, body, size_in_tokens, begun=record is not None))


def goes_on(plan: Plan, record: SampleRecord) -> bool:
    """Whether a record was cut at its limit and has a round left, or was broken off."""
    rounds = plan.teacher.continue_.rounds if plan.teacher.continue_ else 0
    if record.broken_off:
        return record.rounds <= rounds + RESUMPTIONS
    return record.cut and record.rounds <= rounds


def draft_of(record: SampleRecord) -> Draft:
    """The text of a record."""
    return Draft(record.reasoning, record.content)


def recorded(
    plan: Plan,
    draw: Draw,
    row: dict[str, Any],
    before: SampleRecord | None,
    completion: Completion,
    draft: Draft | None,
) -> SampleRecord:
    """The record after one more completion. A continuation that failed leaves the trace cut."""
    reply = completion.reply
    if before is not None and reply is None:
        # What was paid for stays: the trace is as long as it was, and no further round is tried.
        return replace(before, stuck=completion.failure, detail=completion.detail)
    text = Draft(None, "")
    if reply is not None:
        text = extended(draft, reply) if draft else begun(reply, draw.template.prefix(row))
    record = SampleRecord(
        id=draw.trace_id,
        problem=row["problem_id"],
        sample=draw.sample,
        prompt=draw.template.label,
        hinted=draw.template.hinted,
        params=plan.params,
        seed=plan.seed(draw),
        rounds=1,
        reasoning=text.reasoning,
        content=text.content,
        finish=reply.finish_reason if reply else None,
        usage=(
            reply.prompt_tokens if reply else None,
            reply.completion_tokens if reply else None,
            reply.reasoning_tokens if reply else None,
        ),
        started=completion.started_at,
        seconds=completion.seconds,
        failure=completion.failure,
        stuck=None,
        detail=completion.detail,
        open=False,
    )
    if before is None:
        return record
    prompt, completed, reasoned = map(_sum, before.usage, record.usage)
    return replace(
        record,
        rounds=before.rounds + 1,
        usage=(prompt, completed, reasoned),
        started=before.started,
        seconds=before.seconds + record.seconds,
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _word(record: SampleRecord) -> str:
    return INTERRUPTED if record.finish == INTERRUPTED else "length"


def row_of(record: SampleRecord, teacher: str) -> dict[str, Any]:
    """The row of `traces` that a record makes. Pure.

    `content` hashes what was asked and answered, and not when or how fast.
    """
    failed, stuck = record.failure, record.stuck
    parts, framed = draft_of(record).parts(record.finish)
    facts = {
        "trace_id": record.id,
        "problem_id": record.problem,
        "teacher": teacher,
        "prompt": record.prompt,
        "hinted": record.hinted,
        "sample": record.sample,
        "state": str(State.FAILED if failed else parts.state),
        "dialect": parts.dialect,
        "frame": framed,
        "finish_reason": failed or (f"{_word(record)}.{stuck}" if stuck else record.finish),
        "error": record.detail,
        "prompt_tokens": record.usage[0],
        "completion_tokens": record.usage[1],
        "reasoning_tokens": record.usage[2],
        "rounds": record.rounds,
        "seed": record.seed,
        "params": record.params,
    }
    return {
        **facts,
        "started_at": datetime.fromtimestamp(record.started, UTC),
        "seconds": record.seconds,
        "reasoning": parts.reasoning,
        "response": parts.response,
        "content": digest(facts, parts.reasoning or "", parts.response),
    }
