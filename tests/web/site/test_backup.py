"""A backup is one file, verified; a restore is whole or not at all."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from alongside.web.site import backup
from alongside.web.site.database import Addresses, ensure_database
from alongside.web.site.launch import CannotStart
from support.database import copy_of_template, drop, server


@pytest.fixture
def filled():
    with copy_of_template(f"alongside_backup_from_{os.getpid()}") as addresses:
        with addresses.owner.connect() as connection:
            connection.execute(
                "INSERT INTO people_person (given_name, family_name, preferred_name, pronouns, "
                "born_precision, sex, ethnicity, care_group, languages, interpreter, communication, "
                "telephone, email, safe_contact, restricted, is_example, version, held_by_id, created_at) "
                "SELECT 'Zoë 🌻', n::text, '', '', 'day', 'female', '', '', '', '', '', '', '', '', false, "
                "true, 1, (SELECT min(id) FROM access_agency), now() FROM generate_series(1, 500) n"
            )
        yield addresses


@pytest.fixture
def empty():
    owner = server().in_database(f"alongside_backup_to_{os.getpid()}")
    drop(owner)
    ensure_database(owner)
    yield Addresses(owner, owner.as_role("alongside_test_app", "only for tests"))
    drop(owner)


def rows(addresses, table):
    with addresses.owner.connect() as connection:
        return connection.execute(f"select * from {table} order by 1").fetchall()


def test_what_was_backed_up_comes_back_in_an_empty_database(filled, empty, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "_grant_again", lambda: None)
    file = tmp_path / "all.backup"
    manifest = backup.write(filled.owner, file)
    assert manifest.tables["people_person"] == 500
    assert file.stat().st_mode & 0o077 == 0
    assert backup.restore(empty, file) == manifest
    for table in ("people_person", "accounts_user", "access_membership", "django_migrations"):
        assert rows(empty, table) == rows(filled, table)
    with empty.owner.connect() as connection:
        protected = connection.execute(
            "select relrowsecurity from pg_class where relname = 'people_person'"
        ).fetchone()
    assert protected == (True,)


def test_a_database_with_something_in_it_is_left_alone(filled, tmp_path):
    file = tmp_path / "all.backup"
    backup.write(filled.owner, file)
    before = rows(filled, "people_person")
    with pytest.raises(CannotStart, match="is not empty"):
        backup.restore(filled, file)
    assert rows(filled, "people_person") == before


@pytest.mark.parametrize("damage", ["cut", "altered", "something else"])
def test_a_damaged_file_restores_nothing(filled, empty, tmp_path, damage):
    file = tmp_path / "all.backup"
    backup.write(filled.owner, file)
    content = bytearray(file.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "altered":
        content[len(content) // 2] ^= 0xFF
    else:
        content = bytearray(b"PK\x03\x04 not a backup")
    file.write_bytes(bytes(content))
    with pytest.raises(CannotStart, match="backup|altered"):
        backup.restore(empty, file)
    with empty.owner.connect() as connection:
        assert connection.execute(
            "select count(*) from pg_tables where schemaname = 'public'"
        ).fetchone() == (0,)


def test_a_file_that_exists_is_never_written_over(filled, tmp_path):
    file = tmp_path / "all.backup"
    file.write_text("precious")
    with pytest.raises(CannotStart, match="exists already"):
        backup.write(filled.owner, file)
    assert file.read_text() == "precious"


def test_a_folder_that_cannot_be_written_is_a_sentence(filled):
    with pytest.raises(CannotStart, match="/proc cannot be written .* another folder"):
        backup.write(filled.owner, Path("/proc/all.backup"))


def test_a_backup_is_an_ordinary_archive(filled, tmp_path):
    file = tmp_path / "all.backup"
    backup.write(filled.owner, file)
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["manifest.json", "database.dump"]
