"""/metrics of the fault-injecting server: the part of vLLM's that a client can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.servers.faulty import Server

BLOCK = 16  # tokens of a cache block, vLLM's default


class PrefixCache:
    """Which blocks of tokens have been seen, each with everything before it, as vLLM keeps them."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.queries = self.hits = 0

    def _blocks(self, words: list[str]) -> list[int]:
        chain, blocks = 0, []
        for end in range(BLOCK, len(words) + 1, BLOCK):
            chain = hash((chain, *words[end - BLOCK : end]))
            blocks.append(chain)
        return blocks

    def look_up(self, words: list[str]) -> int:
        """How many of the first tokens are held."""
        held = 0
        for block in self._blocks(words):
            if block not in self.seen:
                break
            held += BLOCK
        self.queries += len(words)
        self.hits += held
        return held

    def keep(self, words: list[str]) -> None:
        """Hold a text from now on."""
        self.seen.update(self._blocks(words))


def exposition(server: Server) -> str:
    """Prometheus text; one engine, and the names and labels of vLLM 0.32."""
    behaviour, capacity = server.behaviour, server.capacity
    label = f'engine="0",model_name="{behaviour.model}"'
    # Without a rate nothing waits: what is in flight is running.
    running = len(capacity.running) if behaviour.rate or behaviour.total else server.busy
    gauges = {
        "num_requests_running": running,
        "num_requests_waiting": len(capacity.waiting),
        "kv_cache_usage_perc": min(capacity.used / behaviour.cache, 1.0),
    }
    counters = {
        "num_preemptions_total": capacity.preemptions,
        "prompt_tokens_total": server.prompt_tokens,
        "generation_tokens_total": server.output_tokens,
        "prefix_cache_queries_total": server.prefixes.queries,
        "prefix_cache_hits_total": server.prefixes.hits,
    }
    lines = []
    for kind, values in (("gauge", gauges), ("counter", counters)):
        for name, value in values.items():
            lines += [f"# TYPE vllm:{name} {kind}", f"vllm:{name}{{{label}}} {float(value)}"]
    lines.append("# TYPE vllm:request_success_total counter")
    for reason in ("stop", "length", "abort"):
        count = float(server.finished[reason])
        lines.append(f'vllm:request_success_total{{{label},finished_reason="{reason}"}} {count}')
    config = f'block_size="{BLOCK}",num_gpu_blocks="{behaviour.cache // BLOCK}",engine="0"'
    config += ',cache_dtype="auto",enable_prefix_caching="True",gpu_memory_utilization="0.9"'
    lines += ["# TYPE vllm:cache_config_info gauge", f"vllm:cache_config_info{{{config}}} 1.0"]
    return "\n".join(lines) + "\n"
