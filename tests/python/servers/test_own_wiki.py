"""A real MediaWiki behind nginx, visited by a program and a browser: known views come out."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import PROJECT, Lake
from test_ingest import free_port, listens, logged, program, wait_until

MEDIAWIKI = Path("/usr/share/mediawiki")
PERL_MODULE = Path("/usr/lib/nginx/modules/ngx_http_perl_module.so")
HOST = "wiki.example"
READER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGES = ["Cat", "A/B", "What? & why+how", 'Say "hi"', "Кошка", "猫", "Category:Animals", "User:Ann",
         "Template:Box", "Project:Rules"]  # fmt: skip
VARIABLES = f"{{site_profile: mediawiki, site_domains: [{HOST}]}}"


@dataclass
class Visit:
    """One request, and what must come of it: the title of a view, or the reason why none."""

    path: str
    title: str | None = None
    reason: str = "pageview"
    method: str = "GET"
    body: str | None = None


def page(title: str) -> str:
    return "/wiki/" + quote(title.replace(" ", "_"), safe="/:")


VISITS = [
    *[Visit(page(title), title.replace(" ", "_")) for title in PAGES if title[:7] != "Project"],
    Visit(page("Project:Rules"), reason="http_status"),  # moves to the namespace's real name
    Visit(page("Test:Rules"), "Test:Rules"),
    Visit("/index.php?title=Cat", "Cat"),
    Visit("/index.php/Cat", "Cat"),
    Visit("/index.php?title=Cat&action=history", "Cat"),
    Visit("/index.php?title=Cat&diff=prev&oldid=0", "Cat"),
    Visit("/index.php?oldid=2", "-"),
    Visit("/wiki/Cat?useskin=vector", "Cat"),
    Visit("/wiki/Old", "Old"),
    Visit("/wiki/Special:RecentChanges", "Special:RecentChanges"),
    Visit("/index.php?title=Special:Search&search=zebra&fulltext=1", "Special:Search"),
    Visit("/wiki/Special:Version", "Special:Version"),
    Visit("/wiki/Special:UserLogin", reason="special_page"),
    Visit("/wiki/Special%3AAllPages", reason="special_page"),
    Visit("/index.php?title=Special:AllPages", reason="special_page"),
    Visit("/index.php?title=Cat&action=edit", reason="unwanted_action"),
    Visit("/index.php?title=Cat&action=submit", reason="unwanted_action", method="POST",
          body="wpTextbox1=changed&wpPreview=1"),
    Visit("/wiki/Nothing_here", reason="http_status"),
    Visit("/wiki/cat", reason="http_status"),
    Visit("/", reason="http_status"),
    Visit("/index.php?title=Cat&action=raw", reason="content_type"),
    Visit("/api.php?action=query&titles=Cat&format=json", reason="content_type"),
    Visit("/api.php", reason="api_path"),
    Visit("/load.php?modules=startup&only=scripts&raw=1", reason="content_type"),
    Visit("/resources/assets/poweredby_mediawiki_88x31.png", reason="content_type"),
    Visit("/mw-config/index.php", reason="path"),
]  # fmt: skip


LOGGING = """
$wgMWLoggerDefaultSpi = [ 'class' => 'MediaWiki\\\\Logger\\\\MonologSpi', 'args' => [ [
	'loggers' => [
		'@default' => [ 'handlers' => [ 'nowhere' ] ],
		'session' => [ 'handlers' => [ 'api' ] ],
		'api-request' => [ 'handlers' => [ 'api' ] ],
	],
	'processors' => [],
	'handlers' => [
		'nowhere' => [ 'class' => 'Monolog\\\\Handler\\\\NullHandler' ],
		'api' => [
			'class' => 'Monolog\\\\Handler\\\\StreamHandler',
			'args' => [ '%s', 100, true, 0600, true ],
			'formatter' => 'json',
		],
	],
	'formatters' => [ 'json' => [ 'class' => 'Monolog\\\\Formatter\\\\JsonFormatter' ] ],
] ] ];
"""
"""The settings of docs/events.md, with another channel in the same file."""


@dataclass
class Wiki:
    port: int
    log: Path
    api_log: Path

    def visit(self, visit: Visit, agent: str = READER) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": HOST, "User-Agent": agent, "Connection": "close"}
        if visit.body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(visit.method, visit.path, visit.body, headers)
        connection.getresponse().read()
        connection.close()

    def browse(self, path: str, folder: Path) -> bool:
        """Opens a page in a real browser; false where there is none."""
        browser = shutil.which("chromium") or shutil.which("chromium-browser")
        if browser is None:
            return False
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                f"--user-data-dir={folder}", "--virtual-time-budget=20000", "--dump-dom",
                f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{self.port}", f"--user-agent={READER}",
                f"http://{HOST}{path}",
            ],
            capture_output=True, timeout=180, check=True,
        )  # fmt: skip
        return True


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    nginx, php = program("nginx"), program("php")
    fpm = next((str(path) for path in Path("/usr/sbin").glob("php-fpm*")), None)
    if not MEDIAWIKI.exists() or fpm is None or not PERL_MODULE.exists():
        pytest.skip("MediaWiki, php-fpm or nginx's perl module is not installed")
    folder, port = tmp_path_factory.mktemp("wiki"), free_port()
    folder.chmod(0o755)

    def maintain(script: str, *arguments: str, text: str = "") -> None:
        subprocess.run(
            [php, MEDIAWIKI / "maintenance" / script, *arguments], input=text, text=True,
            check=True, capture_output=True,
            env=os.environ | {"MW_CONFIG_FILE": str(folder / "LocalSettings.php")},
        )  # fmt: skip

    subprocess.run(
        [php, MEDIAWIKI / "maintenance/install.php", "--dbtype", "sqlite", "--dbname", "wiki",
         "--dbpath", folder / "db", "--confpath", folder, "--server", f"http://{HOST}",
         "--scriptpath", "", "--pass", "a long enough password", "Test", "Admin"],
        check=True, capture_output=True,
    )  # fmt: skip
    with (folder / "LocalSettings.php").open("a") as settings:
        settings.write(
            '$wgArticlePath = "/wiki/$1"; $wgMainCacheType = CACHE_NONE;\n'
            f'$wgCacheDirectory = "{folder}/cache"; $wgJobRunRate = 0;\n'
            + LOGGING
            % (folder / "api-request.json")
        )
    for title in PAGES:
        maintain("edit.php", title, text=f"About {title}.")
    maintain("edit.php", "Cat", text="About cats, again.")
    maintain("edit.php", "Old", text="#REDIRECT [[Cat]]")
    (folder / "fpm.conf").write_text(
        f"[global]\nerror_log = {folder}/fpm.log\n[www]\nlisten = {folder}/fpm.sock\n"
        "user = root\ngroup = root\nlisten.mode = 0666\npm = static\npm.max_children = 2\n"
        f"env[MW_CONFIG_FILE] = {folder}/LocalSettings.php\n"
    )
    (folder / "nginx.conf").write_text(
        f"""
        load_module {PERL_MODULE};
        user root;
        worker_processes 1;
        pid {folder}/pid;
        error_log {folder}/error.log;
        events {{}}
        http {{
            include /etc/nginx/mime.types;
            client_body_temp_path {folder}/body; fastcgi_temp_path {folder}/fastcgi;
            proxy_temp_path {folder}/proxy; uwsgi_temp_path {folder}/uwsgi;
            scgi_temp_path {folder}/scgi;
            include {PROJECT}/ingest/nginx/wikilake.conf;
            server {{
                listen 127.0.0.1:{port};
                server_name {HOST};
                root {MEDIAWIKI};
                access_log {folder}/wikilake.json wikilake;
                location / {{ rewrite ^ /index.php; }}
                location /wiki/ {{ rewrite ^ /index.php; }}
                location /resources/ {{ }}
                location = /favicon.ico {{ return 404; }}
                location ~ ^(/[^.]*[.]php)(/.*)?$ {{
                    include /etc/nginx/fastcgi_params;
                    fastcgi_param SCRIPT_FILENAME {MEDIAWIKI}$1;
                    fastcgi_param SCRIPT_NAME $1;
                    fastcgi_param PATH_INFO $2;
                    fastcgi_pass unix:{folder}/fpm.sock;
                }}
            }}
        }}
        """
    )
    servers = [subprocess.Popen([fpm, "-F", "-R", "-y", folder / "fpm.conf"])]
    try:
        wait_until(lambda: (folder / "fpm.sock").exists(), "php listens", servers[0])
        servers.append(subprocess.Popen([nginx, "-c", folder / "nginx.conf", "-g", "daemon off;"]))
        wait_until(lambda: listens(port), "nginx listens", servers[1])
        yield Wiki(port, folder / "wikilake.json", folder / "api-request.json")
    finally:
        for server in reversed(servers):
            server.terminate()
            server.wait()


@pytest.fixture(scope="module")
def visited(wiki: Wiki, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, int]:
    """A lake of everything that was asked, and how often the browser opened a page."""
    folder = tmp_path_factory.mktemp("own")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    for visit in VISITS:
        wiki.visit(visit)
    wait_until(lambda: logged(wiki.log) >= len(VISITS), "all is logged")
    browsed = int(wiki.browse(page("Кошка"), folder / "profile"))
    done = lake.wikilake("import", str(wiki.log))
    assert done.returncode == 0, done.stderr
    hours = done.stdout.split("wikilake build ")[1].split()
    built = lake.wikilake("build", *hours, "--vars", VARIABLES)
    assert built.returncode == 0, built.stderr
    return lake, browsed


def test_a_wiki_counts_exactly_the_pages_that_were_read(visited: tuple[Lake, int]) -> None:
    lake, browsed = visited
    expected = Counter(visit.title for visit in VISITS if visit.reason == "pageview")
    expected["Кошка"] += browsed
    counted = lake.query(
        "select page_title, sum(view_count) from wmf.pageview_hourly "
        "where project = 'wiki' group by page_title"
    )
    assert dict(counted) == dict(expected)


def test_every_other_request_says_why_it_is_not_a_pageview(visited: tuple[Lake, int]) -> None:
    lake, _ = visited
    told = lake.query(
        "select uri_path || uri_query, pageview_condition, count(*) "
        f"from wmf.webrequest_explained where user_agent = '{READER}' group by all"
    )
    asked = {visit.path: visit.reason for visit in VISITS}
    found = {path: reason for path, reason, _ in told if path in asked}
    assert found == asked
    others = {reason for path, reason, _ in told if path not in asked}
    assert others <= {"content_type", "path", "http_status"}, "what the browser fetched besides"


def test_a_redirect_to_a_page_is_not_counted_as_a_view(visited: tuple[Lake, int]) -> None:
    lake, _ = visited
    moved = lake.query("select uri_path from wmf.webrequest where is_redirect_to_pageview")
    assert ("/wiki/cat",) in moved
    assert lake.query("select max(percent_lost) from wmf_raw.webrequest_sequence_stats_hourly") == [
        (0,)
    ]


SECRET = "a text that somebody wrote 7f3a9"
AGENT = "SomeTool/1.0 (https://tool.example; me@tool.example) library/2"
API = "/api.php"
ASKED = [
    (Visit(f"{API}?action=query&meta=siteinfo&format=json"), "query", False, 3),
    (Visit(f"{API}?action=query&prop=info|images&titles=Cat&format=json"), "query", False, 2),
    (Visit(f"{API}?format=json", method="POST",
           body=f"action=parse&text={quote(SECRET)}&contentmodel=wikitext"), "parse", False, 2),
    (Visit(f"{API}?action=edit&format=json", method="POST",
           body=f"title=Cat&text=x&summary={quote(SECRET)}&token=wrong"), "edit", True, 2),
    (Visit(f"{API}?format=json", method="POST", body=f"action={quote(SECRET)}"), SECRET, True, 1),
    (Visit(f"{API}?action=query&titles=A%FFB&format=json"), "query", False, 1),
    (Visit(API), "help", False, 1),
    (Visit(f"{API}?action=query&format=json", method="OPTIONS"), "", False, 1),
]  # fmt: skip
"""Requests, the action that is counted of each, whether it fails, how often; not OPTIONS."""


def counted_requests(log: Path, lake: Lake) -> Counter:
    """(action, method, error) of the requests of this test in the public table."""
    assert log.read_text().count("\n") > sum(times for *_, times in ASKED)
    done = lake.wikilake("import-events", str(log))
    assert done.returncode == 0 and "could not be read" not in done.stderr, done.stderr
    assert "Nothing new" in lake.wikilake("import-events", str(log)).stdout
    hours = done.stdout.split("wikilake build ")[1].split()
    built = lake.wikilake(
        "build", *hours, "--select", "+action_action_hourly", "+api_action_hourly",
        "--vars", f"{{api_networks_threshold: 1, site_domains: [{HOST}]}}",
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    found = lake.query(
        "select action, method, is_error, sum(request_count)::bigint from "
        "wmf_traffic.api_action_hourly where database = 'wiki' group by all"
    )
    return Counter({key: count for *key_, count in found for key in [tuple(key_)]})


def test_requests_to_the_api_of_a_wiki_are_counted_exactly_from_its_log(wiki: Wiki, tmp_path: Path):
    lake = Lake(tmp_path, {"WIKILAKE_EVENTS": str(tmp_path / "events")})
    begins = wiki.api_log.stat().st_size if wiki.api_log.exists() else 0
    for visit, *_, times in ASKED:
        for _ in range(times):
            wiki.visit(visit, AGENT)
    log = tmp_path / "api-request.json"
    log.write_bytes(wiki.api_log.read_bytes()[begins:])
    published = counted_requests(log, lake)
    expected, named = Counter(), Counter()
    answered = {action for _, action, is_error, _ in ASKED if not is_error}
    for visit, action, is_error, times in ASKED:
        if visit.method != "OPTIONS":
            named[action] += times
            expected[action if action in answered else "(other)", visit.method, is_error] += times
    assert published == expected
    private = lake.query(
        "select action, sum(viewCount) from wmf_traffic.action_action_hourly group by 1"
    )
    assert dict(private) == dict(named)
    sent = lake.query(
        "select distinct params['text'], http.client_ip, meta.domain, is_wmf_domain "
        "from event.mediawiki_api_request where params['contentmodel'] is not null"
    )
    assert sent == [(SECRET, "127.0.0.1", HOST, True)]
    assert SECRET not in str(lake.query("select * from wmf_traffic.api_action_hourly"))
    everyones = [
        path for path in lake.folder.rglob("*") if path.is_file() and path.stat().st_mode & 4
    ]
    assert not any(SECRET.encode() in path.read_bytes() for path in everyones if path != log)


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ("{page_paths: [], content_type: html}", "page_paths is empty"),
        ("{page_paths: [wiki], content_type: html}", "page_paths has 'wiki'"),
        ("{page_paths: [/$1], content_type: tea}", "content_type is 'tea'"),
        (
            "{page_paths: [/api/$1], content_type: html, refused_paths: [/api/]}",
            "refuses by '/api/'",
        ),
        ("{page_paths: [/$1], content_type: html, accepted_special_pages: [Search]}", "'Search'"),
        ("{page_paths: [/$1], content_type: html, special_namespaces: ['a:']}", "'a:'"),
        ("{page_paths: [/$1], content_type: html, colour: red}", "There is no 'colour'"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused_with_its_entry(
    lake: Lake, profile: str, words: str
) -> None:
    variables = f"{{site_profile: mine, site_profiles: {{mine: {profile}}}}}"
    selected = ("--select", "int_webrequest__classified")
    refused = lake.plain_dbt("compile", "-q", *selected, "--vars", variables)
    assert refused.returncode != 0
    assert words in refused.stdout and "mine" in refused.stdout


def test_a_profile_of_ones_own_and_the_generic_one_need_no_sql(lake: Lake) -> None:
    """Lines as in a web server's own log: without content type and X-Analytics."""
    log = lake.folder / "access.log"
    paths = ["/", "/about/us", "/style.css", "/Seite/Haus", "/api/x", "/Seite/Haus?action=edit"]
    log.write_text(
        "".join(
            f'192.0.2.{n} - - [01/Nov/2026:00:00:0{n} +0000] "GET {path} HTTP/1.1" 200 5 "-" '
            f'"{READER}"\n'
            for n, path in enumerate(paths)
        )
    )
    assert lake.wikilake("import", "--site", "www.my.example", str(log)).returncode == 0
    mine = "page_paths: ['/Seite/$1'], content_type: html_or_unknown, refused_actions: [edit]"
    for profile, expected in (
        ("site_profile: generic", {"/", "/about/us", "/Seite/Haus"}),
        (f"site_profile: mine, site_profiles: {{mine: {{{mine}}}}}", {"Haus"}),
    ):
        built = lake.wikilake(
            "build", "--from", "2026-11-01T00", "--to", "2026-11-01T01", "--select",
            "+pageview_hourly", "--vars", f"{{{profile}, site_domains: [my.example]}}",
        )  # fmt: skip
        assert built.returncode == 0, built.stderr
        shown = lake.query("select page_title, project from wmf.pageview_hourly")
        assert {title for title, _ in shown} == expected
        assert {project for _, project in shown} == {"my"}
    wrong = lake.wikilake(
        "build", "--from", "2026-11-01T00", "--to", "2026-11-01T01", "--vars",
        "{site_profile: tea}",
    )  # fmt: skip
    assert "write wikimedia or one of site_profiles (mediawiki, generic)" in wrong.stderr
