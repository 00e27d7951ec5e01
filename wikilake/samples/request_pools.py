"""What the made-up requests are drawn from: wikis, titles, kinds of requests, machines, actors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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
