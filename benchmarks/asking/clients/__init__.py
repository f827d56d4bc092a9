"""Contenders of the client benchmarks: each asks an OpenAI-compatible server the same prompts.

A contender is a module, run in an environment of its own:

    python -m benchmarks.asking.clients.NAME URL PROMPTS ANSWERS WORK IN_FLIGHT

PROMPTS is a text file with a prompt a line; ANSWERS becomes JSONL of [prompt, answer]; WORK is a
folder where it keeps what it needs to resume; IN_FLIGHT is the number of requests at a time. It
asks with temperature 1 and max_tokens 2048, of the model `teacher`, and ends by printing
`{"seconds": .., "cpu": ..}`: wall and CPU seconds, children included, from the first prompt read
to the last answer written; what it takes to import a framework is not counted.
"""
