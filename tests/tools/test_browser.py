"""The tests' browser is found, or installed where one may, or asked for in words."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "browser.sh"
INSTALLS = """#!/bin/sh
echo "$*" >> "{calls}"
[ "$1" = install ] && case "$*" in *{given}*) exit 0 ;; esac
exit 100
"""


@pytest.fixture
def machine(tmp_path: Path):
    """A machine with nothing but a shell, whose user, commands and archive a test chooses."""
    commands = tmp_path / "bin"
    commands.mkdir()

    def put(name: str, text: str) -> None:
        (commands / name).write_text(text)
        (commands / name).chmod(0o755)

    def run(user: int, **there: str) -> subprocess.CompletedProcess[str]:
        put("id", f"#!/bin/sh\necho {user}\n")
        for name, text in there.items():
            put(name.replace("_", "-"), text)
        shell = shutil.which("sh")
        assert shell
        return subprocess.run(
            [shell, str(SCRIPT)],
            cwd=tmp_path,
            env={"PATH": str(commands), "HOME": str(tmp_path), "LANG": os.environ.get("LANG", "C")},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def archive(tmp_path: Path, given: str) -> tuple[Path, str]:
    """An archive that has one package only, and a note of what it was asked for."""
    calls = tmp_path / "calls"
    return calls, INSTALLS.format(calls=calls, given=given)


def test_where_nothing_may_be_installed_it_says_what_to_install(machine) -> None:
    done = machine(1000)
    assert done.returncode == 1
    assert "The browser tests need Chromium. Install it" in done.stderr
    assert "not set" not in done.stderr


def test_one_that_is_there_is_enough(machine) -> None:
    done = machine(1000, chromium_headless_shell="#!/bin/sh\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_is_installed_where_one_may(machine, tmp_path: Path) -> None:
    calls, apt_get = archive(tmp_path, "chromium-headless-shell")
    done = machine(0, apt_get=apt_get)
    assert done.returncode == 0, done.stderr
    assert calls.read_text().splitlines() == ["install -y -qq chromium-headless-shell"]


def test_another_that_is_there_is_used_where_the_archive_has_none(machine, tmp_path: Path) -> None:
    _, apt_get = archive(tmp_path, "no-such-package")
    assert machine(0, apt_get=apt_get, chromium="#!/bin/sh\n").returncode == 0
