"""Databases and dumps that no clean wiki has: old and new schemas, hostile rows, interruptions."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import Lake

from wikilake.ingest.mediawiki_database import Options, address, opened
from wikilake.ingest.mediawiki_tables import About, ExtractFailed, columns, extraction

SNAPSHOT = ("--wiki-db", "mywiki", "--snapshot", "2026-10")
EVER = """
create table page (page_id, page_namespace, page_title, page_is_redirect);
create table archive (ar_namespace, ar_title, ar_timestamp, ar_minor_edit, ar_rev_id, ar_deleted,
    ar_len, ar_page_id, ar_parent_id, ar_actor);
create table actor (actor_id, actor_user, actor_name);
create table comment (comment_id, comment_text);
create table slots (slot_revision_id, slot_role_id, slot_content_id);
create table slot_roles (role_id, role_name);
create table content (content_id, content_sha1);
create table logging (log_id, log_type, log_action, log_timestamp, log_namespace, log_title,
    log_params, log_page, log_actor, log_comment_id, log_deleted);
create table user_groups (ug_user, ug_group);
create table change_tag (ct_rev_id, ct_tag_id);
create table change_tag_def (ctd_id, ctd_name);
"""
OLD = """
create table user (user_id, user_name, user_registration);
create table ipblocks (ipb_user, ipb_deleted);
create table revision (rev_id, rev_page, rev_timestamp, rev_minor_edit, rev_deleted, rev_len,
    rev_parent_id, rev_actor default 0, rev_comment_id default 0);
create table revision_actor_temp (revactor_rev, revactor_actor);
create table revision_comment_temp (revcomment_rev, revcomment_comment_id);
insert into revision values (1, 1, '20200101000000', 0, 0, 5, 0, 0, 0),
    (2, 1, '20200102000000', 1, 4, 6, 1, 0, 0), (3, 1, '20200103000000', 1, 2, 6, 1, 0, 0);
insert into revision_actor_temp values (1, 11), (2, 12), (3, 11);
insert into revision_comment_temp values (1, 21), (2, 21), (3, 22);
insert into user values (1, 'Ann', null), (2, 'A slur', null);
insert into ipblocks values (0, 0), (2, 1);
"""
"""As MediaWiki 1.35 has it: authors and comments of revisions stand aside."""
NEW = """
create table user (user_id, user_name, user_registration, user_is_temp);
create table block_target (bt_id, bt_user);
create table block (bl_target, bl_deleted);
create table revision (rev_id, rev_page, rev_timestamp, rev_minor_edit, rev_deleted, rev_len,
    rev_parent_id, rev_actor, rev_comment_id);
insert into revision values (1, 1, '20200101000000', 0, 0, 5, 0, 11, 21),
    (2, 1, '20200102000000', 1, 4, 6, 1, 12, 21), (3, 1, '20200103000000', 1, 2, 6, 1, 11, 22);
insert into user values (1, 'Ann', null, 0), (2, 'A slur', null, 0), (3, '~2026-1', null, 1);
insert into block_target values (7, null), (8, 2);
insert into block values (7, 0), (8, 1);
"""
"""As MediaWiki 1.43 and later have it: temporary accounts, blocks in two tables."""
ROWS = """
insert into actor values (11, 1, 'Ann'), (12, 2, 'A slur');
insert into comment values (21, 'a comment'), (22, 'a secret');
insert into user_groups values (1, 'sysop'), (2, 'bot');
"""


def database(folder: Path, *statements: str) -> Path:
    """A file of SQLite with the tables of a wiki."""
    path = folder / "wiki.sqlite"
    connection = sqlite3.connect(path)
    for script in statements:
        connection.executescript(script)
    connection.close()
    return path


def read(path: Path, table: str, **options) -> list[tuple]:
    """What the queries of an extraction bring of a table."""
    with opened(
        address(f"sqlite://{path}", Path("/")), None, Options("2026-10", **options)
    ) as wiki:
        return [tuple(row) for row in wiki.rows(table)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "tables"


def extracting(root: Path, *, resume: bool = False, again: bool = False, **more):
    about = About(
        **{"source": "x", "wiki_db": "w", "snapshot": "2026-10", "shows_hidden": False} | more
    )
    return extraction(root, about, resume=resume, again=again)


PAGES = [(1, 0, "Home", 0), (2, 4, b"Rules", True)]


@pytest.mark.parametrize("schema", [OLD, NEW], ids=["1.35", "1.43"])
def test_old_and_new_schemas_give_the_same_rows(tmp_path, schema):
    path = database(tmp_path, EVER, schema, ROWS)
    assert [(row[0], *row[7:]) for row in read(path, "revision")] == [
        (1, 11, 21), (2, None, 21), (3, 11, None),
    ]  # fmt: skip
    assert read(path, "actor") == [(11, 1, b"Ann")]
    assert read(path, "user")[0] == (1, b"Ann", None, 0 if schema == NEW else None)
    assert [row[:2] for row in read(path, "user") if row[0] == 2] == []
    assert read(path, "user_groups") == [(1, b"sysop")]


@pytest.mark.parametrize("schema", [OLD, NEW], ids=["1.35", "1.43"])
def test_hidden_rows_are_read_for_private_use_alone(tmp_path, schema):
    path = database(tmp_path, EVER, schema, ROWS)
    shown = [
        read(path, table, shows_hidden=True) for table in ("revision", "actor", "comment", "user")
    ]
    assert [(row[0], *row[7:]) for row in shown[0]] == [(1, 11, 21), (2, 12, 21), (3, 11, 22)]
    assert (12, 2, b"A slur") in shown[1] and (22, b"a secret") in shown[2]
    assert b"A slur" in [row[1] for row in shown[3]]


def test_a_log_row_shows_what_its_bits_do_not_hide_and_no_oversight(tmp_path):
    path = database(tmp_path, EVER, NEW, ROWS)
    connection = sqlite3.connect(path)
    values = "'20200101000000', 0, 'Title', 'params', 5, 11, 21"
    for number, (log_type, bits) in enumerate(
        [
            ("move", 0),
            ("move", 1),
            ("move", 2),
            ("move", 4),
            ("move", 8),
            ("move", None),
            ("suppress", 0),
        ]
    ):
        connection.execute(
            f"insert into logging values (?, ?, 'x', {values}, ?)", (number, log_type, bits)
        )
    connection.commit()
    title, params, page, actor, comment = 5, 6, 7, 8, 9
    parts = (title, params, page, actor, comment)
    seen = {row[0]: [row[part] is not None for part in parts] for row in read(path, "logging")}
    assert seen == {
        0: [True] * 5,
        1: [False, False, False, True, True],
        2: [True, False, True, True, False],
        3: [True, False, True, False, True],
        4: [True, False, True, True, True],
        5: [True] * 5,
    }


def test_rows_that_no_clean_wiki_has_are_kept_as_far_as_they_can_be_read(tmp_path, root):
    rows = [
        (1, 0, b"caf\xe9 \xf0\x9f", 0),  # no UTF-8
        (2, 0, "\x00\n\t'\"\\", 1),
        (2**63, 2**31, None, None),  # beyond the types
        ("7", "0", "A number as text", "1"),
        (None, None, "😀" * 63, None),
    ]
    with extracting(root) as extract:
        extract.write("page", rows, lambda count: None)
        extract.publish()
    assert pq.read_table(extract.place("page"), partitioning=None).to_pylist() == [
        dict(zip(columns()["page"].names, row, strict=True))
        for row in [
            (1, 0, "caf\ufffd \ufffd", False),
            (2, 0, "\x00\n\t'\"\\", True),
            (None, None, None, None),
            (7, 0, "A number as text", True),
            (None, None, "😀" * 63, None),
        ]
    ]


def test_comments_and_hashes_that_nothing_shown_names_are_left_out(root):
    revision = (1, 1, "20200101000000", False, 0, 1, 0, 11)
    logged = (1, "move", "move", "20200101000000", 0, "Title", "", 1, 11)
    comments = [
        (21, "shown"),
        (22, "hidden"),
        (23, "of the log"),
        (None, "of nobody"),
        (2**62, "x"),
    ]
    with extracting(root) as extract:
        for table, rows in {
            "revision": [(*revision, 21), (*revision, None), (*revision, 0), (*revision, 21)],
            "logging": [(*logged, 23, 0)],
            "slots": [],
            "comment": comments,
            "content": [(31, "hash")],
        }.items():
            extract.write(table, rows, lambda count: None, only_used=True)
        assert extract.written()["content"] == 0
        extract.publish()
    kept = pq.read_table(extract.place("comment"), partitioning=None)
    assert kept["comment_text"].to_pylist() == ["shown", "of the log"]


def test_a_table_is_whole_or_not_there_and_resume_goes_on_with_the_rest(root):
    def cut():
        yield PAGES[0]
        raise ExtractFailed("the server is gone")

    with extracting(root) as extract:
        extract.write("user", [(1, "Ann", None, None)], lambda count: None)
        with pytest.raises(ExtractFailed):
            extract.write("page", cut(), lambda count: None)
    assert extract.written() == {"user": 1}
    assert not extract.place("user").exists() and not list(root.rglob("*.partial"))
    with pytest.raises(ExtractFailed, match="--resume goes on with it, --again begins anew"):
        extracting(root).__enter__()
    with pytest.raises(ExtractFailed, match="has another source"):
        extracting(root, resume=True, source="y").__enter__()
    with extracting(root, resume=True) as extract:
        assert extract.is_written("user") and not extract.is_written("page")
        extract.write("page", PAGES, lambda count: None)
        extract.publish()
    assert pq.read_metadata(extract.place("page")).num_rows == 2
    assert pq.read_metadata(extract.place("user")).num_rows == 1
    with pytest.raises(ExtractFailed, match="is there already and whole"):
        extracting(root).__enter__()
    with pytest.raises(ExtractFailed, match="is there already and whole"):
        extracting(root, resume=True).__enter__()


def test_a_kill_at_any_move_leaves_a_snapshot_that_the_next_command_completes(root, monkeypatch):
    tables = {"page": PAGES, "user": [(1, "Ann", None, None)], "revision": []}
    with extracting(root) as extract:
        for table in [*tables, "archive"]:
            extract.write(table, [], lambda count: None)
        extract.publish()
    for moves in range(3):
        with extracting(root, again=True) as extract:
            for table, rows in tables.items():
                extract.write(table, rows, lambda count: None)
            replace, left = Path.replace, [moves]

            def killed(path, target, replace=replace, left=left):
                if path.suffix == ".parquet":
                    if not left[0]:
                        raise KeyboardInterrupt
                    left[0] -= 1
                return replace(path, target)

            monkeypatch.setattr(Path, "replace", killed)
            with pytest.raises(KeyboardInterrupt):
                extract.publish()
            monkeypatch.undo()
        with pytest.raises(ExtractFailed, match="is there already and whole"):
            extracting(root).__enter__()
        assert {table for table in columns() if extract.place(table).exists()} == tables.keys()
        assert pq.read_metadata(extract.place("page")).num_rows == 2


def test_again_keeps_the_old_snapshot_until_the_new_one_is_whole(root):
    with extracting(root) as extract:
        extract.write("page", PAGES, lambda count: None)
        extract.publish()
    with extracting(root, again=True) as extract:
        extract.write("page", [], lambda count: None)
        assert pq.read_metadata(extract.place("page")).num_rows == 2
        extract.publish()
    assert pq.read_metadata(extract.place("page")).num_rows == 0


def test_two_extractions_of_a_snapshot_do_not_meet(root):
    with extracting(root), pytest.raises(ExtractFailed, match="Another process extracts w"):
        extracting(root, again=True).__enter__()


def test_files_and_folders_are_their_owners_alone_under_any_umask(root):
    before = os.umask(0)
    try:
        with extracting(root) as extract:
            extract.write("page", PAGES, lambda count: None)
            extract.publish()
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in root.rglob("*")}
    assert modes == {0o700, 0o600}


@pytest.mark.parametrize("name", ["", "../etc", "my wiki", "a/b", "wiki'; drop", "é", "-x", "a\nb"])
def test_a_name_of_a_wiki_that_is_none_is_refused(root, name):
    with pytest.raises(ExtractFailed, match="is no name of a wiki"):
        extracting(root, wiki_db=name)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("mysql://me:hunter2@host/wiki", "has a password in it"),
        ("postgresql://me@host/wiki?password=hunter2", "has a password in it"),
        ("mysql://me:hunter2@host:port/wiki", "is no address"),
        ("oracle://me@host/wiki", "known are mysql://"),
        ("mysql://me@host", "names no database"),
        ("mysql://me@host/wiki?sslmode=off", "has the parameter 'sslmode'; known are unix_socket"),
        ("sqlite:///nowhere/hunter.sqlite", "There is no file /nowhere/hunter.sqlite"),
        ("nowhere", "names no folder"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(lake, source, says):
    said = extract(lake, source)
    assert says in said
    assert "hunter2" not in said


def extract(lake: Lake, source: str | Path, *options: str, code: int = 1) -> str:
    lake.settings["WIKILAKE_MEDIAWIKI"] = str(lake.folder / "tables")
    done = lake.wikilake("extract", "--from", source, *SNAPSHOT, *options)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said and "foreseen" not in said
    return said


def test_a_database_that_is_none_of_a_wiki_or_is_in_use_is_explained(lake, tmp_path):
    path = database(tmp_path, EVER)
    assert "it is not that of a MediaWiki" in extract(lake, f"sqlite://{path}")
    assert "is no name of a table" in extract(lake, f"sqlite://{path}", "--prefix", "my-")
    database(tmp_path, NEW, "drop table block")
    assert "who is hidden stands there" in extract(lake, f"sqlite://{path}")
    database(tmp_path, "drop table comment")
    assert "no table comment" in extract(lake, f"sqlite://{path}")
    path.write_bytes(b"no database" * 100)
    assert "It is no SQLite database" in extract(lake, f"sqlite://{path}")
