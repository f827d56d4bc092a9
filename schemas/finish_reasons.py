"""Why an answer ended, in the words of servers and recordings; and the state that each word means.

Only a word that is known to say "the model ended by itself" makes a trace complete. A word that
nobody knows is a state of its own, and the word stays in `finish_reason`.
"""

from schemas.vocabulary import State

WORDS: dict[State, str] = {
    # OpenAI, TGI, Anthropic, Together, Cohere, Bedrock, llama.cpp; end marks of tokenizers.
    State.COMPLETE: "stop eos eos_token end_turn stop_sequence stop_token stop_str complete "
    "completed finish endoftext done <|endoftext|> <|im_end|> <|eot_id|> <|end|> <|return|> </s> "
    "<｜end▁of▁sentence｜>",
    # OpenAI, Anthropic, Gemini, Mistral, Together, llama.cpp.
    State.TRUNCATED: "length max_tokens max_length max_new_tokens max_output_tokens model_length "
    "max_completion_tokens length_capped length_limit context_length context_length_exceeded "
    "context_window_exceeded model_context_window_exceeded token_limit limit",
    State.REPETITION: "repetition repetition_detected repetitive repeat loop",
    # OpenAI, Gemini, Anthropic, Bedrock, Cohere, Zhipu.
    State.FILTERED: "content_filter content_filtered safety recitation blocklist spii refusal "
    "prohibited_content guardrail_intervened error_toxic sensitive moderation",
    # DeepSeek, Zhipu, Cohere, vLLM, OpenAI's Responses; `interrupted` is longcot's own.
    State.INTERRUPTED: "timeout time_limit cancelled canceled cancel user_cancel abort aborted "
    "network_error insufficient_system_resource incomplete interrupted preempted pause_turn",
    State.FAILED: "error",
}

STATES = {word: state for state, words in WORDS.items() for word in words.split()}

UNSAID = {"", "none", "null", "unspecified", "finish_reason_unspecified"}
"""Words that say nothing, as if there were none."""

INTERRUPTED = "interrupted"
"""The word of an answer that a stopped build broke off; what had come is kept."""


def ending(word: str | None) -> State:
    """The state of an answer that ended so. None (nobody said) counts as ended by itself."""
    plain = (word or "").strip().lower().replace("-", "_").replace(" ", "_")
    plain = plain.removeprefix("finishreason.").removeprefix("finish_reason_")
    return State.COMPLETE if plain in UNSAID else STATES.get(plain, State.UNKNOWN)
