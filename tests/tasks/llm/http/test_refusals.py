"""What servers' complaints mean, in the words of the servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import FAILURES
from tasks.llm.http.refusals import ENDS, complaint_of, kind_of

OVERFLOW = {
    "vLLM": "This model's maximum context length is 4096 tokens. However, you requested 5000 "
    "tokens in the messages, Please reduce the length of the messages.",
    "vLLM, prompt": "The decoder prompt (length 5000) is longer than the maximum model length of "
    "4096. Make sure that `max_model_len` is no smaller than the number of text tokens.",
    "SGLang": "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
    "SGLang, sum": "Requested token count exceeds the model's maximum context length of 4096.",
    "TGI": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: "
    "5000 `inputs` tokens and 20 `max_new_tokens`",
    "TGI, prompt": "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000",
    "llama.cpp": "the request exceeds the available context size, try increasing it",
    "OpenAI": "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted "
    "in 300000 tokens. Please reduce the length of the messages.",
    "Anthropic": "prompt is too long: 205000 tokens > 200000 maximum",
    "Anthropic, sum": "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
    "Fireworks": "The prompt is too long: 140000, model maximum context length: 131071",
    "Gemini": "The input token count (1200000) exceeds the maximum number of tokens allowed (10).",
    "Mistral": "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 "
    "maximum context length",
    "Groq": "Please reduce the length of the messages or completion.",
    "Bedrock": "Input is too long for requested model.",
    "Cohere": "too many tokens: total number of tokens in the prompt cannot exceed 4081",
    "xAI": "This model's maximum prompt length is 131072 but the request contains 150000 tokens.",
    "Ollama": "the input length exceeds the context length",
    "TensorRT-LLM": "Prompt length (5000) exceeds maximum input length (4096).",
    "tabbyAPI": "Prompt length 5000 is greater than max_seq_len 4096",
    "DashScope": "Range of input length should be [1, 30720]",
    "Moonshot": "Invalid request: Your request exceeded model token limit: 8192",
    "Zhipu": "Prompt exceeds max length",
}


@pytest.mark.parametrize("server", OVERFLOW)
def test_a_prompt_that_is_too_long_is_known_in_every_wording(server: str) -> None:
    assert kind_of(400, OVERFLOW[server]) == "context_overflow"
    assert kind_of(422, OVERFLOW[server]) == "context_overflow"


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (400, "temperature must be non-negative, got -1.0.", "bad_request"),
        (400, "Input should be less than or equal to 2", "bad_request"),
        (
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model.",
            "bad_request",
        ),
        (400, "Your credit balance is too low to access the Anthropic API.", "out_of_money"),
        (400, "API key not valid. Please pass a valid API key.", "unauthorised"),
        (401, "", "unauthorised"),
        (402, "Insufficient Balance", "out_of_money"),
        (403, "Your input was flagged by moderation", "content_filter"),
        (403, "", "forbidden"),
        (404, "", "not_found"),
        (408, "", "timeout"),
        (409, "", "rate_limited"),
        (413, "Payload too large", "context_overflow"),
        (425, "", "rate_limited"),
        (429, "You exceeded your current quota (insufficient_quota)", "out_of_money"),
        (429, "Rate limit reached: 6000 tokens per minute exceeded", "rate_limited"),
        (500, "insufficient_quota", "server_error"),
        (529, "Overloaded", "server_error"),
        (400, "The response was filtered: content_filter", "content_filter"),
    ],
)
def test_a_complaint_has_one_kind(status: int, text: str, kind: str) -> None:
    assert kind_of(status, text) == kind


@given(st.integers(300, 599), st.text())
def test_every_complaint_has_a_kind_of_the_list(status: int, text: str) -> None:
    assert kind_of(status, text) in {*FAILURES, *ENDS}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"error": {"code": 502, "message": "Provider returned error"}}, 502),
        ({"error": {"code": "insufficient_quota", "message": "x"}}, 400),
        ({"error": "something"}, 500),
        ({"object": "error", "message": "gone", "code": 404}, 404),
        ({"choices": [{"error": {"code": 429}, "message": {}}]}, 429),
        ({"error": None, "choices": [{"message": {"content": "5"}}]}, None),
        ([], None),
    ],
)
def test_an_error_inside_200_is_found(answer: object, status: int | None) -> None:
    found = complaint_of(answer)
    assert (found and found[0]) == status
