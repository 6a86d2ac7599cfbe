#!/bin/sh
# Finds a Chromium for the browser tests, or installs one where it may. The one without any window, the headless
# shell, does the same in two thirds of the processor time, so it comes first.
set -eu
found() {
    for name in "$@"; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}
found_application() {
    [ -d "/Applications/Google Chrome.app" ] || [ -d "/Applications/Chromium.app" ]
}
found_by_playwright() {
    .venv/bin/python - <<'PYTHON' 2>/dev/null
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not os.path.exists(playwright.chromium.executable_path))
PYTHON
}
may_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}
# Where no archive answers, another browser may be there, so nobody is kept waiting for long.
install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq "$1" >/dev/null 2>&1 && return 0
    apt-get update -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=20 >/dev/null 2>&1 || return 1
    apt-get install -y -qq "$1" >/dev/null 2>&1
}
found "${ALONGSIDE_CHROMIUM:-}" chromium-headless-shell && exit 0
if may_install; then
    echo "Installing Chromium without windows for the browser tests"
    install chromium-headless-shell && exit 0
fi
found chromium chromium-browser google-chrome google-chrome-stable chrome && exit 0
found_application && exit 0
found_by_playwright && exit 0
may_install && install chromium && exit 0
.venv/bin/playwright install chromium >/dev/null 2>&1 && exit 0
echo "The browser tests need Chromium. Install it (Debian: sudo apt install chromium-headless-shell; macOS: brew install --cask chromium) or name one in ALONGSIDE_CHROMIUM." >&2
exit 1
