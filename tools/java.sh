#!/bin/sh
# Finds a Java 17 runtime for the Spark tests, or installs one where it may; without one those tests say so.
set -eu
command -v java >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing a Java runtime for the Spark tests"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq openjdk-17-jre-headless >/dev/null && exit 0
fi
echo "No Java runtime: the Spark tests will say so and skip. Install one: sudo apt install openjdk-17-jre-headless" >&2
