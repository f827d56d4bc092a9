"""bespokelabs-curator: its online processor, which appends each answer to a file."""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

from benchmarks.asking.clients.contender import MAX_TOKENS, MODEL, Errand, contend


def settle() -> None:
    """What must be in the environment before it is imported."""
    os.environ["TELEMETRY_ENABLED"] = "false"
    os.environ["CURATOR_DISABLE_RICH_DISPLAY"] = "1"
    # It counts tokens with a vocabulary from the network; litellm, which it needs, carries it too.
    litellm = importlib.util.find_spec("litellm")
    assert litellm and litellm.origin
    vocabulary = Path(litellm.origin).parent / "litellm_core_utils" / "tokenizers"
    os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(vocabulary))


def contender() -> Callable[[Errand], list[tuple[str, str]]]:
    """Import curator; the function that runs it."""
    from bespokelabs import curator

    class Ask(curator.LLM):
        def prompt(self, row: dict) -> str:
            return row["prompt"]

        def parse(self, row: dict, response: str) -> dict:
            return {"prompt": row["prompt"], "answer": response}

    def run(errand: Errand) -> list[tuple[str, str]]:
        asker = Ask(
            model_name=MODEL,
            backend="openai",
            generation_params={"temperature": 1.0, "max_tokens": MAX_TOKENS},
            backend_params={
                "base_url": errand.url,
                "api_key": "none",
                "max_concurrent_requests": errand.in_flight,
                "max_requests_per_minute": 10**9,
                "max_tokens_per_minute": 10**12,
            },
        )
        rows = [{"prompt": prompt} for prompt in errand.prompts]
        told = asker(rows, working_dir=str(errand.work)).dataset
        return list(zip(told["prompt"], told["answer"], strict=True))

    return run


if __name__ == "__main__":
    settle()
    contend(contender())
