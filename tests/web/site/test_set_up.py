"""A machine without what the platform is built with: a sentence says what is missing and how to get it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[3] / "tools"
NEEDED = ("sh", "sed", "id")


@pytest.fixture
def machine(tmp_path):
    """A machine that has these programs and no others, each a few lines of shell."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED:
        found = next(p for p in (Path("/bin") / name, Path("/usr/bin") / name) if p.exists())
        (programs / name).symlink_to(found)

    def run(script, *arguments, **has):
        for name, does in has.items():
            (programs / name).write_text(f"#!/bin/sh\n{does}\n")
            (programs / name).chmod(0o755)
        return subprocess.run(
            ["sh", TOOLS / script, *arguments],
            env={"PATH": str(programs)}, cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


OLD_PYTHON = 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac'


@pytest.mark.parametrize(
    ("has", "found"), [({}, "no python3"), ({"python3": OLD_PYTHON}, "Python 3.9.2")]
)
def test_an_old_or_missing_python_is_named_with_what_to_install(machine, tmp_path, has, found):
    told = machine("python.sh", ".venv", **has)
    assert told.returncode == 1
    assert f"needs Python 3.11 or newer; {found} was found" in told.stderr
    assert "apt install python3 python3-venv" in told.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_cannot_make_environments_is_named_with_its_package(machine, tmp_path):
    bare = 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; esac'
    told = machine("python.sh", ".venv", python3=bare)
    assert told.returncode == 1
    assert "sudo apt install python3.12-venv" in told.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("has", "found"),
    [
        ({}, "found: none"),
        ({"node": "echo v18.19.0", "npm": "exit 0"}, "found: v18.19.0"),
        ({"node": "echo v22.1.0"}, "found: v22.1.0"),
    ],
    ids=["nothing", "an old Node", "no npm"],
)
def test_an_old_or_missing_node_is_named_with_what_to_install(machine, has, found):
    told = machine("node.sh", **has)
    assert told.returncode == 1
    assert "Node.js 20 or newer and npm" in told.stderr
    assert found in told.stderr
    assert "apt install nodejs npm" in told.stderr


def test_a_node_that_is_new_enough_passes(machine):
    assert machine("node.sh", node="echo v20.0.0", npm="exit 0").returncode == 0
