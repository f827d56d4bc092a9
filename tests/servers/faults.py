"""The answers that are none: what each fault puts on the wire."""

import asyncio
import contextlib
import json
import math
import socket
import struct
import time
from email.utils import formatdate
from typing import Any

from aiohttp import web

from tests.servers import speaker

ERRORS = {
    "400": ("BadRequestError", "temperature must be non-negative, got -1.0."),
    "404": ("NotFoundError", "The model `{model}` does not exist. Valid aliases: {served}."),
    "402": ("insufficient_balance", "Insufficient Balance"),
    "403": ("permission_denied", "Not allowed."),
    "409": ("Conflict", "Conflict."),
    "425": ("TooEarly", "Too early."),
    "quota": ("insufficient_quota", "You exceeded your current quota, please check your plan."),
    "moderated": ("invalid_request_error", "Your input was flagged by moderation."),
    "429_inf": ("RateLimitError", "Too many requests."),
    "408": ("RequestTimeout", "The request took too long."),
    "429": ("RateLimitError", "Too many requests."),
    "500": ("InternalServerError", "EngineCore encountered an issue."),
    "503": ("ServiceUnavailableError", "The server is overloaded."),
    "overflow": (
        "BadRequestError",
        "This model's maximum context length is {context} tokens. However, your prompt contains "
        "{prompt} input tokens, which exceeds this limit even without any output tokens. "
        "Please reduce the length of the input prompt.",
    ),
    "filtered_400": ("content_filter", "The prompt was filtered by the content policy."),
}


def error(status: int, kind: str, message: str, **headers: str) -> web.Response:
    """An error as vLLM words it."""
    told = {"message": message, "type": kind, "param": None, "code": status}
    return web.json_response({"error": told}, status=status, headers=headers)


def refusal(fault: str, retry_after: float | None, **words: object) -> web.Response:
    """The faults that are an HTTP status."""
    if fault == "401":
        return web.json_response({"error": "Unauthorized"}, status=401)
    if fault == "502":
        page = "<html><body>502 Bad Gateway</body></html>"
        return web.Response(status=502, text=page, content_type="text/html")
    headers = {}
    if fault == "elsewhere":
        raise web.HTTPTemporaryRedirect("http://127.0.0.2:9/v1/chat/completions")
    if fault == "429_inf":
        headers["Retry-After"] = "inf"
    if fault == "429_date":
        headers["Retry-After"] = formatdate(
            math.ceil(time.time() + (retry_after or 0)), usegmt=True
        )
    elif fault in ("429", "503") and retry_after is not None:
        headers["Retry-After"] = f"{retry_after:g}"
    status = {"quota": 429, "moderated": 403}.get(fault, 400)
    status = int(fault[:3]) if fault[0].isdigit() else status
    kind, message = ERRORS[fault.removesuffix("_date")]
    return error(status, kind, message.format(**words), **headers)


ODD = {
    "nan": (b'"prompt_tokens":', b'"x": NaN, "prompt_tokens":'),
    "surrogate": (b'"content": "', b'"content": "\\ud83d '),
    "usage_text": (b'"usage": {', b'"usage": "none", "unusual": {'),
    "usage_float": (b'"completion_tokens": ', b'"completion_tokens": 0.5e1, "x": '),
    "usage_huge": (b'"completion_tokens": ', b'"completion_tokens": 99999999999'),
    "finish_0": (b'"finish_reason": "stop"', b'"finish_reason": 0'),
}
"""Good answers with something in them that no API promises: what is replaced, and by what."""


def not_an_answer(fault: str, body: bytes) -> web.Response | None:
    """The faults that a client sees as 200 and cannot use; None for another fault."""
    if fault in ODD:
        old, new = ODD[fault]
        assert old in body
        return web.Response(body=body.replace(old, new, 1), content_type="application/json")
    match fault:
        case "truncated_json":
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        case "html":
            return web.Response(text="<html>Just a moment</html>", content_type="text/html")
        case "error_200":
            return web.json_response({"error": {"message": "Provider error", "code": 502}})
        case "quota_200":
            told = {"message": "quota", "code": "insufficient_quota"}
            return web.json_response({"error": told})
        case "bom":
            return web.Response(body=b"\xef\xbb\xbf" + body, content_type="application/json")
        case "wrong_shape":
            return web.json_response({"object": "chat.completion", "choices": [{"text": 7}]})
        case "no_choices":
            return web.json_response({"object": "chat.completion", "choices": []})
    return None


async def broken_off(request: web.Request, fault: str, body: bytes) -> web.StreamResponse:
    """`drop`, `reset` and `hang`: the connection ends before the answer does, or neither ends."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    if fault == "hang":
        await asyncio.Event().wait()  # until the client goes or the server stops
    if fault == "reset":
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        await asyncio.sleep(0.02)  # a reset overtakes what has not been read
    if request.transport is not None:
        peer = request.transport.get_extra_info("socket")
        with contextlib.suppress(OSError):  # no lingering: the client sees a reset, not an end
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return response


async def streamed(request: web.Request, answer: dict[str, Any], pace: float) -> web.StreamResponse:
    """The answer word by word, as server-sent events; the usage comes last."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)

    async def say(choices: list[dict[str, Any]], **more: Any) -> None:
        told = {"object": "chat.completion.chunk", "choices": choices, **more}
        await response.write(b"data: " + json.dumps(told).encode() + b"\n\n")

    choice = answer["choices"][0]
    message = choice.get("message") or {"text": choice.get("text")}
    for name, text in message.items():
        for word in speaker.tokens(text) if text and name != "role" else []:
            await say([{"text": word} if name == "text" else {"delta": {name: word}}])
            await asyncio.sleep(pace)
    await say([{"delta": {}, "finish_reason": choice["finish_reason"]}])
    await say([], usage=answer["usage"])
    await response.write(b"data: [DONE]\n\n")
    return response
