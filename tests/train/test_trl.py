"""The releases train with TRL as they are: two real steps of each trainer on a model made here."""

from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

trl = pytest.importorskip("trl", reason="pip install trl torch to run the trainers")
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="module")
def tokenizer():
    """Byte-level without merges: any text encodes, nothing is downloaded."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

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


@pytest.fixture
def model(tokenizer, tmp_path):
    """A model of one layer, from a folder: DPO loads its reference model from there again."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    Qwen2ForCausalLM(config).save_pretrained(tmp_path / "model")
    return Qwen2ForCausalLM.from_pretrained(tmp_path / "model")


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from flows.build import build

    pool = tmp_path_factory.mktemp("train") / "pool"
    shipped = Path(__file__).parents[2] / "data" / "recipes" / "quickstart.yaml"
    recipe = yaml.safe_load(shipped.read_text())
    recipe["views"]["kto"] = {"format": "unpaired", "where": "state = 'complete'"}
    for part in (*recipe["sources"], *recipe["teachers"]):
        key = "path" if "path" in part else "recorded"
        part[key] = str(shipped.parent / part[key])
    decontaminate = recipe["steps"][2]["decontaminate"]
    decontaminate["benchmarks"] = [str(shipped.parent / b) for b in decontaminate["benchmarks"]]
    own = pool.with_name("recipe.yaml")
    own.write_text(yaml.safe_dump(recipe))
    build(str(own), str(pool))
    return pool / "releases"


def rows(releases: Path, view: str):
    from datasets import load_dataset

    found = load_dataset("parquet", data_dir=str(releases / view), split="train")
    return found.select(range(min(8, len(found))))


def arguments(kind, folder: Path, **more):
    return kind(
        output_dir=str(folder),
        max_steps=2,
        per_device_train_batch_size=2,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        **more,
    )


def test_sft_trainer_takes_the_sft_view(releases, model, tokenizer, tmp_path):
    trainer = trl.SFTTrainer(
        model=model,
        args=arguments(trl.SFTConfig, tmp_path, max_length=512),
        train_dataset=rows(releases, "sft"),
        processing_class=tokenizer,
    )
    text = tokenizer.decode(trainer.train_dataset[0]["input_ids"])
    assert "<|im_start|>user\n" in text
    assert "<think>\n" in text or "<|im_start|>assistant\n" in text
    assert trainer.train().training_loss > 0


def test_dpo_trainer_takes_the_pairs_view(releases, model, tokenizer, tmp_path):
    trainer = trl.DPOTrainer(
        model=model,
        args=arguments(trl.DPOConfig, tmp_path, max_length=512),
        train_dataset=rows(releases, "pairs"),
        processing_class=tokenizer,
    )
    assert trainer.train().training_loss > 0


def test_kto_trainer_takes_the_unpaired_view(releases, model, tokenizer, tmp_path):
    from datasets import concatenate_datasets, load_dataset

    whole = load_dataset("parquet", data_dir=str(releases / "kto"), split="train")
    sides = [whole.filter(lambda row, side=side: row["label"] is side) for side in (True, False)]
    trainer = trl.KTOTrainer(
        model=model,
        args=arguments(trl.KTOConfig, tmp_path, max_length=512),
        train_dataset=concatenate_datasets([side.select(range(4)) for side in sides]),
        processing_class=tokenizer,
    )
    assert trainer.train().training_loss > 0


def test_grpo_trainer_takes_the_rlvr_view_and_the_reward(releases, model, tokenizer, tmp_path):
    from verifiers.adapters import reward

    asked = []

    def watched(completions, answer, **columns):
        found = reward(completions, answer, **columns)
        golds = [[{"role": "assistant", "content": f"\\boxed{{{gold}}}"}] for gold in answer]
        asked.append((found, reward(golds, answer, **columns)))
        return found

    trainer = trl.GRPOTrainer(
        model=model,
        args=arguments(trl.GRPOConfig, tmp_path, num_generations=2, max_completion_length=16),
        reward_funcs=watched,
        train_dataset=rows(releases, "rlvr"),
        processing_class=tokenizer,
    )
    trainer.train()
    assert asked
    for babble, golds in asked:
        # Bytes at random are no answer, or one that nobody can read (None): never the right one.
        assert len(babble) == 2 and set(babble) <= {0.0, None}
        assert golds == [1.0] * len(golds)
