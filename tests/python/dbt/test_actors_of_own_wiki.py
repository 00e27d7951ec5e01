"""Programs are told from people by an access log alone, which lacks what Wikimedia sends."""

from __future__ import annotations

from conftest import Lake
from spark_runs import NO_TESTS, REQUESTS_ALONE

READER = "Mozilla/5.0 (X11; Linux x86_64; rv:14{}.0) Gecko/20100101 Firefox/140.0"
OWN = {"site_profile": "mediawiki", "site_domains": ["example.org"]}


def line(address: str, second: int, page: str, agent: str) -> str:
    time = f"01/Nov/2026:00:{second // 60:02}:{second % 60:02} +0000"
    return f'{address} - - [{time}] "GET /wiki/{page} HTTP/1.1" 200 2000 "-" "{agent}"\n'


def test_a_script_that_crawls_is_automated_and_a_family_behind_one_address_is_not(lake: Lake):
    log = lake.folder / "access.log"
    crawl = [
        line("198.51.100.7", n * 3600 // 2000, f"Page_{n}", READER.format(0)) for n in range(2000)
    ]
    family = [
        line("203.0.113.9", minute * 60 + member, f"Page_{minute}", READER.format(member))
        for member in range(1, 6)
        for minute in range(0, 60, 2)
    ]
    log.write_text("".join(crawl + family))
    imported = lake.wikilake("import", "--site", "en.example.org", log)
    assert imported.returncode == 0, imported.stderr
    lake.start_with_lists()
    built = lake.dbt("build", *NO_TESTS, *REQUESTS_ALONE, variables=OWN)
    assert built.returncode == 0, built.stdout
    assert "the lake lacks 23" in built.stdout
    found = lake.query("select ip, agent_type, count(*) from wmf.pageview_actor group by all")
    assert set(found) == {("198.51.100.7", "automated", 2000), ("203.0.113.9", "user", 150)}
    [(label,)] = lake.query(
        "select distinct label from wmf.webrequest_actor_label_hourly "
        "where label_reason = 'more than 800 req'"
    )
    assert label == "automated"


def test_an_unknown_way_of_labels_and_a_missing_file_are_said_in_plain_words(lake: Lake):
    for chosen, sentence in (
        ("guessed", "known are computed, file, none"),
        ("file", "WIKILAKE_ACTOR_LABELS names no file"),
    ):
        built = lake.dbt("build", "--select", "webrequest", variables={"actor_labels": chosen})
        assert built.returncode != 0
        assert sentence in built.stdout
