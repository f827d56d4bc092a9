"""Run by Axolotl's Python: its own loader and prompt strategies over releases; prints each row's
text, and what of it is trained on.

python load_axolotl.py CONFIG.json    a list of Axolotl's `datasets:`
"""

import json
import sys
from pathlib import Path

from axolotl.utils.data.shared import load_dataset_with_config
from axolotl.utils.data.wrappers import get_dataset_wrapper
from axolotl.utils.dict import DictDefault
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_level() -> PreTrainedTokenizerFast:
    """Any text encodes, nothing is downloaded."""
    vocab = {c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    coder = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    coder.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    coder.decoder = decoders.ByteLevel()
    coder.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=coder, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    fast.chat_template = CHAT
    return fast


tokenizer = byte_level()
cfg = DictDefault(
    {"sequence_len": 8192, "train_on_inputs": False, "dataset_num_proc": 1, "eot_tokens": None}
)
found = {}
for one in json.loads(Path(sys.argv[1]).read_text()):
    dataset = DictDefault(one)
    rows = load_dataset_with_config(dataset, use_auth_token=False)
    kind = dataset.type.split(":")[0]
    wrapped, _ = get_dataset_wrapper(dataset, tokenizer, cfg, kind, rows)
    found[dataset.name_of_view] = [
        {
            "text": tokenizer.decode(row["input_ids"]),
            "trained": tokenizer.decode([id for id in row["labels"] if id != -100]),
        }
        for row in wrapped
    ]
print(json.dumps(found))
