"""Made-up raw webrequest lines in the real format, for the shipped sample and the benchmark.

Everything a line can hold is built once as a pool of ready JSON fragments. A batch draws indices
into the pools with numpy and joins one fragment per column, so a line costs some ten microseconds
and memory does not grow with their number. The draws use `RandomState`, whose stream numpy has
frozen: the same arguments give the same bytes. What a line says is made here, not copied from logs.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import quote

import numpy as np

TEXT_SHARE = 0.7
BATCH_LINES = 10_000
# Of every so many lines of a partition, the one at the given place is lost, sent twice or cut off.
LOST, REPEATED, BROKEN = (2_000, 300), (2_000, 600), (20_000, 500)

# fmt: off
# --- wikis and pages -----------------------------------------------------------------------------

# language:weight of the Wikipedias, by script
WIKIPEDIAS = {
    "latin": "en:100 de:20 es:20 fr:16 it:12 pt:9 pl:8 nl:5 id:5 tr:4 cs:3 sv:3 vi:3 hu:2 fi:2"
             " no:1.5 da:1.5 ro:1.5 ca:1 hr:1 sk:1 simple:1 az:.6 et:.5 ms:.5 lt:.5 sl:.5 la:.1",
    "cyrillic": "ru:22 uk:5 bg:1 sr:1 kk:.5 mk:.3", "han": "ja:18 zh:12",
    "arabic": "ar:5 fa:5 ur:.3", "hebrew": "he:3", "hangul": "ko:3",
    "greek": "el:1.5", "thai": "th:1.5", "devanagari": "hi:2 mr:.4",
}
SISTERS = {
    "wiktionary": "en de fr ru es pl zh it pt nl sv ja", "wikisource": "en fr de ru zh pl it ar",
    "wikivoyage": "en de it fr", "wikiquote": "en it ru de", "wikibooks": "en de fr",
    "wikinews": "en ru", "wikiversity": "en de",
}
COMMON_WIKIS = {
    "commons.wikimedia.org": 9, "www.wikidata.org": 7, "www.mediawiki.org": 2,
    "meta.wikimedia.org": 2, "species.wikimedia.org": 0.5, "incubator.wikimedia.org": 0.3,
    "outreach.wikimedia.org": 0.1, "wikitech.wikimedia.org": 0.3, "www.wikifunctions.org": 0.2,
}
VARIANTS = {"zh": ("zh-hant", "zh-tw", "zh-cn", "zh-hk"), "sr": ("sr-ec", "sr-el")}
MAIN_PAGES = {
    "de": "Wikipedia:Hauptseite", "fr": "Wikipédia:Accueil_principal", "es": "Wikipedia:Portada",
    "ru": "Заглавная_страница", "it": "Pagina_principale", "zh": "Wikipedia:首页",
    "ja": "メインページ", "pl": "Wikipedia:Strona_główna", "ar": "الصفحة_الرئيسية",
}
TITLES = {
    "latin": """Albert_Einstein Marie_Curie Ada_Lovelace Alan_Turing Isaac_Newton
Galileo_Galilei Paris Leonardo_da_Vinci Johann_Sebastian_Bach Frida_Kahlo William_Shakespeare
Gabriel_García_Márquez London Antonín_Dvořák Frédéric_Chopin Nikola_Tesla Simón_Bolívar
Cleopatra Charles_Darwin Emmy_Noether Berlin René_Descartes Søren_Kierkegaard Madrid Roma Wien
Praha Kraków Łódź Warszawa Budapest København Göteborg Reykjavík Zürich São_Paulo Bogotá
Ciudad_de_México New_York_City Montréal Nairobi Lagos İstanbul Jakarta Amazon_River Danube
Mount_Everest Sahara Antarctica Pacific_Ocean Solar_System Moon Mars Jupiter DNA Dog
Black_hole Big_Bang Milky_Way Photosynthesis Evolution Tyrannosaurus Blue_whale Honey_bee
Domestic_cat Oak Potato Coffee Tea Chocolate Pizza Cheese Wine Penicillin Malaria Heart Brain
Vaccine Gravity Pi C++ Quantum_mechanics Periodic_table Hydrogen Gold Pythagorean_theorem
Prime_number Algorithm Linux Internet Python_(programming_language) Encyclopedia
Printing_press Bicycle Steam_engine Railway Apollo_11 Jazz Roman_Empire French_Revolution
World_War_II Cold_War Silk_Road Renaissance United_Nations European_Union Olympic_Games
FIFA_World_Cup Chess Association_football Opera Symphony_No._9_(Beethoven) Mona_Lisa AC/DC
Eiffel_Tower Machu_Picchu Stonehenge What_Is_Life? Schrödinger's_cat Gödel,_Escher,_Bach
Jalapeño Café Deaths_in_2026 2026_in_film Climate_change Volcano Earthquake Tsunami Democracy
Philosophy""",
    "cyrillic": """Москва Санкт-Петербург Россия Україна Байкал Волга Сибирь Эрмитаж
Большой_театр Пушкин,_Александр_Сергеевич Толстой,_Лев_Николаевич
Достоевский,_Фёдор_Михайлович Гагарин,_Юрий_Алексеевич Менделеев,_Дмитрий_Иванович
Шевченко_Тарас_Григорович Вторая_мировая_война Солнечная_система Луна Марс Шахматы Балет
Математика Химия Чёрная_дыра Кошка Борщ Война_и_мир Мастер_и_Маргарита Београд София""",
    "han": """東京 京都 大阪 北京 上海 香港 富士山 長江 万里の長城 故宮 孔子 老子 李白 紅楼夢
西遊記 源氏物語 夏目漱石 村上春樹 織田信長 江戸時代 明治維新 唐朝 漢字 書道 茶道 相撲 寿司
豆腐 太陽系 月 火星 物理学 数学 化学 恐竜 猫 新幹線 囲碁 将棋 第二次世界大戦 量子力学""",
    "arabic": """القاهرة بغداد دمشق مكة_المكرمة القدس الرياض المغرب مصر نهر_النيل ابن_سينا
ابن_خلدون الخوارزمي نجيب_محفوظ ألف_ليلة_وليلة تهران اصفهان فردوسی حافظ شاهنامه رياضيات قهوة
كرة_القدم القمر""",
    "hebrew": "ירושלים תל_אביב-יפו חיפה ים_המלח אלברט_איינשטיין שחמט מתמטיקה ירח חתול פלאפל",
    "hangul": "서울특별시 부산광역시 한글 세종대왕 김치 태권도 한라산 조선 수학 고양이 달",
    "greek": "Αθήνα Θεσσαλονίκη Ακρόπολη_Αθηνών Πλάτων Αριστοτέλης Όμηρος Ιλιάδα Μαθηματικά Κρήτη",
    "thai": "กรุงเทพมหานคร เชียงใหม่ ประเทศไทย ภาษาไทย ช้าง มวยไทย ดวงจันทร์ คณิตศาสตร์ แม่น้ำโขง",
    "devanagari": "दिल्ली मुम्बई ताजमहल गंगा_नदी महात्मा_गांधी रामायण महाभारत हिन्दी गणित क्रिकेट",
}
WORDS = """house water light hand mother tree stone bread night river go be make think réel
été garçon Haus Straße Schmetterling übermorgen перевод слово вода книга 水 火 山 愛 casa niño
corazón gatto"""
PROJECT_PAGES = "Help:Contents Project:About Category:Contents Help:Editing Category:Maps"
# prefix of a title, its namespace, its share of the reading, how many of a wiki's titles have it
NAMESPACES = (("", 0, 1.0, 500), ("Talk:", 1, 0.03, 20), ("Category:", 14, 0.05, 20))
SPECIALS = "CentralAutoLogin UserLogin RecentChanges WhatLinksHere Watchlist Version AllPages Book"
MODULES = """startup site.styles mediawiki.page.ready|mediawiki.toc ext.cite.styles
ext.popups.main jquery|jquery.client skins.vector.es6 mobile.init ext.uls.interface
ext.echo.styles.badge"""

# --- what is asked for ---------------------------------------------------------------------------

HTML, JSON, CSS, PNG = "text/html; charset=UTF-8", "application/json", "text/css", "image/png"
APP_HTML = 'text/html; charset=utf-8; profile="https://www.mediawiki.org/wiki/Specs/Mobile-HTML/1"'
PAGE, PHONE = "ns={ns};page_id={id};https=1|", "ns={ns};page_id={id};https=1|;ismobile=1"
APP, SPECIAL, SECURE = "pageview=1;" + PAGE, "ns=-1;special={special};https=1|", "https=1|"
DESK, MOB, INDEX, SPECIAL_PATH = "{desktop}", "{mobile}", "/w/index.php", "/wiki/Special:{special}"
SPARQL = "?query=SELECT%20%3Fo%20WHERE%20%7Bwd%3AQ{id}%20wdt%3AP31%20%3Fo%7D&format=json"
BY_TITLE = "?action=query&format=json&prop=pageimages%7Cinfo&titles={title}&formatversion=2"
BY_WORD = "?action=query&format=json&generator=search&gsrsearch={word}"
STYLES = "?lang={lang}&modules={module}&only=styles&skin=vector-2022"
SCRIPTS = "?lang={lang}&modules={module}&skin=minerva&version={shard}"
SEARCH, RANDOM = "?search={word}&title=Special%3ASearch&go=Go", "ns=-1;special=Randompage;https=1|"
INTAKE, MAPS = "intake-analytics.wikimedia.org", "maps.wikimedia.org"
UPLOAD, FILES = "upload.wikimedia.org", "/wikipedia/commons/"
THUMB = FILES + "thumb/{shard}/{file}"
# kind, of how many pages one, method, host, path, query, content type, X-Analytics with a `|` where
# cookies or the port go; the fields in braces are those of `_pages`
REQUESTS = (
    ("view", 1, "GET", DESK, "{article}", "", HTML, PAGE),
    ("phone", 1, "GET", MOB, "{article}", "", HTML, PHONE),
    ("index", 5, "GET", DESK, INDEX, "?title={title}&oldid={rev}", HTML, PAGE),
    ("index", 7, "GET", DESK, INDEX, "?title={title}&action=history", HTML, PAGE),
    ("index", 9, "GET", MOB, INDEX, "?curid={id}", HTML, PHONE),
    ("variant", 1, "GET", DESK, "/{variant}/{title}", "", HTML, PAGE),
    ("app", 1, "GET", DESK, "/api/rest_v1/page/mobile-html/{title}", "", APP_HTML, APP),
    ("portal", 3, "GET", "www.{family}.org", "/", "", "text/html", SECURE),
    ("load", 5, "GET", DESK, "/w/load.php", STYLES, CSS + "; charset=utf-8", "https=1"),
    ("load", 5, "GET", MOB, "/w/load.php", SCRIPTS, "text/javascript; charset=utf-8", "https=1"),
    ("api", 4, "GET", DESK, "/w/api.php", BY_TITLE, JSON + "; charset=utf-8", "https=1"),
    ("api", 9, "GET", MOB, "/w/api.php", BY_WORD, JSON + "; charset=utf-8", "https=1|;ismobile=1"),
    ("api", 9, "POST", DESK, "/w/api.php", "?action=stashedit&format=json", JSON, "https=1"),
    ("rest", 3, "GET", DESK, "/api/rest_v1/page/summary/{title}", "", JSON, "https=1"),
    ("rest", 9, "GET", DESK, "/w/rest.php/v1/search/title", "?q={word}&limit=10", JSON, "https=1"),
    ("search", 4, "GET", DESK, INDEX, SEARCH, HTML, "ns=-1;special=Search;https=1|"),
    ("special", 4, "GET", DESK, SPECIAL_PATH, "", HTML, SPECIAL),
    ("special", 4, "GET", MOB, SPECIAL_PATH, "", HTML, SPECIAL + ";ismobile=1"),
    ("edit", 6, "GET", DESK, INDEX, "?title={title}&action=edit", HTML, PAGE),
    ("edit", 9, "POST", DESK, INDEX, "?title={title}&action=submit", HTML, PAGE),
    ("moved", 3, "GET", DESK, "{article}", "", "-", SECURE),
    ("moved", 5, "GET", MOB, "{article}", "", HTML, "https=1|;ismobile=1"),
    ("moved", 9, "GET", DESK, "/wiki/Special:Random", "", HTML, RANDOM),
    ("missing", 5, "GET", DESK, "{article}_(draft)", "", HTML, "ns=0;https=1|"),
    ("event", 3, "POST", INTAKE, "/v1/events", "?hasty=true", "-", "https=1"),
    ("static", 3, "GET", DESK, "/static/images/icons/{family}.svg", "", "image/svg+xml", "https=1"),
    ("sparql", 9, "GET", "query.wikidata.org", "/sparql", SPARQL, JSON, "https=1"),
    ("bad", 9, "<BADREQ>", "-", "-", "-", "-", "-"),
    ("thumb", 1, "GET", UPLOAD, THUMB + ".jpg/{width}px-{file}.jpg", "", "image/webp", SECURE),
    ("thumb", 3, "GET", UPLOAD, THUMB + ".svg/{width}px-{file}.svg.png", "", PNG, SECURE),
    ("original", 2, "GET", UPLOAD, FILES + "{shard}/{file}.jpg", "", "image/jpeg", SECURE),
    ("media", 5, "GET", UPLOAD, FILES + "{shard}/{file}.webm", "", "video/webm", SECURE),
    ("tile", 3, "GET", MAPS, "/osm-intl/{zoom}/{id}/{rev}.png", "", PNG, SECURE),
)
# name: cache status, HTTP status, state of the cache behind, share of the usual size; hits are fast
OUTCOMES = {
    "front": ("hit-front", 200, "miss", 1.0), "local": ("hit-local", 200, "hit", 1.0),
    "miss": ("miss", 200, "miss", 1.0), "pass": ("pass", 200, "pass", 1.0),
    "same": ("hit-front", 304, "miss", 0.01), "moved": ("hit-front", 301, "miss", 0.02),
    "found": ("pass", 302, "pass", 0.02), "missing": ("miss", 404, "miss", 0.3),
    "failed": ("miss", 503, "miss", 0.1), "taken": ("pass", 202, "pass", 0.01),
    "part": ("hit-front", 206, "hit", 1.0), "bad": ("int-tls", 400, "int", 0.01),
    "limited": ("int-front", 429, "int", 0.05),
}
CACHED = {"front": 78, "local": 9, "miss": 9, "same": 3.4, "failed": 0.2, "limited": 0.4}
PASSED = {"pass": 91, "miss": 7, "failed": 0.6, "limited": 1.4}
MOVED = {"moved": 60, "found": 40}
MEDIA = {"front": 80, "local": 12, "miss": 4, "same": 4, "missing": 0.4, "limited": 0.1}
# none, the wiki, search engines, chatbots, social media, other sites
READER, FOLLOW, DIRECT = (30, 36, 26, 1.5, 2.5, 4), (5, 92, 1, 0, 0, 2), (1, 0, 0, 0, 0, 0)
WIKI_REFERER, WIKI_REFERERS = 1, 51
DESKTOP, MOBILE, APPS, BOT, BLANK = range(5)
PAGES = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
IMAGES = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


class Kind(NamedTuple):
    """How one kind of request behaves: how often, who asks, what comes back."""

    share: float
    audience: tuple[float, ...]  # weights of DESKTOP … BLANK
    outcomes: Mapping[str, float]
    referers: tuple[float, ...]  # weights; apps and bots send none
    size: int  # bytes of a usual full answer
    accept: str


KINDS: dict[str, dict[str, Kind]] = {
    "text": {
        "view": Kind(13, (66, 4, 0, 28, 2), CACHED, READER, 70_000, PAGES),
        "phone": Kind(15, (2, 90, 0, 8, 0), CACHED, READER, 45_000, PAGES),
        "index": Kind(1.5, (40, 10, 0, 48, 2), PASSED, READER, 50_000, PAGES),
        "variant": Kind(0.8, (50, 35, 0, 15, 0), CACHED, READER, 60_000, PAGES),
        "app": Kind(3, (0, 0, 1, 0, 0), CACHED, DIRECT, 60_000, "*/*"),
        "portal": Kind(0.6, (60, 30, 0, 8, 2), CACHED, READER, 18_000, PAGES),
        "load": Kind(28, (50, 49, 0, 1, 0), CACHED, FOLLOW, 12_000, "*/*"),
        "api": Kind(14, (35, 25, 12, 24, 4), PASSED, FOLLOW, 3_000, JSON),
        "rest": Kind(5, (45, 10, 35, 10, 0), CACHED, FOLLOW, 2_500, JSON),
        "search": Kind(1.2, (55, 30, 0, 15, 0), PASSED, READER, 25_000, PAGES),
        "special": Kind(2.5, (50, 30, 0, 20, 0), PASSED, READER, 20_000, PAGES),
        "edit": Kind(0.9, (60, 10, 0, 30, 0), PASSED | {"found": 20}, FOLLOW, 30_000, PAGES),
        "moved": Kind(3.5, (35, 35, 0, 28, 2), MOVED, READER, 20_000, PAGES),
        "missing": Kind(1.5, (30, 15, 0, 50, 5), {"missing": 1}, READER, 30_000, PAGES),
        "event": Kind(4, (50, 45, 5, 0, 0), {"taken": 1}, FOLLOW, 20_000, "*/*"),
        "static": Kind(5, (50, 45, 0, 5, 0), CACHED, FOLLOW, 4_000, IMAGES),
        "sparql": Kind(0.5, (15, 0, 0, 80, 5), PASSED, DIRECT, 8_000, JSON),
        "bad": Kind(0.02, (0, 0, 0, 0, 1), {"bad": 1}, DIRECT, 20_000, "-"),
    },
    "upload": {
        "thumb": Kind(80, (46, 40, 5, 8, 1), MEDIA, FOLLOW, 25_000, IMAGES),
        "original": Kind(12, (40, 25, 5, 28, 2), MEDIA, READER, 900_000, IMAGES),
        "media": Kind(3, (50, 40, 5, 5, 0), {"part": 95, "front": 5}, FOLLOW, 3_000_000, "*/*"),
        "tile": Kind(5, (55, 35, 5, 5, 0), MEDIA, FOLLOW, 15_000, IMAGES),
    },
}
HOSTS = {
    "text": "cp1101.eqiad cp1103.eqiad cp1105.eqiad cp2027.codfw cp2029.codfw cp2031.codfw"
            " cp3066.esams cp3068.esams cp4037.ulsfo cp5017.eqsin cp6009.drmrs cp7001.magru",
    "upload": "cp1102.eqiad cp1104.eqiad cp2028.codfw cp2030.codfw cp3074.esams cp4045.ulsfo"
              " cp5025.eqsin cp6001.drmrs",
}
PROCESSES_PER_HOST = 8

# --- who asks ------------------------------------------------------------------------------------

LANGUAGES = """en-US,en;q=0.9 en-GB,en;q=0.8 de-DE,de;q=0.9,en;q=0.7 es-ES,es;q=0.9
ja-JP,ja;q=0.9 ru-RU,ru;q=0.9 fr-FR,fr;q=0.9,en;q=0.6 pt-BR,pt;q=0.9 it-IT,it;q=0.9
zh-CN,zh;q=0.9 zh-TW,zh;q=0.9 pl-PL,pl;q=0.9 nl-NL,nl;q=0.8 es-MX,es;q=0.9 tr-TR,tr;q=0.9
ar,en;q=0.5 fa-IR,fa;q=0.9 ko-KR,ko;q=0.9 uk-UA,uk;q=0.9,ru;q=0.5 hi-IN,hi;q=0.9 en
sv-SE,sv;q=0.9 cs-CZ,cs;q=0.9 id-ID,id;q=0.9 he-IL,he;q=0.9"""
ADDRESSES, ACTORS = 27_000, 34_000
ACTOR_SHARES = (0.40, 0.46, 0.05, 0.085, 0.005)  # of DESKTOP … BLANK
# first numbers of ordinary public networks: nothing private, reserved or Wikimedia's own
IPV4 = (2, 5, 14, 24, 27, 31, 36, 37, 41, 42, 46, 49, *range(58, 63), *range(65, 91),
        *range(92, 100), 101, 105, 106, *range(109, 127), *range(176, 179), *range(186, 191),
        195, 196, 197, 200, 201)
IPV6 = ("2600:1700", "2601:646", "2003:e1", "2a01:cb00", "2804:14c", "2409:4042", "2405:201",
        "2a02:8100", "2001:240", "2a00:23c0", "240e:3a1", "2001:218")
# networks that the small address databases made for tests know
KNOWN = ("81.2.69.", "89.160.20.", "175.16.199.", "67.43.156.", "216.160.83.", "202.196.224.")
CLOUD = ("10.64.16.", "10.192.32.", "172.16.4.", "172.16.130.")

SYSTEMS = (("Windows NT 10.0; Win64; x64", "Windows", "15.0.0"),
           ("X11; Linux x86_64", "Linux", "6.8.0"),
           ("Macintosh; Intel Mac OS X 10_15_7", "macOS", "15.1.0"),
           ("X11; CrOS x86_64 14541.0.0", "Chrome OS", "16093.68.0"))
MODELS = """SM-S918B SM-A546E SM-G991U SM-A155F SM-S928U SM-A057G SM-N986B SM-G781B SM-A325F
SM-M336B M2101K6G 2201117TG 23049PCD8G 22101316G CPH2483 CPH2387 RMX3630 V2204 moto_g54_5G
moto_g_power Pixel_6 Pixel_7a Pixel_8 Pixel_9_Pro XQ-DQ54 TECNO_KI5k Infinix_X6833B Nokia_G42
LE2113 KFTRWI"""
BOTS = """Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)
Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +openai.com/gptbot)
Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)
Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)
Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)
Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)
Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)
CCBot/2.0 (https://commoncrawl.org/faq/)
facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)
MediaWiki/1.43.0
Go-http-client/2.0"""
TOOLS = ("python-requests/2.{}.0", "curl/8.{}.0", "Wget/1.{}", "Java/17.0.{}", "okhttp/4.{}.0",
         "ExampleTitleBot/0.{} (ops@titles.example)")
ENGINES = """https://www.google.com/ https://www.bing.com/ https://duckduckgo.com/
https://yandex.ru/ https://www.google.de/ https://www.google.co.jp/ https://www.google.fr/
https://www.google.co.uk/ android-app://com.google.android.googlequicksearchbox/
https://www.baidu.com/ https://www.ecosia.org/ https://search.yahoo.com/
https://search.brave.com/ https://www.google.com.br/ https://www.qwant.com/"""
CHATBOTS = "https://chatgpt.com/ https://www.perplexity.ai/ https://claude.ai/"
SOCIAL = """https://www.facebook.com/ https://www.reddit.com/ https://www.youtube.com/
https://x.com/ https://t.co/ https://www.instagram.com/ https://news.ycombinator.com/
https://github.com/"""
SITE_WORDS = """daily open little north garden history quiz travel trivia school museum
harbour atlas puzzle cinema radio river stellar maple cedar falcon lantern orbit copper velvet
summit meadow"""
TLS = tuple(f"vers=TLSv1.3;keyx=X25519;auth=ECDSA;ciph={cipher};prot={protocol};sess={session}"
            for cipher in ("AES-256-GCM-SHA384", "CHACHA20-POLY1305-SHA256")
            for protocol in ("h2", "h3", "http/1.1") for session in ("new", "reused"))
WPROVS = ("", ";wprov=sfti1", ";wprov=sfla1", ";wprov=acrw1_0", ";wprov=rarw1")
COOKIE_DAYS, PORTS = 20, range(40_000, 56_000)
HINTS = ("ch_ua", "ch_ua_mobile", "ch_ua_platform", "ch_ua_arch", "ch_ua_bitness",
         "ch_ua_full_version_list", "ch_ua_model", "ch_ua_platform_version")
# fmt: on


class Actors(NamedTuple):
    """Who asks: fragments in object arrays, and for each actor the indices into them."""

    addresses: np.ndarray
    agents: np.ndarray  # two fragments an agent: before and after accept_language
    languages: np.ndarray
    address_of: np.ndarray
    agent_of: np.ndarray
    language_of: np.ndarray
    bounds: np.ndarray  # the first actor of each of DESKTOP … BLANK, and the end


class Referers(NamedTuple):
    """Referer fragments; those of one group, and of one site, stand together."""

    fragments: np.ndarray
    bounds: np.ndarray  # the first of each group, and the end
    site_bounds: np.ndarray  # the first of each site (desktop, mobile, desktop …), and the end


class Source(NamedTuple):
    """One webrequest_source: arrays by target, by kind and by process. Mixes are cumulative."""

    name: str
    cumulative: np.ndarray  # share of the targets up to each
    kinds: np.ndarray
    sites: np.ndarray
    requests: np.ndarray
    analytics: np.ndarray
    analytics_ends: np.ndarray
    takes_extra: np.ndarray
    audience_mix: np.ndarray
    outcome_mix: np.ndarray
    referer_mix: np.ndarray
    sizes: np.ndarray
    accepts: np.ndarray
    processes: np.ndarray
    caches: np.ndarray  # of each process and outcome
    next_sequence: np.ndarray  # of each process; moves on from batch to batch and hour to hour


def write_sample(
    root: Path,
    rows: int,
    seed: int,
    hours: Sequence[datetime],
    *,
    files: int = 2,
    compress: bool = True,
    progress: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Write `rows` made-up raw lines for each hour below `root`, replacing those hours.

    rows: lines of one hour over both sources, 70 % text and 30 % upload.
    seed: 0 to 2**32 - 1; the same arguments give the same bytes.
    hours: distinct whole hours; a naive one is UTC. Sequence numbers run on in the given order.
    files: number of `part-N.jsonl[.gz]` of a partition; its lines are dealt to them in turn.
    progress: called with the number of lines written since its last call.
    Returns the number of lines of each partition, by its path below `root`.
    Raises ValueError for arguments outside these.
    """
    hours = [_utc_hour(hour) for hour in hours]
    if rows < 1 or files < 1 or len(set(hours)) < len(hours):
        raise ValueError("rows and files must be at least 1, and hours distinct")
    draw = np.random.RandomState([seed, 0])
    pages = list(_pages())
    actors, referers = _actors(draw), _referers(pages)
    sources = [_source(name, draw, pages) for name in KINDS]
    text_rows = round(rows * TEXT_SHARE)
    written = {}
    for hour in hours:
        day = f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
        for source, lines in zip(sources, (text_rows, rows - text_rows), strict=True):
            partition = f"webrequest_source={source.name}/{day}"
            batches = _batches(source, actors, referers, seed, hour, lines)
            _write_partition(Path(root) / partition, batches, files, compress, progress)
            written[partition] = lines
    return written


def _utc_hour(hour: datetime) -> datetime:
    """The hour in UTC. Raises ValueError when it is not a whole one."""
    utc = hour.astimezone(UTC) if hour.tzinfo else hour.replace(tzinfo=UTC)
    if utc.minute or utc.second or utc.microsecond:
        raise ValueError(f"{hour} is not a whole hour")
    return utc


# --- files ---------------------------------------------------------------------------------------


def _write_partition(
    folder: Path,
    batches: Iterable[list[str]],
    files: int,
    compress: bool,
    progress: Callable[[int], None] | None,
) -> None:
    """Write the batches under temporary names and, when all is there, put them in place."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"part-{n}.jsonl{'.gz' if compress else ''}" for n in range(files)]
    parts = {folder / f".{name}.tmp": folder / name for name in names}
    try:
        with ExitStack() as stack:
            handles = [_open(temporary, compress, stack) for temporary in parts]
            for lines in batches:
                for n, handle in enumerate(handles):
                    handle.write("".join(lines[n::files]).encode())
                if progress:
                    progress(len(lines))
        for old in folder.glob("part-*"):
            old.unlink()
        for temporary, final in parts.items():
            temporary.rename(final)
    finally:
        for temporary in parts:
            temporary.unlink(missing_ok=True)


def _open(path: Path, compress: bool, stack: ExitStack) -> IO[bytes]:
    """A file to write, closed by `stack`; a gzip one holds neither its name nor the time."""
    handle = stack.enter_context(path.open("wb"))
    if not compress:
        return handle
    return stack.enter_context(gzip.GzipFile("", "wb", 6, handle, mtime=0))


# --- lines ---------------------------------------------------------------------------------------


def _batches(
    source: Source, actors: Actors, referers: Referers, seed: int, hour: datetime, lines: int
) -> Iterator[list[str]]:
    """The lines of one partition by time, each with its line end, BATCH_LINES at once."""
    text = source.name == "text"
    draw = np.random.RandomState([seed, 1 + text, int(hour.timestamp()) // 3600])
    extras = _objects(_cookies(hour) if text else _ports())
    seconds = (hour + timedelta(seconds=second) for second in range(3600))
    times = _objects(f',"dt":"{t:%Y-%m-%dT%H:%M:%SZ}","time_firstbyte":' for t in seconds)
    for start in range(0, lines, BATCH_LINES):
        places = np.arange(start, min(start + BATCH_LINES, lines))
        repeated = places % REPEATED[0] == REPEATED[1]
        fresh = places[~repeated]
        when = ((fresh + draw.random_sample(len(fresh))) * 3600 / lines).astype(int)
        lost = fresh % LOST[0] == LOST[1]
        made = _lines(source, actors, referers, draw, times[when], extras, lost)
        batch = [made[n] for n in np.cumsum(~repeated) - 1]
        if text:
            for n in np.flatnonzero(places % BROKEN[0] == BROKEN[1]):
                batch[n] = batch[n][: draw.randint(100, 500)] + "\n"
        yield batch


def _lines(
    source: Source,
    actors: Actors,
    referers: Referers,
    draw: np.random.RandomState,
    times: np.ndarray,
    extras: np.ndarray,
    lost: np.ndarray,
) -> list[str]:
    """One line for each of `times`; before a `lost` one its process skips a number."""
    n = len(times)
    target = np.searchsorted(source.cumulative, draw.random_sample(n), side="right")
    kind = source.kinds[target]
    audience = _mixed(draw, source.audience_mix, kind)
    actor = _ranged(draw, actors.bounds, audience)
    agent = actors.agents[actors.agent_of[actor]]
    outcome = _mixed(draw, source.outcome_mix, kind)
    process = draw.randint(len(source.processes), size=n)
    extra = _extra(draw, source, target, audience)
    group = np.where(audience < APPS, _mixed(draw, source.referer_mix, kind), 0)
    inner = _ranged(draw, referers.site_bounds, source.sites[target])
    referer = np.where(group == WIKI_REFERER, inner, _ranged(draw, referers.bounds, group))
    waiting = np.where(_SLOW[outcome], 0.08, 0.002) + draw.random_sample(n) ** 2 * 0.09
    spread = 0.3 + 2 * draw.random_sample(n) ** 2
    size = (source.sizes[kind] * _SIZES[outcome] * spread).astype(int) + 200
    columns = (
        source.processes[process],
        map(str, _sequences(source.next_sequence, process, lost).tolist()),
        times,
        map("{:.6f}".format, waiting.tolist()),
        actors.addresses[actors.address_of[actor]],
        _OUTCOMES[outcome],
        map(str, size.tolist()),
        source.requests[target],
        referers.fragments[referer],
        agent[:, 0],
        actors.languages[actors.language_of[actor]],
        source.analytics[target],
        extras[extra],
        source.analytics_ends[target],
        source.caches[process, outcome],
        source.accepts[kind],
        _TLS[_small(draw, n, len(TLS))],
        agent[:, 1],
    )
    return list(map("".join, zip(*columns, strict=True)))


def _sequences(next_sequence: np.ndarray, process: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """The number of each line in its process; moves `next_sequence` on."""
    steps = 1 + lost
    order = np.argsort(process, kind="stable")
    used = np.bincount(process, weights=steps, minlength=len(next_sequence)).astype(np.int64)
    first = next_sequence - (np.cumsum(used) - used)
    sequence = np.empty(len(process), dtype=np.int64)
    sequence[order] = first[process[order]] + np.cumsum(steps[order]) - 1
    next_sequence += used
    return sequence


def _extra(
    draw: np.random.RandomState, source: Source, target: np.ndarray, audience: np.ndarray
) -> np.ndarray:
    """Indices of `_cookies` (text; only people keep any) or `_ports` (upload)."""
    n, takes = len(target), source.takes_extra[target]
    if source.name == "upload":
        return np.where(takes, 1 + draw.randint(len(PORTS), size=n), 0)
    wprov = np.where(draw.random_sample(n) < 0.03, _small(draw, n, len(WPROVS)), 0)
    days = ((draw.random_sample(n) ** 2) ** 2 * 2 * COOKIE_DAYS).astype(int)
    return np.where(takes & (audience < BOT), 1 + days * len(WPROVS) + wprov, 0)


def _cookies(hour: datetime) -> Iterator[str]:
    """What browsers add to X-Analytics: nothing, or the days of the last visits and a wprov."""
    yield ""
    for days in range(COOKIE_DAYS):
        last = f"{hour - timedelta(days=days):%d-%b-%Y}"
        for anywhere in (last, f"{hour:%d-%b-%Y}"):
            for wprov in WPROVS:
                yield f";WMF-Last-Access={last};WMF-Last-Access-Global={anywhere}{wprov}"


def _ports() -> Iterator[str]:
    """What the upload caches add to X-Analytics: nothing, or the client's port."""
    yield ""
    yield from (f";client_port={port}" for port in PORTS)


# --- draws and fragments -------------------------------------------------------------------------


def _small(draw: np.random.RandomState, n: int, size: int) -> np.ndarray:
    """`n` integers from 0 to size - 1, the small ones more often."""
    return (draw.random_sample(n) ** 2 * size).astype(int)


def _ranged(draw: np.random.RandomState, bounds: np.ndarray, group: np.ndarray) -> np.ndarray:
    """For each group an index from its bound up to the next bound, the first ones more often."""
    share = draw.random_sample(len(group)) ** 2
    return bounds[group] + (share * (bounds[group + 1] - bounds[group])).astype(int)


def _mixed(draw: np.random.RandomState, mix: np.ndarray, row: np.ndarray) -> np.ndarray:
    """For each row number of a cumulative mix one of its columns."""
    return (draw.random_sample(len(row))[:, None] >= mix[row, :-1]).sum(axis=1)


def _mix(weights: Iterable[Sequence[float]]) -> np.ndarray:
    """Rows of weights as cumulative shares."""
    cumulative = np.cumsum(list(weights), axis=1, dtype=float)
    return cumulative / cumulative[:, -1:]


def _bounds(groups: Iterable[Sequence[object]]) -> np.ndarray:
    """Where each group begins when they stand one after another, and the end of the last."""
    return np.cumsum([0, *map(len, groups)])


def _objects(fragments: Iterable[object]) -> np.ndarray:
    """Fragments as an array that an array can index."""
    return np.array(list(fragments), dtype=object)


def _pairs(**fields: str) -> str:
    """`,"name":"value"` for each field."""
    return "".join(
        f',"{name}":{json.dumps(text, ensure_ascii=False)}' for name, text in fields.items()
    )


_SLOW = np.array([not status.startswith("hit") for status, *_ in OUTCOMES.values()])
_SIZES = np.array([share for *_, share in OUTCOMES.values()])
_OUTCOMES = _objects(
    _pairs(cache_status=status, http_status=str(code)) + ',"response_size":'
    for status, code, *_ in OUTCOMES.values()
)
_TLS = _objects(_pairs(tls=tls) for tls in TLS)


# --- targets -------------------------------------------------------------------------------------


def _source(name: str, draw: np.random.RandomState, pages: list[dict]) -> Source:
    """A source with all its targets, and its processes with their first numbers."""
    names, kinds = list(KINDS[name]), KINDS[name].values()
    targets = _targets(names, pages)
    kind_of, sites, requests, analytics, ends, takes_extra = map(list, zip(*targets, strict=True))
    weight = np.array(list(targets.values()))
    shares = [kind.share for kind in kinds] / np.bincount(kind_of, weights=weight)
    cumulative = np.cumsum(weight * shares[kind_of])
    hosts = [host for host in HOSTS[name].split() for _ in range(PROCESSES_PER_HOST)]
    pids = 1_000 + draw.permutation(9_000)[: len(hosts)]
    return Source(
        name=name,
        cumulative=cumulative[:-1] / cumulative[-1],
        kinds=np.array(kind_of),
        sites=np.array(sites),
        requests=_objects(requests),
        analytics=_objects(analytics),
        analytics_ends=_objects(ends),
        takes_extra=np.array(takes_extra),
        audience_mix=_mix(kind.audience for kind in kinds),
        outcome_mix=_mix([kind.outcomes.get(outcome, 0) for outcome in OUTCOMES] for kind in kinds),
        referer_mix=_mix(kind.referers for kind in kinds),
        sizes=np.array([kind.size for kind in kinds]),
        accepts=_objects(_pairs(accept=kind.accept) for kind in kinds),
        processes=_objects(
            f'{{"hostname":"{host}.wmnet","server_pid":"{pid}","sequence":'
            for host, pid in zip(hosts, pids, strict=True)
        ),
        caches=_objects([_cache(host, outcome) for outcome in OUTCOMES] for host in hosts),
        next_sequence=draw.randint(10**9, 9 * 10**9, size=len(hosts), dtype=np.int64),
    )


def _cache(host: str, outcome: str) -> str:
    """The way of an answer through a cache behind and the one that logged it."""
    status, _, behind, _ = OUTCOMES[outcome]
    front = host.split(".")[0]
    hits = f"/{1 + len(front + outcome) % 5 + int(front[-1])}" if status.startswith("hit") else ""
    back = f"{front[:-1]}{(int(front[-1]) + 3) % 10}"
    return _pairs(x_cache=f"{back} {behind}, {front} {status}{hits}")


def _targets(kinds: list[str], pages: list[dict]) -> dict[tuple, float]:
    """What can be asked for in these kinds, each with its weight.

    A target is: number of its kind, its site (of `Referers.site_bounds`), the fragments of the
    request, of X-Analytics up to the cookies or port and from there on, and if it may have any.
    """
    weights: dict[tuple, float] = {}
    for kind, every, method, host, path, query, content_type, analytics in REQUESTS:
        if kind not in kinds:
            continue
        number, (before, spot, after) = kinds.index(kind), analytics.partition("|")
        end = f'{after}"' + _pairs(range="bytes=0-" if content_type.startswith("video") else "-")
        for page in pages[::every]:
            if (kind == "variant" and not page["variant"]) or (kind == "app" and not page["app"]):
                continue
            request = _pairs(
                http_method=method,
                uri_host=host.format_map(page),
                uri_path=path.format_map(page),
                uri_query=query.format_map(page),
                content_type=content_type,
            )
            head = f',"x_analytics":"{before.format_map(page)}'
            target = (number, 2 * page["site"] + (host == MOB), request, head, end, bool(spot))
            weights[target] = weights.get(target, 0) + page["weight"]
    return weights


def _sites() -> Iterator[tuple[str, str, str, float]]:
    """Desktop host, language, script and weight of each wiki."""
    scripts = {}
    for script, wikis in WIKIPEDIAS.items():
        for lang, weight in (wiki.split(":") for wiki in wikis.split()):
            scripts[lang] = script
            yield f"{lang}.wikipedia.org", lang, script, float(weight)
    for family, langs in SISTERS.items():
        for rank, lang in enumerate(langs.split()):
            yield f"{lang}.{family}.org", lang, scripts[lang], 2 / (rank + 2)
    for host, weight in COMMON_WIKIS.items():
        yield host, "en", "latin", weight


def _titles(host: str, lang: str, script: str) -> list[str]:
    """Titles of a wiki, the most read first."""
    family = host.split(".")[-2]
    latin = TITLES["latin"].split()
    if family == "wikidata":
        return [f"Q{number * number % 90_001 + 1}" for number in range(1, 200)]
    if family == "wikifunctions":
        return [f"Z{number}" for number in range(801, 860)]
    if family in ("mediawiki", "wikimedia"):
        return ["Main_Page", *PROJECT_PAGES.split(), *latin[::3]]
    main_page = MAIN_PAGES.get(lang, "Main_Page")
    if family == "wiktionary":
        return [main_page, *WORDS.split()]
    others = [] if script == "latin" else latin[::2]
    return [main_page, *TITLES[script].split(), *others, *map(str, range(2026, 1996, -1))]


def _pages() -> Iterator[dict]:
    """The fields that REQUESTS name, with `site` (its number) and `weight`, page by page."""
    for number, (host, lang, script, weight) in enumerate(_sites()):
        titles = _titles(host, lang, script)
        for prefix, namespace, share, count in NAMESPACES:
            for rank, title in enumerate(titles[:count]):
                page = _page(host, prefix + title, rank)
                variant = VARIANTS.get(lang, ("",))[rank % len(VARIANTS.get(lang, ("",)))]
                page |= {"site": number, "weight": share * weight / (rank + 1) ** 0.8, "lang": lang}
                page |= {"ns": namespace, "variant": variant}
                yield page | {"app": page["family"] == "wikipedia" and not namespace}


def _page(host: str, title: str, rank: int) -> dict:
    """The fields of a page that follow from its wiki, its title and its place among the titles."""
    name, family, _ = host.split(".")
    page_id = 1_000 + int(hashlib.md5(f"{host}/{title}".encode()).hexdigest()[:6], 16)
    path = quote(title, safe="/:@!$*,;~()'")
    words, specials, modules = WORDS.split(), SPECIALS.split(), MODULES.split()
    return {
        "desktop": host,
        "mobile": f"m.{family}.org" if name == "www" else f"{name}.m.{family}.org",
        "family": family,
        "title": path,
        "article": f"/view/en/{path}" if family == "wikifunctions" else f"/wiki/{path}",
        "id": page_id,
        "rev": page_id * 7,
        "file": f"{path.replace('/', '-').replace(':', '-')}_{page_id % 40}",
        "shard": f"{page_id % 16:x}/{page_id % 16:x}{page_id // 16 % 16:x}",
        "width": (120, 250, 330, 500)[rank % 4],
        "zoom": 5 + rank % 12,
        "word": quote(words[rank % len(words)]),
        "special": specials[rank % len(specials)],
        "module": quote(modules[rank % len(modules)]),
    }


def _referers(pages: list[dict]) -> Referers:
    """All referers: none, pages of the wikis, and other sites by their class."""
    wikis: list[list[str]] = [[] for _ in range(2 * (pages[-1]["site"] + 1))]
    for page in pages:
        for form, host in enumerate((page["desktop"], page["mobile"])):
            urls = wikis[2 * page["site"] + form] or [f"https://{host}/"]
            urls += [f"https://{host}{page['article']}"] if len(urls) < WIKI_REFERERS else []
            wikis[2 * page["site"] + form] = urls
    words = SITE_WORDS.split()
    others = [
        f"https://www.{first}{second}.{('com', 'net', 'org', 'de', 'info')[(n + m) % 5]}/"
        for n, first in enumerate(words)
        for m, second in enumerate(words)
    ]
    inner = [url for urls in wikis for url in urls]
    groups = [["-"], inner, ENGINES.split(), CHATBOTS.split(), SOCIAL.split(), others]
    fragments = _objects(_pairs(referer=url) for group in groups for url in group)
    return Referers(fragments, _bounds(groups), 1 + _bounds(wikis))


# --- actors --------------------------------------------------------------------------------------


def _actors(draw: np.random.RandomState) -> Actors:
    """Addresses, agents and languages, and the actors: one of each that stay together."""
    made = (_desktop_agents(), _mobile_agents(), _app_agents(), _bot_agents(), [_agent("-")])
    agents = [list(group) for group in made]
    bounds = (np.cumsum([0, *ACTOR_SHARES]) * ACTORS).round().astype(int)
    audience = np.repeat(np.arange(len(agents)), np.diff(bounds))
    addresses = [_address(draw) for _ in range(ADDRESSES)]
    cloud = [f"{net}{draw.randint(1, 250)}" for net in CLOUD for _ in range(3)]
    address_of = draw.permutation(ACTORS)
    shared = address_of >= ADDRESSES
    address_of[shared] = draw.randint(ADDRESSES, size=shared.sum())
    address_of[bounds[BOT] + 40 * np.arange(1, len(cloud) + 1)] = ADDRESSES + np.arange(len(cloud))
    languages = ["-", *LANGUAGES.split()]
    language_of = 1 + _small(draw, ACTORS, len(languages) - 1)
    return Actors(
        addresses=_objects(_pairs(ip=address) for address in addresses + cloud),
        agents=_objects(agent for group in agents for agent in group),
        languages=_objects(_pairs(accept_language=language) for language in languages),
        address_of=address_of,
        agent_of=_ranged(draw, _bounds(agents), audience),
        language_of=np.where(audience < BOT, language_of, 0),
        bounds=bounds,
    )


def _address(draw: np.random.RandomState) -> str:
    """A public address, one in seven of them IPv6."""
    chance, number = draw.random_sample(), draw.randint(65_536, size=5)
    if chance < 0.14:
        tail = ":".join(f"{part:x}" for part in number[1:])
        return f"{IPV6[number[0] % len(IPV6)]}:{number[0] // 16 + 1:x}:1:{tail}"
    last = 1 + number[0] % 254
    if chance < 0.17:
        return f"{KNOWN[number[1] % len(KNOWN)]}{last}"
    return f"{IPV4[number[1] % len(IPV4)]}.{number[2] % 256}.{number[3] % 256}.{last}"


def _agent(user_agent: str, hints: Sequence[str] = ("-",) * len(HINTS)) -> tuple[str, str]:
    """The two fragments of an agent; `hints` in the order of HINTS."""
    end = _pairs(**dict(zip(HINTS, hints, strict=True)), termination_state="--")
    return _pairs(x_forwarded_for="-", user_agent=user_agent), end + "}\n"


def _chromium(
    system: str, brand: str, version: int, platform: str, release: str, end: str, model: str | None
) -> tuple[str, str]:
    """A Chromium browser with its client hints; `model` is None on a desktop."""
    phone = model is not None
    brands = (("Chromium", version), (brand, version), ("Not=A?Brand", 24))
    short = ", ".join(f'"{name}";v="{major}"' for name, major in brands)
    full = ", ".join(f'"{name}";v="{major}.0.{major * 52}.{major % 90}"' for name, major in brands)
    machine = ('""', '""') if phone else ('"x86"', '"64"')
    device = (f'"{model or ""}"', f'"{release}"')
    hints = (short, f"?{phone:d}", f'"{platform}"', *machine, full, *device)
    webkit = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
    return _agent(webkit + end.format(version), hints)


def _desktop_agents() -> Iterator[tuple[str, str]]:
    """Browsers on desktops, the newest first."""
    chrome = "Chrome/{0}.0.0.0 Safari/537.36"
    mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    for version in range(143, 117, -1):
        for system, platform, release in SYSTEMS:
            yield _chromium(system, "Google Chrome", version, platform, release, chrome, None)
            firefox = f"({system.replace('10_15_7', '10.15')}; rv:{version}.0) Gecko/20100101"
            yield _agent(f"Mozilla/5.0 {firefox} Firefox/{version}.0")
        for system, platform, release in SYSTEMS[::2]:
            edge = chrome + " Edg/{0}.0.0.0"
            yield _chromium(system, "Microsoft Edge", version, platform, release, edge, None)
        opera = f"{chrome} OPR/{version - 16}.0.0.0"
        yield _chromium(SYSTEMS[0][0], "Opera", version, "Windows", "15.0.0", opera, None)
        yield _agent(f"{mac} Version/{version // 8}.{version % 8} Safari/605.1.15")


def _mobile_agents() -> Iterator[tuple[str, str]]:
    """Browsers on telephones and tablets, the newest first."""
    chrome = "Chrome/{0}.0.0.0 Mobile Safari/537.36"
    for n in range(26):
        version, ios, gecko = 143 - n, f"{18 - n // 7}_{6 - n % 7}", f"{143 - n}.0"
        kit = f"{ios} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        safari = f"Version/{ios.replace('_', '.')} Mobile/15E148 Safari/604.1"
        phone = f"Mozilla/5.0 (iPhone; CPU iPhone OS {kit}"
        yield _agent(f"{phone} {safari}")
        yield _android("K", 10, version, chrome)
        yield _agent(f"{phone} CriOS/{version}.0.7000.60 Mobile/15E148 Safari/604.1")
        yield _agent(f"Mozilla/5.0 (iPad; CPU OS {kit} {safari}")
        firefox = f"(Android {15 - n % 5}; Mobile; rv:{gecko}) Gecko/{gecko}"
        yield _agent(f"Mozilla/5.0 {firefox} Firefox/{gecko}")
        yield _android("K", 10, version, f"SamsungBrowser/{29 - n // 3}.{n % 3} {chrome}")
        for m, model in enumerate(MODELS.split()[n % 2 :: 2]):
            yield _android(model.replace("_", " "), 15 - m % 5, version - 20, chrome)


def _android(model: str, release: int, version: int, end: str) -> tuple[str, str]:
    """A Chromium browser on Android; newer ones give `K` in place of the model."""
    brand = "Samsung Internet" if end.startswith("Samsung") else "Google Chrome"
    system, named = f"Linux; Android {release}; {model}", "" if model == "K" else model
    return _chromium(system, brand, version, "Android", f"{release}.0.0", end, named)


def _app_agents() -> Iterator[tuple[str, str]]:
    """The Wikipedia apps, the newest first."""
    for n in range(45):
        device, day = ("Phone", "Phone", "Tablet")[n % 3], f"2026-{10 - n // 5:02}-{1 + n % 28:02}"
        android = f"(Android {15 - n % 5}; {device}) Google Play"
        yield _agent(f"WikipediaApp/2.7.{50_540 - n * 3}-r-{day} {android}")
        ios = f"(iOS {18 - n // 15}.{6 - n % 7}; {device})"
        yield _agent(f"WikipediaApp/7.{9 - n // 6}.{n % 6}.{4_900 - n * 11} {ios}")


def _bot_agents() -> Iterator[tuple[str, str]]:
    """Crawlers, then libraries and scripts."""
    yield from map(_agent, BOTS.splitlines())
    for version in range(12, 0, -1):
        yield from (_agent(name.format(version)) for name in TOOLS)
