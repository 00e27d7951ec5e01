"""A real MediaWiki on three databases: its tables, its dumps, its histories, its metrics."""

from __future__ import annotations

import gc
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from conftest import Lake
from test_ingest import free_port, listens, program, wait_until

from wikilake.ingest import mediawiki_database
from wikilake.ingest.mediawiki_database import Options, address, opened
from wikilake.ingest.mediawiki_tables import ExtractFailed, columns

MEDIAWIKI = Path("/usr/share/mediawiki")
EVENTS = Path(__file__).with_name("wiki_of_known_events.php")
SNAPSHOT = ("--wiki-db", "mywiki", "--snapshot", "2021-02")
PASSWORD = "p@ss/w:ord%20"
SITEINFO = (
    "$main = new ApiMain( new FauxRequest( [ 'action' => 'query', 'meta' => 'siteinfo', "
    "'siprop' => 'general|namespaces' ] ) ); $main->execute(); "
    "echo FormatJson::encode( [ 'query' => $main->getResult()->getResultData( [ 'query' ], "
    "[ 'BC' => [], 'Types' => [], 'Strip' => 'all' ] ) ] );"
)
MARKS = ("a comment that nobody may see", "An insult", "An_insult")
"""What the wiki hides: a comment, the name of an account."""


@dataclass
class Wiki:
    """A MediaWiki in which everything has happened, and the address of its database."""

    folder: Path
    source: str
    settings: dict[str, str] = field(default_factory=dict)

    def maintain(self, script: str | Path, *arguments: str | Path, text: str = "") -> str:
        done = subprocess.run(
            [program("php"), MEDIAWIKI / "maintenance" / script, *arguments],
            input=text, text=True, capture_output=True,
            env=os.environ | {
                "MW_CONFIG_FILE": str(self.folder / "LocalSettings.php"),
                "MW_INSTALL_PATH": str(MEDIAWIKI),
            },
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, *database: str | Path) -> None:
        self.maintain(
            "install.php", *database, "--dbname", "wiki", "--confpath", self.folder, "--server",
            "http://wiki.example", "--scriptpath", "", "--pass", "a long enough password", "Test",
            "Admin",
        )  # fmt: skip
        with (self.folder / "LocalSettings.php").open("a") as file:
            file.write(
                "$wgMainCacheType = CACHE_NONE; $wgJobRunRate = 0; $wgRCMaxAge = 1e9;\n"
                f'$wgCacheDirectory = "{self.folder}/cache"; wfLoadExtension( "Renameuser" );\n'
            )
        self.maintain(EVENTS)

    def lake(self, folder: Path) -> Lake:
        tables = str(folder / "tables")
        namespaces = {"WIKILAKE_NAMESPACES": f"{tables}/namespaces.csv"}
        return Lake(folder, {"WIKILAKE_MEDIAWIKI": tables} | namespaces | self.settings)


def extracted(wiki: Wiki, folder: Path, *options: str) -> Lake:
    lake = wiki.lake(folder)
    done = lake.wikilake("extract", "--from", wiki.source, *SNAPSHOT, *options)
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return lake


def rows(lake: Lake, table: str) -> list[tuple]:
    files = f"{lake.folder}/tables/{table}/**/*.parquet"
    return duckdb.sql(f"select * from read_parquet('{files}') order by all").fetchall()


def everything(lake: Lake) -> str:
    return "".join(str(rows(lake, table)) for table in columns())


def sql(wiki: Wiki, statements: str) -> None:
    """Statements by the client program, which may do everything."""
    client = [program("mariadb"), "--no-defaults", f"--socket={wiki.folder}/socket", "--user=root"]
    subprocess.run(client, input=statements, text=True, check=True)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Wiki:
    if not MEDIAWIKI.exists():
        pytest.skip("MediaWiki is not installed")
    folder = tmp_path_factory.mktemp("sqlite")
    wiki = Wiki(folder, f"sqlite://{folder}/db/wiki.sqlite")
    wiki.install("--dbtype", "sqlite", "--dbpath", folder / "db")
    return wiki


@pytest.fixture(scope="module")
def on_mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    server, installer = program("mariadbd"), program("mariadb-install-db")
    if not MEDIAWIKI.exists():
        pytest.skip("MediaWiki is not installed")
    folder, port = tmp_path_factory.mktemp("mariadb"), free_port()
    plain = ["--no-defaults", f"--datadir={folder}/data", "--user=root"]
    subprocess.run(
        [installer, *plain, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True, capture_output=True,
    )  # fmt: skip
    running = subprocess.Popen(
        [server, *plain, f"--socket={folder}/socket", f"--port={port}", "--skip-log-bin",
         "--bind-address=127.0.0.1", f"--log-error={folder}/log", f"--pid-file={folder}/pid"]
    )  # fmt: skip
    try:
        wait_until(lambda: listens(port), "MariaDB listens", running)
        wiki = Wiki(folder, f"mysql://reader@127.0.0.1:{port}/wiki")
        wiki.settings["WIKILAKE_DATABASE_PASSWORD"] = PASSWORD
        wiki.install(
            "--dbtype", "mysql", "--dbserver", f"127.0.0.1:{port}", "--dbuser", "root",
            "--dbprefix", "mw_",
        )  # fmt: skip
        sql(wiki, f"create user reader identified by '{PASSWORD}'")
        sql(wiki, "grant select on wiki.* to reader; create database nowiki")
        sql(wiki, "create user stranger")
        yield wiki
    finally:
        running.terminate()
        running.wait()


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not MEDIAWIKI.exists() or not programs or os.geteuid() != 0:
        pytest.skip("MediaWiki or PostgreSQL is not installed, or this is not root")
    folder, port = tmp_path_factory.mktemp("postgresql"), free_port()
    for above in (folder, *folder.parents[:3]):
        above.chmod(0o755)  # the server refuses to run as root
    data, password = folder / "data", folder / "password"
    data.mkdir()
    shutil.chown(data, "postgres", "postgres")
    password.write_text(PASSWORD)
    subprocess.run(
        [programs[-1] / "initdb", "--pgdata", data, "--auth=scram-sha-256", "--username=owner",
         f"--pwfile={password}", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"],
        check=True, capture_output=True, user="postgres", cwd="/",
    )  # fmt: skip
    running = subprocess.Popen(
        [programs[-1] / "postgres", "-D", data, "-p", str(port), "-k", data, "-c", "fsync=off",
         "-c", "listen_addresses=127.0.0.1"],
        user="postgres", cwd="/", stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: listens(port), "PostgreSQL listens", running)
        wiki = Wiki(folder, f"postgresql://owner@127.0.0.1:{port}/wiki")
        wiki.settings["WIKILAKE_DATABASE_PASSWORD"] = PASSWORD
        wiki.install(
            "--dbtype", "postgres", "--dbserver", "127.0.0.1", "--dbport", str(port), "--dbuser",
            "owner", "--dbpass", PASSWORD,
        )  # fmt: skip
        yield wiki
    finally:
        running.terminate()
        running.wait()


@pytest.fixture(scope="module")
def made(on_mariadb: Wiki, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with the histories and metrics of the wiki on MariaDB."""
    siteinfo = on_mariadb.folder / "siteinfo.json"
    siteinfo.write_text(on_mariadb.maintain("eval.php", text=SITEINFO))
    folder = tmp_path_factory.mktemp("made")
    lake = extracted(on_mariadb, folder, "--prefix", "mw_", "--siteinfo", str(siteinfo))
    variables = json.dumps({"history_source": "tables"})
    run = lake.wikilake("build", "--snapshot", "2021-02", "--vars", variables)
    assert run.returncode == 0, run.stdout + run.stderr
    return lake


@pytest.fixture(scope="module")
def dumps(on_mariadb: Wiki) -> Path:
    """What MediaWiki and the client of its database write as dumps, named as the public ones."""
    folder = on_mariadb.folder / "dumps"
    folder.mkdir()
    name = f"{folder}/mywiki-20210301-"
    for options, what in (
        (("--full", "--stub"), "stub-meta-history"),
        (("--logs",), "pages-logging"),
    ):
        output = f"--output=gzip:{name}{what}.xml.gz"
        on_mariadb.maintain("dumpBackup.php", *options, "--quiet", output)
    for table in ("page", "user_groups", "change_tag", "change_tag_def"):
        client = [program("mariadb-dump"), f"--socket={on_mariadb.folder}/socket", "--user=root"]
        dumped = subprocess.run([*client, "wiki", f"mw_{table}"], capture_output=True, check=True)
        Path(f"{name}{table}.sql.gz").write_bytes(gzip.compress(dumped.stdout))
    return folder


def accounts_of_people(lake: Lake, table: str) -> list[tuple]:
    """Rows without the two accounts that the installer makes, at the time that it is."""
    return [row for row in rows(lake, table) if table != "user" or row[0] > 2]


@pytest.mark.parametrize("name", ["on_sqlite", "on_postgresql"])
def test_all_databases_give_the_same_tables(
    request: pytest.FixtureRequest, made: Lake, tmp_path: Path, name: str
) -> None:
    lake = extracted(request.getfixturevalue(name), tmp_path)
    for table in columns():
        assert accounts_of_people(lake, table) == accounts_of_people(made, table) != [], table


def test_what_the_wiki_hides_is_in_no_table_unless_it_is_asked_for(
    on_sqlite: Wiki, made: Lake, tmp_path: Path
) -> None:
    shown = everything(made)
    assert [mark for mark in MARKS if mark in shown] == []
    all_of_it = everything(extracted(on_sqlite, tmp_path, "--include-hidden"))
    assert [mark for mark in MARKS if mark not in all_of_it] == []


def test_what_came_after_the_month_is_not_in_its_snapshot(made: Lake) -> None:
    assert "too late for February" not in everything(made)
    assert max(row[2] for row in rows(made, "revision")) == "20210211120000"


def test_accounts_are_renamed_blocked_for_a_time_and_put_into_groups(made: Lake) -> None:
    states = (
        "select user_text_historical, start_timestamp, caused_by_event_type "
        "from wmf.mediawiki_user_history where user_text = '{}' order by start_timestamp"
    )
    assert made.query(states.format("Käthe")) == [
        ("Käthe before", "2021-01-02 00:00:03.0", "create"),
        ("Käthe", "2021-02-10 12:00:00.0", "rename"),
    ]
    assert [row[1:] for row in made.query(states.format("Bob"))] == [
        ("2021-01-02 00:00:01.0", "create"),
        ("2021-02-05 12:00:00.0", "alterblocks"),
        ("2021-02-08 12:00:00.0", "alterblocks"),  # three days, as the block said
    ]
    groups = "select user_groups_historical from wmf.mediawiki_user_history where "
    assert made.query(groups + "user_text = 'Sweeper' order by start_timestamp") == [
        ([],), (["bot"],),
    ]  # fmt: skip


def test_pages_are_moved_deleted_restored_and_merged(made: Lake) -> None:
    states = made.query(
        "select page_id, page_title_historical, caused_by_event_type, page_is_deleted "
        "from wmf.mediawiki_page_history where caused_by_event_type not like 'create%' "
        "order by start_timestamp, page_id, page_title_historical"
    )
    assert states == [
        (5, "Dogs", "move", False),
        (5, "Dog", "move", False),  # back, over the redirect
        (6, "Dog", "delete", True),  # that redirect
        (8, "New_place", "move", False),
        (9, "Spam", "delete", True),
        (10, "Mouse", "delete", False),
        (10, "Mouse", "restore", False),
        (11, "Pig", "merge", False),
    ]


def test_the_metrics_are_the_known_numbers(made: Lake) -> None:
    edits = "select edits from wikistats.edits where project = 'wiki.example' and "
    total = edits + "granularity = 'monthly' and page_type = 'all-page-types' and "
    months = total + "editor_type = '{}' order by period_start"
    # 17 revisions of January: two are deleted for good, one is the bot's, two are an address's,
    # one of these deleted, and the author of one is hidden. Two are older and were imported.
    assert made.query(months.format("all-editor-types")) == [(2,), (15,), (4,)]
    assert made.query(months.format("group-bot")) == [(1,)]
    assert made.query(months.format("anonymous")) == [(2,), (1,)]
    assert made.query(months.format("user")) == [(13,), (4,)]
    pages = (
        "select new_pages from wikistats.new_pages where project = 'wiki.example' "
        "and granularity = 'monthly' and editor_type = 'all-editor-types' "
        "and page_type = 'content' order by period_start"
    )
    # Borrowed; then Cat, Кошка, Dog, New place, Mouse; then Pigs; no redirects, nothing deleted.
    assert made.query(pages) == [(1,), (5,), (1,)]
    registered = (
        "select new_registered_users from wikistats.new_registered_users "
        "where project = 'wiki.example' and granularity = 'monthly' and period_start < '2021-03-01'"
    )
    assert made.query(registered) == [(1,)], "the other accounts were made for their users"
    path = "/metrics/edits/aggregate/wiki.example/all-editor-types/content/monthly"
    shown = made.wikilake("aqs", f"{path}/20210101/20210301")
    answered = json.loads(shown.stdout)["items"][0]["results"]
    assert [month["edits"] for month in answered] == [14, 4]
    tops = made.query(
        "select page_title, value from wikistats.top_edited_pages "
        "where project = 'wiki.example' and granularity = 'monthly' "
        "and period_start = '2021-01-01' and measure = 'edits' and page_type = 'content' "
        "and editor_type = 'all-editor-types' order by rank limit 2"
    )
    assert tops == [("Dog", 5), ("Cat", 4)]


SAME = {
    "revisions": """
        select
            rev_id, rev_page, rev_timestamp, rev_minor_edit, rev_len, rev_parent_id,
            rev_deleted & 7, actor_user, actor_name, comment_text, content_sha1
        from revision
        left join actor on actor_id = rev_actor
        left join comment on comment_id = rev_comment_id
        left join slots on slot_revision_id = rev_id
        left join content on content_id = slot_content_id
    """,
    "log rows": """
        select
            log_id, log_type, log_action, log_timestamp, log_namespace, log_title, log_params,
            log_deleted & 7, actor_user, actor_name, comment_text
        from logging
        left join actor on actor_id = log_actor
        left join comment on comment_id = log_comment_id
    """,
    "pages": "select page_id, page_namespace, page_title, page_is_redirect from page",
    "groups": "select ug_user, ug_group from user_groups",
    "tags": """
        select ct_rev_id, ctd_name from change_tag inner join change_tag_def on ctd_id = ct_tag_id
        where ct_rev_id in (select rev_id from revision)
    """,
    "accounts": """
        select user_id, user_name from "user"
        where user_id in (select actor_user from actor)
    """,
}
"""What must be equal in tables of the database and of dumps, whose numbers are their own."""


def test_dumps_give_the_same_live_edits_logs_and_pages_as_the_database(
    on_mariadb: Wiki, made: Lake, dumps: Path, tmp_path: Path
) -> None:
    lake = on_mariadb.lake(tmp_path)
    done = lake.wikilake("extract", "--from", str(dumps), *SNAPSHOT)
    assert done.returncode == 0, done.stderr
    assert re.search("archive +not read: no dump has deleted revisions", done.stdout)
    assert "no page numbers in log rows" in done.stdout
    told = []
    for each in (made, lake):
        connection = duckdb.connect()
        for table in columns():
            if (each.folder / "tables" / table).exists():
                files = f"{each.folder}/tables/{table}/**/*.parquet"
                connection.execute(f"create view \"{table}\" as from read_parquet('{files}')")
        told.append({
            what: connection.execute(f"{query} order by all").fetchall()
            for what, query in SAME.items()
        })  # fmt: skip
    for what in SAME:
        assert told[0][what] == told[1][what], what
        assert told[0][what], what


@pytest.mark.parametrize(
    ("source", "password", "says"),
    [
        ("mysql://reader@127.0.0.1:1/wiki", PASSWORD, "Look at the host and port"),
        ("mysql://reader@{host}/wiki", "wrong-secret", "the password (WIKILAKE_DATABASE_PASSWORD"),
        ("mysql://reader@{host}/nowhere", PASSWORD, "this user select on the database"),
        ("mysql://root@{host}/nowhere", "", "Look at the name of the database"),
        ("mysql://root@{host}/nowiki", "", "it is not that of a MediaWiki"),
        ("mysql://root@{host}/wiki", "", "it has some with the prefix 'mw_', see --prefix"),
        ("mysql://stranger@{host}/wiki", "", "Grant this user select on the database"),
    ],
)
def test_a_database_that_cannot_be_read_is_explained_without_its_password(
    on_mariadb: Wiki, tmp_path: Path, source: str, password: str, says: str
) -> None:
    lake = on_mariadb.lake(tmp_path)
    lake.settings["WIKILAKE_DATABASE_PASSWORD"] = password
    host = on_mariadb.source.partition("@")[2].partition("/")[0]
    done = lake.wikilake("extract", "--from", source.format(host=host), *SNAPSHOT)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert says in said and "Traceback" not in said
    assert not password or password not in said
    assert not list(tmp_path.rglob("*.parquet"))


def test_postgresql_says_plainly_what_it_refuses(on_postgresql: Wiki, tmp_path: Path) -> None:
    lake = on_postgresql.lake(tmp_path)
    for change, says in (
        (("/wiki", "/nowhere"), 'database "nowhere" does not exist'),
        (("/wiki", "/postgres"), "it is not that of a MediaWiki"),
        (("owner@", "nobody@"), "Look at host, port, user and database"),
    ):
        done = lake.wikilake("extract", "--from", on_postgresql.source.replace(*change), *SNAPSHOT)
        assert done.returncode == 1 and says in done.stderr, done.stderr
        assert PASSWORD not in done.stderr and "Traceback" not in done.stderr


def test_a_file_that_is_being_written_is_waited_for_and_then_named(
    on_sqlite: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mediawiki_database, "WAIT_FOR_SQLITE", 0.1)
    shutil.copy(on_sqlite.folder / "db/wiki.sqlite", tmp_path / "busy.sqlite")
    writer = sqlite3.connect(tmp_path / "busy.sqlite", isolation_level=None)
    writer.execute("begin exclusive")
    where = address(f"sqlite://{tmp_path}/busy.sqlite", Path("/"))
    with pytest.raises(ExtractFailed, match="Another program writes it and holds it"):
        with opened(where, None, Options("2021-02")) as wiki:
            list(wiki.rows("page"))
    writer.execute("rollback")
    with opened(where, None, Options("2021-02")) as wiki:
        assert len(list(wiki.rows("page"))) == 11


def test_an_edit_while_a_wiki_is_read_is_in_none_of_its_tables(on_mariadb: Wiki) -> None:
    where = address(on_mariadb.source, Path("/"))
    now = Options("2999-12", prefix="mw_")
    with opened(where, PASSWORD, now) as wiki:
        before = len(list(wiki.rows("logging")))
        sql(on_mariadb, "use wiki; insert into mw_comment (comment_hash, comment_text) values "
            "(1, 'between'); update mw_revision set rev_len = 77 where rev_id = 2; "
            "delete from mw_archive where ar_title = 'Spam'")  # fmt: skip
        assert 77 not in [row[5] for row in wiki.rows("revision")]
        assert "Spam" in str(list(wiki.rows("archive")))
        assert len(list(wiki.rows("logging"))) == before
    with opened(where, PASSWORD, now) as wiki:
        assert 77 in [row[5] for row in wiki.rows("revision")]


@pytest.mark.filterwarnings("error")
def test_a_query_that_is_interrupted_ends_at_once_and_without_a_word(on_mariadb: Wiki) -> None:
    where = address(on_mariadb.source, Path("/"))
    sql(on_mariadb, "use wiki; insert into mw_comment (comment_hash, comment_text) "
        "select seq, repeat('x', 200) from seq_1_to_100000")  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        with opened(where, PASSWORD, Options("2021-02", prefix="mw_")) as wiki:
            for _ in wiki.rows("comment"):
                raise KeyboardInterrupt
    gc.collect()
    with opened(where, PASSWORD, Options("2021-02", prefix="mw_")) as wiki:
        assert len(list(wiki.rows("page"))) == 11
