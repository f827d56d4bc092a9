"""A bare AsyncOpenAI loop with a semaphore: the client's own retries, and nothing kept.

On the aiohttp transport, which the client's readme recommends for many requests at a time: the
default pool looks at every connection for every request, and at 1,000 of them is 4 times slower.
"""

import asyncio

from openai import DEFAULT_CONNECTION_LIMITS, AsyncOpenAI, DefaultAioHttpClient

from benchmarks.asking.clients.contender import MAX_TOKENS, MODEL, Errand, contend


async def ask(errand: Errand) -> list[tuple[str, str]]:
    gate = asyncio.Semaphore(errand.in_flight)
    limits = type(DEFAULT_CONNECTION_LIMITS)(
        max_connections=errand.in_flight, max_keepalive_connections=errand.in_flight
    )
    http = DefaultAioHttpClient(limits=limits, timeout=600)
    async with AsyncOpenAI(base_url=errand.url, http_client=http) as client:

        async def one(prompt: str) -> tuple[str, str]:
            async with gate:
                told = await client.chat.completions.create(
                    model=MODEL,
                    messages=[{"role": "user", "content": prompt}],
                    temperature=1.0,
                    max_tokens=MAX_TOKENS,
                )
            return prompt, told.choices[0].message.content or ""

        return await asyncio.gather(*map(one, errand.prompts))


if __name__ == "__main__":
    contend(lambda errand: asyncio.run(ask(errand)))
