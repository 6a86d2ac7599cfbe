#!/bin/sh
# Finds a PostgreSQL 15 for the tests on the oldest supported server, or installs one where it may.
set -eu
[ -x "${ALONGSIDE_POSTGRES_15:-/usr/lib/postgresql/15/bin}/postgres" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-cache show postgresql-15 >/dev/null 2>&1; then
    echo "Installing PostgreSQL 15 for the tests on the oldest supported server"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql-15 >/dev/null && exit 0
fi
echo "No PostgreSQL 15: the tests on the oldest supported server will say so and skip." >&2
