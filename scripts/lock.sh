#!/bin/sh
# Print the versions that a fresh virtual environment gets, for constraints.txt.
# usage: sh scripts/lock.sh PYTHON > constraints.txt
set -eu

python=$1
torch=2.13.0 # changed on purpose only: the README says where its CPU build comes from
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$python" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --upgrade pip >&2
"$folder/bin/python" -m pip install --quiet "torch==$torch" '.[dev]' >&2
echo "# What is installed, pinned. Refreshed by \`make lock\`."
# a local version (+cpu) would tie the file to one build of torch
"$folder/bin/python" -m pip freeze --exclude policy-kb --exclude pip \
    | grep -v '^nvidia-' | sed 's/+[a-z0-9.]*$//' | sort -f
