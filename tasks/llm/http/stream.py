"""A streamed answer put together: its chunks become the answer that would have come at once."""

from typing import Any

from schemas.finish_reasons import INTERRUPTED
from tasks.llm.http.replies import message_of, texts_of


class Assembly:
    """What has come of a stream so far."""

    def __init__(self) -> None:
        self.seen = False
        self.reasoning: list[str] = []
        self.content: list[str] = []
        self.chat = True
        self.finish: Any = None
        self.usage: Any = None
        self.error: Any = None

    @property
    def begun(self) -> bool:
        """Whether any text has come."""
        return bool(self.reasoning or self.content)

    def add(self, chunk: Any) -> None:
        """Append a chunk; what is none of the API's chunks is passed over."""
        self.seen = True
        if not isinstance(chunk, dict):
            return
        self.usage = chunk.get("usage") or self.usage
        self.error = self.error or chunk.get("error")
        for choice in chunk.get("choices") or []:
            if choice.get("finish_reason") is not None:
                self.finish = choice["finish_reason"]
            self.error = self.error or choice.get("error")
            if "text" in choice:
                self.chat = False
                self.content += texts_of(choice["text"])[1]
            else:
                reasoning, content = message_of(choice.get("delta") or {})
                self.reasoning += [reasoning] if reasoning else []
                self.content += [content] if content else []

    def answer(self) -> dict[str, Any]:
        """The answer; one that had not ended is `interrupted`."""
        if self.error and not self.begun:
            return {"error": self.error}
        content = "".join(self.content)
        finish = INTERRUPTED if self.finish is None else self.finish
        choice: dict[str, Any] = {"finish_reason": finish}
        if self.chat:
            choice["message"] = {"reasoning": "".join(self.reasoning), "content": content}
        else:
            choice["text"] = content
        return {"choices": [choice], "usage": self.usage}
