#!/bin/sh
# Says what to install where Node.js is missing or too old.
set -eu
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "Alongside's pages are built with Node.js 20 or newer and npm; found: $(node --version 2>/dev/null || echo none)." >&2
    echo "Install it (Debian 13: apt install nodejs npm; macOS: brew install node; or nodejs.org), then run make again." >&2
    exit 1
fi
