"""The OpenAI wire: what a request says, and how an answer is written."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.servers import speaker
from tests.servers.behaviour import Received

Json = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """One sample as it leaves: raw text, why it ended, its tokens, and how it is split."""

    raw: str
    finish: str
    tokens: int
    dialect: str


class Vocabulary:
    """Numbers for tokens, given out as they occur; /tokenize and prompts in tokens need them."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.words: list[str] = []

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's tokens."""
        for word in speaker.tokens(text):
            if word not in self.numbers:
                self.numbers[word] = len(self.words)
                self.words.append(word)
        return [self.numbers[word] for word in speaker.tokens(text)]

    def decode(self, numbers: list[int]) -> str:
        """The text of numbers."""
        return "".join(self.words[number] for number in numbers)


def read(body: Json, got: Received) -> None:
    """Note what is asked, what is to be continued, and the seed."""
    got.seed = body.get("seed")
    text = rendered(body)
    _, user, last = text.rpartition(USER)
    if user:
        got.question, _, got.cut = last.partition(ASSISTANT)
        return
    question, tag, rest = text.rpartition("<think>")
    got.question, got.cut = (question, tag + rest) if tag else (text, "")


def content(message: Json) -> str:
    """The text of a message, also of one in parts."""
    told = message.get("content") or ""
    return told if isinstance(told, str) else "".join(part.get("text", "") for part in told)


USER, ASSISTANT = "<|user|> ", " <|assistant|> "


def rendered(body: Json) -> str:
    """The text of a request; of a chat, as this server's chat template joins it."""
    if "input" in body:
        return "\n".join(body["input"])
    if "messages" not in body:
        return body["prompt"] if isinstance(body["prompt"], str) else body["prompt"][0]
    marks = {"user": USER, "assistant": ASSISTANT}
    text = "".join(marks.get(m["role"], f"<|{m['role']}|> ") + content(m) for m in body["messages"])
    return text if body.get("continue_final_message") else text + ASSISTANT


def first_user(body: Json) -> str:
    """What a request is about: it stays when a re-ask adds messages after it."""
    if "messages" not in body:
        return rendered(body)
    return next((content(m) for m in body["messages"] if m["role"] == "user"), "")


def constraint(body: Json) -> Json | None:
    """`{"json": schema}` or `{"choice": [...]}`, from either way of asking for it."""
    told = body.get("structured_outputs") or {}
    if wanted := {k: told[k] for k in ("json", "choice") if told.get(k)}:
        return wanted
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        return {"json": form["json_schema"]["schema"]}
    return {"json": {"type": "object"}} if form.get("type") == "json_object" else None


def whole(body: Json, got: Received, choices: list[Choice], prompt: int, cached: int) -> Json:
    """The answer as vLLM sends it."""
    chat, number = "messages" in body, f"{got.digest}-{got.attempt}"
    told = []
    for index, choice in enumerate(choices):
        common = {"index": index, "finish_reason": choice.finish, "logprobs": None}
        if not chat:
            told.append({**common, "text": choice.raw})
            continue
        message = speaker.parsed(choice.raw, choice.dialect) if choice.raw else None
        field = "reasoning_content" if choice.dialect == "reasoning_content" else "reasoning"
        text = message.content if message else ("" if choice.finish == "stop" else None)
        reasoning = message.reasoning if message else None
        told.append({**common, "message": {"role": "assistant", "content": text, field: reasoning}})
    written = sum(choice.tokens for choice in choices)
    return {
        "id": ("chatcmpl-" if chat else "cmpl-") + number,
        "object": "chat.completion" if chat else "text_completion",
        "created": int(got.at),
        "model": body.get("model"),
        "choices": told,
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
            "prompt_tokens_details": {"cached_tokens": cached},
        },
    }


def embedded(body: Json) -> web.Response:
    """The answer of an embedding model."""
    data = [
        {"object": "embedding", "index": n, "embedding": speaker.direction(text)}
        for n, text in enumerate(body["input"])
    ]
    count = sum(len(speaker.tokens(text)) for text in body["input"])
    usage = {"prompt_tokens": count, "total_tokens": count}
    told = {"object": "list", "data": data, "model": body.get("model"), "usage": usage}
    return web.json_response(told)


def canned(got: Received, size: int, model: str) -> web.Response:
    """The fast answer: nothing is computed but the name of the question."""
    said = speaker.canned(got.question, size)  # of letters and spaces: JSON as it stands
    chat = got.path.endswith("/chat/completions")
    inner = f'"message":{{"role":"assistant","content":"{said}"}}' if chat else f'"text":"{said}"'
    told = (
        f'{{"id":"x-{got.digest}","object":"{"chat." if chat else "text_"}completion","created":0,'
        f'"model":"{model}","choices":[{{"index":0,"finish_reason":"stop",{inner}}}],"usage":'
        f'{{"prompt_tokens":16,"completion_tokens":{size // 4},"total_tokens":{16 + size // 4}}}}}'
    )
    return web.Response(body=told.encode(), content_type="application/json")
