"""A backup is one file, verified; a restore is whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from alongside.web.site import backup
from alongside.web.site.database import Address, Addresses, DatabaseUnavailable, ensure_database
from alongside.web.site.launch import CannotStart
from support.cast import PASSWORD
from support.database import copy_of_template, drop, pointing_at, server

# Files that are no backup are refused before a database is asked.
NOWHERE = Addresses(Address("nowhere", "nobody"), Address("nowhere", "nobody"))
COUNT_TABLES = "select count(*) from pg_tables where schemaname = 'public'"


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


@pytest.fixture
def restore(django_db_blocker):
    """Restore as the command does, with Django's connections leading to the database restored into."""

    def bring_back(addresses, file, say=lambda *_stage: None):
        with django_db_blocker.unblock(), pointing_at(addresses):
            return backup.restore(addresses, file, say=say)

    return bring_back


def test_what_was_backed_up_comes_back_in_an_empty_database(filled, empty, tmp_path, restore):
    file = tmp_path / "all.backup"
    manifest = backup.write(filled.owner, file)
    assert manifest.tables["people_person"] == 500
    assert "conversations_answerfile" in manifest.tables, (
        "files of answers are rows like all others"
    )
    assert file.stat().st_mode & 0o077 == 0
    assert restore(empty, file) == manifest
    for table in ("people_person", "accounts_user", "access_membership", "django_migrations"):
        assert rows(empty, table) == rows(filled, table)
    with empty.owner.connect() as connection:
        protected = connection.execute(
            "select relrowsecurity from pg_class where relname = 'people_person'"
        ).fetchone()
    assert protected == (True,)


def test_no_secret_of_the_address_stands_on_a_command_line(
    filled, empty, tmp_path, restore, monkeypatch
):
    seen, kept, services = {}, set(), tmp_path / "services"
    services.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(services))

    def look(_stage, _done=0, _of=None):
        for each in psutil.Process().children():
            with suppress(psutil.Error):
                seen.setdefault(each.name(), set()).update(each.cmdline())
        for each in services.glob("alongside-service-*"):
            kept.add(each)
            assert each.stat().st_mode & 0o077 == 0

    def with_secret(addresses):
        query = "password=hunter2&sslpassword=hunter3&application_name=copying"
        told = Address.from_url(f"postgresql://owner@/x?{query}")
        return replace(addresses.owner, password=told.password, options=told.options)

    file = tmp_path / "all.backup"
    manifest = backup.write(with_secret(filled), file, say=look)
    assert restore(replace(empty, owner=with_secret(empty)), file, look) == manifest
    assert {"pg_dump", "psql"} <= set(seen)
    lines = " ".join(word for words in seen.values() for word in words)
    assert "application_name=copying" in lines
    assert "hunter" not in lines
    assert len(kept) == 2
    assert not [*services.iterdir()], "each is gone when its program has ended"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"sslpassword": "x", "service": "ours"},
            "says sslpassword beside a service. Move sslpassword",
        ),
        ({"sslpassword": "x\ny"}, "The sslpassword of DATABASE_URL begins or ends with a space"),
    ],
)
def test_a_secret_that_cannot_be_told_unseen_is_refused(filled, tmp_path, options, says):
    with (
        pytest.raises(CannotStart, match=says),
        backup._way_in(replace(filled.owner, options=tuple(options.items()))),
    ):
        pass


def test_after_a_restore_somebody_signs_in_and_no_more_than_before_is_theirs(
    filled, empty, tmp_path, restore, django_db_blocker
):
    file = tmp_path / "all.backup"
    backup.write(filled.owner, file)
    restore(empty, file)
    with django_db_blocker.unblock(), pointing_at(empty):
        typed = {"login": "sam@example.org", "password": PASSWORD}
        page = Client().post(reverse("account_login"), typed, follow=True)
        assert (page.status_code, page.request["PATH_INFO"]) == (200, "/")
        assert "My work" in page.text
    with (
        empty.application.connect() as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("DELETE FROM audit_event")


def test_a_restore_that_the_server_breaks_off_leaves_the_database_empty(filled, empty, tmp_path):
    file = tmp_path / "all.backup"
    backup.write(filled.owner, file)
    with empty.owner.connect(autocommit=True) as connection:
        # Something of the same name as what the backup ends with, where nobody counts tables.
        connection.execute("CREATE SEQUENCE accounts_user_id_seq")
    with pytest.raises(DatabaseUnavailable, match="already exists"):
        backup.restore(empty, file)
    with empty.owner.connect() as connection:
        assert connection.execute(COUNT_TABLES).fetchone() == (0,)


def test_a_disk_that_fills_in_the_middle_is_a_sentence_and_leaves_nothing(
    filled, tmp_path, monkeypatch
):
    # Whatever is written there, the kernel answers that there is no room.
    monkeypatch.setattr(backup, "DUMP", "/dev/full")
    with pytest.raises(CannotStart, match=r"No space left on device\). Make room"):
        backup.write(filled.owner, tmp_path / "all.backup")
    assert list(tmp_path.iterdir()) == []


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
        assert connection.execute(COUNT_TABLES).fetchone() == (0,)


def packed(folder, manifest, dump=b"rows", mode="w"):
    """A file such as a backup is, with a manifest of one's own; its digest is right unless it says another."""
    if isinstance(manifest, dict):
        manifest = json.dumps({"digest": hashlib.sha256(dump).hexdigest(), **manifest})
    file = folder / "made.backup"
    with tarfile.open(file, mode) as archive:
        for name, content in (("manifest.json", manifest.encode()), ("database.dump", dump)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file


RIGHT = {"alongside": "1.0", "tables": {"people_person": 3}}


@pytest.mark.parametrize(
    "manifest",
    [
        {**RIGHT, "changes": None},
        {**RIGHT, "changes": [["a"]]},
        {**RIGHT, "tables": [1]},
        {**RIGHT, "tables": {"people_person": "three"}},
        {**RIGHT, "tables": {"people_person": True}},
        {**RIGHT, "alongside": 1},
        {**RIGHT, "digest": None},
        {"alongside": "1.0"},
        "[]",
        "[" * 100_000,
        '{"alongside": ' + "9" * 5000 + "}",
        "\x00",
    ],
    ids=lambda each: str(each)[:60],
)
def test_a_manifest_that_is_none_is_a_sentence(tmp_path, manifest):
    with pytest.raises(CannotStart, match="is not a backup that alongside wrote, or is cut short"):
        backup.restore(NOWHERE, packed(tmp_path, manifest))


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2"])
@pytest.mark.parametrize("damage", ["cut", "altered"])
def test_a_backup_that_was_compressed_and_damaged_is_a_sentence(tmp_path, mode, damage):
    file = packed(tmp_path, RIGHT, os.urandom(200_000), mode)
    content = bytearray(file.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    else:
        content[1000:1100] = bytes(100)
    file.write_bytes(content)
    with pytest.raises(CannotStart, match="is not a backup|was altered"):
        backup.restore(NOWHERE, file)


def test_what_is_a_folder_where_the_rows_should_be_is_a_sentence(tmp_path):
    file = tmp_path / "made.backup"
    (tmp_path / "manifest.json").write_text(json.dumps({**RIGHT, "digest": ""}))
    (tmp_path / "database.dump").mkdir()
    with tarfile.open(file, "w") as archive:
        for name in ("manifest.json", "database.dump"):
            archive.add(tmp_path / name, name)
    with pytest.raises(CannotStart, match="is not a backup"):
        backup.restore(NOWHERE, file)


def test_a_table_that_the_manifest_does_not_name_is_named(filled, empty, tmp_path, restore):
    file = tmp_path / "all.backup"
    manifest = asdict(backup.write(filled.owner, file))
    with tarfile.open(file) as archive:
        dump = archive.extractfile("database.dump").read()
    del manifest["tables"]["people_person"]
    with pytest.raises(CannotStart, match=r"do not match the backup: people_person\. Do not use"):
        restore(empty, packed(tmp_path, manifest, dump))


def test_a_name_that_is_too_long_is_a_sentence_and_leaves_nothing(tmp_path):
    with pytest.raises(CannotStart, match=r"cannot be used \(File name too long\)\. Name another"):
        backup.write(NOWHERE.owner, tmp_path / ("x" * 300))
    with pytest.raises(CannotStart, match="File name too long"):
        backup.write(NOWHERE.owner, tmp_path / ("y" * 300) / "all.backup")
    assert list(tmp_path.iterdir()) == []


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


def test_a_backup_of_a_newer_version_is_refused_with_what_to_do(filled, empty, tmp_path):
    file = tmp_path / "all.backup"
    with filled.owner.connect() as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '0999_of_tomorrow', now())"
        )
    backup.write(filled.owner, file)
    with pytest.raises(CannotStart, match=r"newer Alongside .* people.0999_of_tomorrow. Install"):
        backup.restore(empty, file)
    with empty.owner.connect() as connection:
        assert connection.execute(COUNT_TABLES).fetchone() == (0,)


def test_a_backup_that_does_not_say_its_changes_is_restored(filled, empty, tmp_path, restore):
    new, old = tmp_path / "new.backup", tmp_path / "old.backup"
    backup.write(filled.owner, new)
    with tarfile.open(new) as archive:
        archive.extractall(tmp_path, filter="data")
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert "people.0001_initial" in manifest.pop("changes")
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(old, "w") as archive:
        archive.add(tmp_path / "manifest.json", "manifest.json")
        archive.add(tmp_path / "database.dump", "database.dump")
    assert restore(empty, old).tables["people_person"] == 500


def test_how_far_it_is_goes_to_the_end_of_each_stage(filled, empty, tmp_path, django_db_blocker):
    told = {}
    say = lambda stage, done=0, of=None: told.setdefault(stage, []).append((done, of))
    file = tmp_path / "all.backup"
    manifest = backup.write(filled.owner, file, say=say)
    tables = len(manifest.tables)
    assert told["Copying every table"] == [(done, tables) for done in range(tables + 1)]
    with django_db_blocker.unblock(), pointing_at(empty):
        backup.restore(empty, file, say=say)
    assert told["Counting the rows"] == [(done, tables) for done in range(tables + 1)] * 2
    assert told["Bringing the rows back"][0] == (0, manifest.rows)
    assert told["Making the indexes and rules"] == [(manifest.rows, manifest.rows)]
