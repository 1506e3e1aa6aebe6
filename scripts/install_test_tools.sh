#!/bin/sh
# Install from Debian what the tests drive: a browser, OCR with its languages, and LibreOffice's Writer.
# Each is looked for by itself; the tests of one that is missing and may not be installed are skipped
# and say so.
set -eu

has_language() {
    command -v tesseract >/dev/null 2>&1 && tesseract --list-langs 2>/dev/null | grep -qx "$1"
}

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v tesseract >/dev/null 2>&1 || missing="$missing tesseract-ocr"
for language in eng kaz rus; do
    has_language "$language" || missing="$missing tesseract-ocr-$language"
done
command -v soffice >/dev/null 2>&1 || command -v libreoffice >/dev/null 2>&1 ||
    missing="$missing libreoffice-writer-nogui"
[ -f /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || missing="$missing fonts-dejavu-core"

if [ -z "$missing" ]; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "not installed:$missing; this is not Debian, so the tests that need them will be skipped"
    exit 0
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        echo "not installed; run: sudo apt-get install$missing"
        echo "Until then the tests that need them are skipped."
        exit 0
    fi
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
install="$as_root apt-get install -q -y --no-install-recommends"
# shellcheck disable=SC2086  the names are words
$install $missing && exit 0
for package in $missing; do # one that is not to be had should not keep out the others
    $install "$package" ||
        echo "$package cannot be installed: the tests that need it will be skipped"
done
