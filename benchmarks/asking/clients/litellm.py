"""litellm: `acompletion` behind a semaphore, on its aiohttp transport."""

import asyncio
import os
import sys

from benchmarks.asking.clients.contender import MAX_TOKENS, MODEL, Errand, contend


async def ask(errand: Errand) -> list[tuple[str, str]]:
    import litellm

    gate = asyncio.Semaphore(errand.in_flight)

    async def one(prompt: str) -> tuple[str, str]:
        async with gate:
            told = await litellm.acompletion(
                model=f"openai/{MODEL}",
                api_base=errand.url,
                api_key="none",
                messages=[{"role": "user", "content": prompt}],
                temperature=1.0,
                max_tokens=MAX_TOKENS,
                timeout=600,
                num_retries=0,
            )
        return prompt, told.choices[0].message.content or ""

    return await asyncio.gather(*map(one, errand.prompts))


def settle() -> None:
    """What must be in the environment before it is imported: no network, sockets for all."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["AIOHTTP_CONNECTOR_LIMIT"] = sys.argv[-1]  # 1,000 by default
    os.environ["AIOHTTP_CONNECTOR_LIMIT_PER_HOST"] = sys.argv[-1]  # 500 by default


if __name__ == "__main__":
    settle()
    import litellm  # not counted

    assert litellm
    contend(lambda errand: asyncio.run(ask(errand)))
