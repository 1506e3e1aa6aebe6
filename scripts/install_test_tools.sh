#!/bin/sh
# Install from Debian what the tests drive: a browser. Without it, or without the right to install
# it, the browser tests are skipped and say so.
set -eu

if command -v chromium >/dev/null 2>&1; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "chromium is not installed and this is not Debian: the browser tests will be skipped"
    exit 0
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        echo "chromium is not installed; run: sudo apt-get install chromium"
        echo "Until then the browser tests are skipped."
        exit 0
    fi
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
$as_root apt-get install -q -y --no-install-recommends chromium fonts-dejavu-core
