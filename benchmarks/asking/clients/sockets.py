"""aiohttp alone: a POST and a JSON per prompt. No client can be much cheaper in Python."""

import asyncio

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from benchmarks.asking.clients.contender import MAX_TOKENS, MODEL, Errand, contend


async def ask(errand: Errand) -> list[tuple[str, str]]:
    gate = asyncio.Semaphore(errand.in_flight)
    async with ClientSession(
        connector=TCPConnector(limit=0), timeout=ClientTimeout(600)
    ) as session:

        async def one(prompt: str) -> tuple[str, str]:
            body = {
                "model": MODEL,
                "messages": [{"role": "user", "content": prompt}],
                "temperature": 1.0,
                "max_tokens": MAX_TOKENS,
            }
            async with gate, session.post(f"{errand.url}/chat/completions", json=body) as told:
                return prompt, (await told.json())["choices"][0]["message"]["content"]

        return await asyncio.gather(*map(one, errand.prompts))


if __name__ == "__main__":
    contend(lambda errand: asyncio.run(ask(errand)))
