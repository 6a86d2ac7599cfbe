#!/bin/sh
# Chooses versions again, for every platform, with hashes and without any index's address.
set -eu
command -v uv >/dev/null || { echo "Install uv first: pip install uv" >&2; exit 1; }
compile() {
    uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --group build \
        --generate-hashes --no-emit-index-url --no-annotate --no-header "$@"
}
compile --output-file requirements/run.txt
compile --extra peers --extra spark --group dev --group docs -c requirements/run.txt --output-file requirements/dev.txt
npm install --package-lock-only --no-audit --no-fund
