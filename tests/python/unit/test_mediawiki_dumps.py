"""Dumps as they are downloaded: cut off, doubled, of other days, with all that texts may hold."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import pytest

from wikilake.ingest.mediawiki_dumps import Dumps
from wikilake.ingest.mediawiki_tables import About, ExtractFailed, columns, extraction

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="de">
<siteinfo><sitename>Wiki</sitename><base>https://de.wiki.example/wiki/Haus</base><namespaces>
<namespace key="0" case="first-letter"/><namespace key="1">Diskussion</namespace>
<namespace key="2">Benutzer</namespace><namespace key="100">Ort</namespace>
</namespaces></siteinfo>"""
ANN = "<contributor><username>Ann</username><id>7</id></contributor>"
STUBS = """
<page><title>Ort:Bern: Altstadt</title><ns>100</ns><id>5</id><redirect title="X"/>
{revisions}</page>
<page><title>2001: A film</title><ns>0</ns><id>6</id></page>"""
LOGS = (
    f"<logitem><id>1</id><timestamp>2020-01-01T00:00:00Z</timestamp>{ANN}<comment>a\tb</comment>"
    "<type>move</type><action>move</action><logtitle>Diskussion:Das: Haus</logtitle>"
    "<params>x</params></logitem>"
    "<logitem><id>2</id><timestamp>2020-01-01T00:00:00Z</timestamp><contributor deleted='deleted'/>"
    "<comment deleted='deleted'/><type>block</type><action>block</action><text deleted='deleted'/>"
    "</logitem>"
    f"<logitem><id>3</id><timestamp>2020-01-01T00:00:00Z</timestamp>{ANN}<type>patrol</type>"
    "<action>patrol</action><logtitle>Haus</logtitle></logitem>"
    f"<logitem><id>4</id><timestamp>2026-11-01T00:00:00Z</timestamp>{ANN}<type>move</type>"
    "<action>move</action><logtitle>Haus</logtitle></logitem>"
)


def revision(
    number: int, more: str = "", author: str = ANN, text: str = "bytes='3' sha1='aa'"
) -> str:
    return (
        f"<revision><id>{number}</id><timestamp>2020-01-0{number}T00:00:00Z</timestamp>{author}"
        f"{more}<text {text}/></revision>"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def put(folder: Path, revisions: str, logs: str = LOGS) -> None:
    stubs = HEAD + STUBS.format(revisions=revisions) + "</mediawiki>"
    (folder / "dewiki-20261101-stub-meta-history.xml.gz").write_bytes(gzip.compress(stubs.encode()))
    logged = HEAD + logs + "</mediawiki>"
    (folder / "dewiki-20261101-pages-logging.xml.bz2").write_bytes(bz2.compress(logged.encode()))


def read(folder: Path, table: str) -> list[dict]:
    """What the dumps tell of a table, in the columns of the source."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    rows = Dumps(folder, "dewiki", "2026-10", work).rows(table)
    if hasattr(rows, "read_all"):
        return rows.read_all().cast(columns()[table]).to_pylist()
    return [dict(zip(columns()[table].names, row, strict=True)) for row in rows]


def test_authors_marks_and_parts_of_revisions_are_read(folder):
    slot = "<content><role>map</role><text sha1='bb'/></content>"
    put(
        folder,
        revision(1, "<minor/><comment>first &lt;b&gt;</comment>")
        + revision(
            2, "<parentid>1</parentid>" + slot, "<contributor><ip>2001:DB8::1</ip></contributor>"
        )
        + revision(3, "<comment deleted='deleted'/>", "<contributor deleted='deleted'/>")
        + revision(4, author="<contributor><username>en>Eve</username><id>0</id></contributor>")
        + revision(5, text="bytes='9' sha1='cc' deleted='deleted'")
        + revision(6, text="id='9'", more="<sha1>dd</sha1>")
        + revision(7).replace("2020-01-07", "2026-11-01"),
    )
    rows = {row["rev_id"]: row for row in read(folder, "revision")}
    assert rows.keys() == {1, 2, 3, 4, 5, 6}, "what came after the month is not in its snapshot"
    assert [row["rev_deleted"] for row in rows.values()] == [0, 0, 6, 0, 1, 0]
    assert [row["rev_len"] for row in rows.values()] == [3, 3, 3, 3, 9, None]
    assert [row["rev_parent_id"] for row in rows.values()] == [0, 1, 0, 0, 0, 0]
    assert {row["rev_page"] for row in rows.values()} == {5}
    assert rows[1]["rev_minor_edit"] and not rows[2]["rev_minor_edit"]
    who = {row["actor_id"]: (row["actor_user"], row["actor_name"]) for row in read(folder, "actor")}
    assert [who.get(row["rev_actor"]) for row in rows.values()] == [
        (7, "Ann"), (None, "2001:DB8::1"), None, (None, "en>Eve"), (7, "Ann"), (7, "Ann"),
    ]  # fmt: skip
    said = {row["comment_id"]: row["comment_text"] for row in read(folder, "comment")}
    assert said[rows[1]["rev_comment_id"]] == "first <b>" and rows[3]["rev_comment_id"] is None
    assert read(folder, "user") == [
        {"user_id": 7, "user_name": "Ann", "user_registration": None, "user_is_temp": None}
    ]
    roles = {row["role_id"]: row["role_name"] for row in read(folder, "slot_roles")}
    hashes = {row["content_id"]: row["content_sha1"] for row in read(folder, "content")}
    assert sorted(
        (row["slot_revision_id"], roles[row["slot_role_id"]], hashes[row["slot_content_id"]])
        for row in read(folder, "slots")
    ) == [
        (1, "main", "aa"), (2, "main", "aa"), (2, "map", "bb"), (3, "main", "aa"),
        (4, "main", "aa"),
        (6, "main", "dd"),
    ]  # fmt: skip


def test_titles_lose_their_namespace_and_no_other_colon(folder):
    put(folder, revision(1))
    assert [tuple(row.values()) for row in read(folder, "page")] == [
        (5, 100, "Bern:_Altstadt", True),
        (6, 0, "2001:_A_film", False),
    ]
    logged = [list(row.values()) for row in read(folder, "logging")]
    assert [row[:7] for row in logged] == [
        [1, "move", "move", "20200101000000", 1, "Das:_Haus", "x"],
        [2, "block", None, "20200101000000", None, None, None],
    ]
    assert [row[-1] for row in logged] == [0, 7]
    assert {row[7] for row in logged} == {None}, "no dump has the number of the page"


SQL = r"""-- MySQL dump
CREATE TABLE `page` (
  `page_id` int(8) unsigned NOT NULL AUTO_INCREMENT,
  `page_namespace` int(11) NOT NULL,
  `page_title` varbinary(255) NOT NULL,
  `page_restrictions` tinyblob,
  `page_is_redirect` tinyint(1) NOT NULL,
  `page_random` double unsigned,
  PRIMARY KEY (`page_id`)
) ENGINE=InnoDB;
/*!40000 ALTER TABLE `page` DISABLE KEYS */;
INSERT INTO `page` VALUES (1,0,'It\'s_(\"x\"),(2,','',0,0.5),(2,-1,'a''b\\','NULL',1,1e-7),(3,0,'
two lines;
',NULL,0,NULL);
INSERT INTO `page` VALUES
(4,0,_binary 'café',NULL,0,NULL),
(5,2,0x4142,NULL,1,NULL);
INSERT INTO page (`page_title`,`page_is_redirect`,page_namespace,`page_id`) VALUES ('C',0,4,6);
-- Dump completed on 2026-11-01  3:00:00
""".encode()


def test_every_spelling_of_a_value_in_a_sql_dump_is_read(folder):
    put(folder, revision(1))
    (folder / "dewiki-20261101-page.sql").write_bytes(SQL)
    assert [tuple(row.values()) for row in read(folder, "page")] == [
        (1, 0, b'It\'s_("x"),(2,', 0),
        (2, -1, b"a'b\\", 1),
        (3, 0, b"\ntwo lines;\n", 0),
        (4, 0, "café".encode(), 0),
        (5, 2, b"AB", 1),
        (6, 4, b"C", 0),
    ]
    without_comments = b"\n".join(SQL.splitlines()[1:-2])  # as mysqldump --skip-comments writes it
    (folder / "dewiki-20261101-page.sql").write_bytes(without_comments)
    assert [row["page_id"] for row in read(folder, "page")] == [1, 2, 3, 4, 5]


def test_a_sql_dump_that_is_cut_off_anywhere_is_an_error(folder):
    put(folder, revision(1))
    file = folder / "dewiki-20261101-page.sql"
    for end in range(30, len(SQL) - 30, 7):
        file.write_bytes(SQL[:end])
        with pytest.raises(ExtractFailed, match="cut off or broken|makes no table|has no column"):
            read(folder, "page")


def test_compressed_dumps_that_are_cut_off_leave_no_table(folder):
    put(folder, "".join(revision(1 + n % 9) for n in range(500)))
    stubs = folder / "dewiki-20261101-stub-meta-history.xml.gz"
    stubs.write_bytes(stubs.read_bytes()[:-20])
    root, about = folder / "root", About("x", "dewiki", "2026-10", False)
    with extraction(root, about, resume=False, again=False) as extract:
        dumps = Dumps(folder, "dewiki", "2026-10", extract.folder)
        with pytest.raises(ExtractFailed, match="is cut off or broken .* Download it again"):
            extract.write("revision", dumps.rows("revision"), lambda count: None)
        assert extract.written() == {}
    assert not list(root.rglob("*.parquet")) and not list(root.rglob("*.work"))


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]><mediawiki><page><title>&j;</title></page></mediawiki>"
)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda stubs: stubs.write_bytes(b""), "is cut off or broken"),
        (lambda stubs: stubs.write_bytes(gzip.compress(b"<html>404</body>")), "cut off or broken"),
        (lambda stubs: stubs.write_bytes(gzip.compress(b"<html>404</html>")), "has no siteinfo"),
        (lambda stubs: stubs.write_bytes(gzip.compress(BOMB.encode())), "is cut off or broken"),
        (lambda stubs: stubs.unlink(), "There is no stub-meta-history.xml.gz of dewiki"),
        (
            lambda stubs: stubs.with_suffix("").write_bytes(gzip.decompress(stubs.read_bytes())),
            "are the same dump",
        ),
        (
            lambda stubs: stubs.with_name("dewiki-20261001-page.sql.gz").write_bytes(b""),
            "has dumps of 20261001, 20261101",
        ),
    ],
    ids=["empty", "not well-formed", "no dump", "entities", "missing", "twice", "another day"],
)
def test_dumps_that_cannot_be_used_are_named(folder, change, says):
    put(folder, revision(1))
    change(folder / "dewiki-20261101-stub-meta-history.xml.gz")
    with pytest.raises(ExtractFailed, match=says):
        Dumps(folder, "dewiki", "2026-10", folder).namespaces("dewiki")


def test_the_whole_dump_is_taken_rather_than_its_parts_and_no_other_wikis(folder):
    put(folder, revision(1))
    whole = folder / "dewiki-20261101-stub-meta-history.xml.gz"
    for part in (1, 2):
        text = gzip.decompress(whole.read_bytes()).replace(
            b"<id>1</id>", b"<id>%d</id>" % (part + 1)
        )
        name = f"dewiki-20261101-stub-meta-history{part}.xml.gz"
        (folder / name).write_bytes(gzip.compress(text))
    (folder / "frwiki-20260101-stub-meta-history.xml.gz").write_bytes(b"of another wiki")
    assert [row["rev_id"] for row in read(folder, "revision")] == [1]
    whole.unlink()
    for work in (folder / "work").iterdir():
        work.unlink()
    assert sorted(row["rev_id"] for row in read(folder, "revision")) == [2, 3]


def test_the_map_has_the_local_names_of_the_dump(folder):
    put(folder, revision(1))
    rows = Dumps(folder, "dewiki", "2026-10", folder).namespaces("dewiki")
    assert [(row[0], row[3], *row[7:10], row[11]) for row in rows] == [
        ("de.wiki.example", "dewiki", "0", "", "", "1"),
        ("de.wiki.example", "dewiki", "1", "Talk", "Diskussion", "0"),
        ("de.wiki.example", "dewiki", "2", "User", "Benutzer", "0"),
        ("de.wiki.example", "dewiki", "100", "Ort", "Ort", "0"),
    ]
