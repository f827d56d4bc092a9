"""Train a teacher that thinks: 337k parameters, a minute on two cores, under 1 MB.

    VLLM_PYTHON tests/servers/tiny_teacher.py FOLDER [STEPS]

Run with the Python of vLLM's environment (it has torch and transformers). The model is a Qwen2 of
two layers over bytes; it answers `What is a+b?` for digits a and b as an R1 would: a think block
with a check in it, then the boxed sum. At temperature 0.7 it is always right, at 1.3 about half the
time: real thoughts and real mistakes for tests that have neither a GPU nor a download.
"""

import itertools
import random
import sys

import torch
from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "{% if not (loop.last and continue_final_message) %}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
BATCH, RATE, STEPS, CONTEXT = 32, 3e-3, 600, 1024
IGNORED = -100  # the label that the loss leaves out


def tokenizer() -> PreTrainedTokenizerFast:
    """A token per byte, so that every text can be written; the tags are tokens of their own."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(BPE(vocab={c: n for n, c in enumerate(alphabet)}, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    inner.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    # Not special: special tokens are left out of the text that a server returns.
    inner.add_tokens([AddedToken(tag, special=False) for tag in ("<think>", "</think>")])
    outer = PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    outer.chat_template = TEMPLATE
    return outer


def dialogue(left: int, right: int) -> tuple[str, str]:
    """A prompt as the template writes it, and the answer to learn."""
    total = left + right
    return (
        f"<|im_start|>user\nWhat is {left}+{right}?<|im_end|>\n<|im_start|>assistant\n",
        f"<think>\n{left}+{right}={total}. Wait, check: {right}+{left}={total}.\n</think>\n\n"
        f"The answer is \\boxed{{{total}}}.<|im_end|>",
    )


def batch(drawn: list[tuple[list[int], list[int]]], pad: int) -> dict[str, torch.Tensor]:
    """Rows padded to one length; the prompt is read but not learned."""
    width = max(len(prompt) + len(answer) for prompt, answer in drawn)
    ids = [p + a + [pad] * (width - len(p) - len(a)) for p, a in drawn]
    labels = [[IGNORED] * len(p) + a + [IGNORED] * (width - len(p) - len(a)) for p, a in drawn]
    tokens = torch.tensor(ids)
    return {"input_ids": tokens, "labels": torch.tensor(labels), "attention_mask": tokens != pad}


def train(folder: str, steps: int) -> float:
    """Train from nothing and save model and tokenizer; the last loss."""
    torch.manual_seed(0)
    torch.set_num_threads(1)  # so small a model gains nothing by more, and waits on a busy machine
    dice, words = random.Random(0), tokenizer()
    material = [
        (words.encode(prompt), words.encode(answer))
        for prompt, answer in itertools.starmap(dialogue, itertools.product(range(10), repeat=2))
    ]
    config = Qwen2Config(
        vocab_size=-(-len(words) // 64) * 64,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
        bos_token_id=None,
    )
    model = Qwen2ForCausalLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps)
    loss = torch.tensor(0.0)
    for _ in range(steps):
        loss = model(**batch(dice.choices(material, k=BATCH), words.pad_token_id)).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    words.save_pretrained(folder)
    model.to(torch.bfloat16).save_pretrained(folder)
    return loss.item()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    last = train(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else STEPS)
    print(f"loss {last:.4f}")
