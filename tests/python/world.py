"""A generator of the world: lines of raw requests as browsers, scanners and broken producers send.

Each method is a symbol of a grammar: it returns one of its productions, chosen by the seed. Texts
are made for fields (`request`), a line is then made of the fields (`line`), well or badly.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

SCRIPTS = {
    "Latin": "Straße café Łódź naïve Ærø", "Greek": "Βικιπαίδεια ΟΔΟΣ Ὀδυσσεύς",
    "Cyrillic": "Википедия Ёлка Їжак", "Armenian": "Հայաստան", "Hebrew": "ויקיפדיה שָׁלוֹם",
    "Arabic": "ويكيبيديا القرآن", "Devanagari": "हिन्दी विकिपीडिया", "Bengali": "বাংলাদেশ",
    "Tamil": "தமிழ்நாடு", "Thai": "วิกิพีเดีย", "Tibetan": "བོད་ལྗོངས",
    "Georgian": "საქართველო ᲥᲐᲠᲗᲣᲚᲘ",
    "Hangul": "위키백과 한국", "Ethiopic": "ኢትዮጵያ", "Cherokee": "ᏣᎳᎩ ꭶꮃꭹ", "Khmer": "ភាសាខ្មែរ",
    "Hiragana": "ひらがな", "Han": "日本語 維基百科 𠮷野家", "Gothic": "𐌰𐌱𐌲 𐌲𐌿𐍄𐌹𐍃𐌺",
    "Turkish": "İstanbul ıspanak I",
    "Emoji": "😀👩‍👩‍👧🏳️‍🌈 🇩🇪", "Mathematical": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﬁ Å",
}  # fmt: skip

CONTROLS = (
    "\0\x02\x08\t\n\v\f\r\x1b\x1f\x7f\x85\xa0\u200b\u2028\u2029\u3000\ufeff\ufffd\ufffe\uffff"
)

SCANS = [
    "/../../../../etc/passwd", "/..%2f..%2f..%2fetc%2fpasswd", "/%c0%ae%c0%ae/%c0%af", "/%00",
    "/wiki/%00.php",
    "/wiki/${jndi:ldap://192.0.2.1/a}", "/wiki/' OR 1=1; drop table wmf.webrequest; --", "/.env",
    "/.git/config",
    "/wiki/%u0027%u003cscript%u003e", "/cgi-bin/.%2e/.%2e/bin/sh", "/wiki/{{7*7}}",
    "/wiki/<script>alert(1)</script>",
    "/wp-login.php", "\\\\192.0.2.1\\share", "*", "", "/w/index.php/'\"`", "/wiki/%%%", "/wiki/%",
    "/wiki/%E", "/wiki/%G1",
    "/wiki/%(p)s", "/wiki/$1\\1\\g<0>", "/wiki/%252e%252e%252f", "/wiki/\\x16\\x03\\x01",
    "/wiki/\u202egnp.exe",
]  # fmt: skip

AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{n}.0.{n}.{n} Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS {n}_{n} like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
    "like Gecko) Version/{n}.{n} Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android {n}; SM-G{n}F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{n}.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{n}.0) Gecko/20100101 Firefox/{n}.0",
    "Mozilla/5.0 (compatible; Googlebot/{n}.{n}; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_{n}_{n}) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/{n}.{n} Safari/605.1.15",
    "Mozilla/4.0 (compatible; MSIE {n}.0; Windows NT 5.{n}; Trident/{n}.0)",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/{n}.{n}/28.{n}; U; en)",
    "WikipediaApp/{n}.{n}.{n}-r-2026 (Android {n}; Phone)", "WikipediaApp/",
    "Wikipedia/5.0.{n} (iOS {n})", "curl/{n}.{n}", "JAVA/1.{n}",
    "python-requests/2.{n}", "Roku/DVP-{n}.{n} ({n}.E04111A)",
    "Dalvik/2.1.0 (Linux; U; Android {n}; Pixel {n} Build/{w})", "KAIOS/{n}.{n}",
    "Mozilla/5.0 (SMART-TV; Linux; Tizen {n}.{n}) {w}/{n}.{n} TV Safari/538.1", "{w}", "{w}/{n}",
    "a@b.cd", "user@example.org {w}", "İBOT",
    "-", "", " ", "Mozilla", "() { :;}; echo", "${jndi:dns://{w}}", "%s%n",
    "BlackBerry{n}/{n}.{n}", "{w} ({w}; {w})", "ſpider", "K", "wiki\u212a",
]  # fmt: skip

HOSTS = [
    "en.wikipedia.org", "de.m.wikipedia.org", "commons.wikimedia.org", "www.wikidata.org",
    "www.mediawiki.org", "zh-min-nan.wikipedia.org",
    "EN.Wikipedia.ORG", "en.wikipedia.org.", "en.wikipedia.org..", "en.wikipedia.org:443",
    ".en.wikipedia.org", "en..wikipedia.org", " en.wikipedia.org ",
    "user:secret@en.wikipedia.org", "xn--80aafi6cg.xn--p1ai", "xn--en-wikipedia.org",
    "[2001:db8::1]", "[fe80::1%25eth0]:8080", "192.0.2.7", "192.0.2.7:80",
    "localhost", "", "-", "query.wikidata.org", "a.b.c.d.e.wikipedia.org", "m.wikipedia.org",
    "download.wikimedia.org", "upload.wikimedia.org", "/", ".", ":", "//",
    "en.wikipedia.org/wiki/X", "wikipedia.org", "www.m.wikipedia.org", "en.zero.wikipedia.org",
    "test2.wikidata.org", "arbcom-en.wikipedia.org", "1.2", "a.1a",
    "{t}.wikipedia.org", "{t}.{t}", "{t}", "en.{t}.org", "en.wikipedia.org\0",
    "en.wikipedia.org\n", "\ten.wikipedia.org", "tool.toolforge.org", "٣.٤", "a.٣",
]  # fmt: skip

ADDRESSES = [
    "192.0.2.{b}", "8.{b}.{b}.{b}", "200.{b}.{b}.{b}", "2001:db8::{b}", "::ffff:8.8.{b}.8",
    "::ffff:0808:{b}", "::{b}", "fe80::1%eth0", "fe80::1%{b}", "::1%", "10.0.{b}.1",
    "172.16.{b}.1", "185.15.56.{b}", "2a02:ec80:a000::{b}", " 10.0.0.{b}", "192.0.2.1 ",
    "[2001:db8::{b}]", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0x7f.1", "2130706433", "-",
    "",
    "unknown", "1.2.3.4:80", "1.2.3.4, 5.6.7.8", "2001:DB8::{b}",
    "2001:0db8:0000:0000:0000:0000:0000:00{b}", "::", "0.0.0.0", "255.255.255.255", "1.2.3.４",
    "::ffff:300.1.1.1",
    "2620:0:861:{b}::1", "91.198.174.{b}", "198.35.26.{b}", "208.80.15{b}.1", "1::2::3", ":::",
    "::1.2.3.{b}", "10.0.0.1\0", "\n10.0.0.1",
]  # fmt: skip

TIMES = [
    "2026-11-01T00:{m}:{m}Z", "2026-11-01T00:{m}:{m}z", "2026-11-01t00:{m}:{m}Z",
    "2026-11-01 00:{m}:{m}", "2026-11-01T00:{m}:{m}", "2026-11-01T00:{m}:{m}.123Z",
    "2026-11-01T00:{m}:{m}+02:00",
    "2026-11-01T00:{m}:{m}-0330", "2026-11-01T00:{m}:{m}+14", "2026-11-01T00:{m}:{m}+18:00",
    "2026-11-01T00:{m}:{m}+18:01", "2026-11-01T00:{m}:{m}-18:59", "2026-11-01T00:{m}:{m}-19:00",
    "2026-11-01T24:00:00Z", "2026-11-01T23:59:60Z", "2026-02-{d}T01:01:01Z",
    "2024-02-{d}T01:01:01Z", "2026-{d}-{d}T{d}:{m}:{m}Z", "2026-1-1T1:1:1Z",
    "0000-01-01T00:00:00Z", "0000-12-31T23:59:59-18:00",
    "0001-01-01T00:00:00+18:00", "9999-12-31T23:59:59-18:00", "9999-12-31T23:59:59Z",
    "10000-01-01T00:00:00Z", "-2026-11-01T00:00:00Z", "+2026-11-01T00:00:00Z",
    "1582-10-{d}T00:00:00Z",
    "1900-01-01T00:00:00Z", "infinity", "-infinity", "epoch", "now", "today", "", "-", " ",
    "1793491200", "1793491200.5", "01/Nov/2026:00:00:00 +0000", "2026-W44-7T00:00:00Z",
    "2026-305T00:00:00Z",
    "2026-11-01T00:00:00 UTC", "2026-11-01T00:00:00Europe/Berlin", "2026-11-01T00:00:00Z ",
    " 2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z\n", "２０２６-11-01T00:00:00Z",
    "2026-11-01T00:00:00−02:00", "null",
    "2026-11-01T00:00:00-00:00", "2026-11-01T00:00:00+0:00", "2026-11-01T00:00:00+1",
    "2026-11-01T00:00:00+020000", "2026-11-01T00:00:00Z\0",
]  # fmt: skip

NUMBERS = [
    "0", "-0", "-0.0", "7", "-1", "1.5", "-0.5", "0.999999999999999999", "12.7", "1e3", "1E3",
    "1e-3", "1e400", "-1e400", "1e-400", "1.7976931348623157e308", "9223372036854775807",
    "9223372036854775808", "9e-4", "-1.25E-10", "0.0005", "0.00012", "0.001", "9.9e-04",
    "-9223372036854775808", "-9223372036854775809", "9.223372036854775807e18",
    "9223372036854775808.0", "-9.223372036854775808e18", "-9.3e18", "9007199254740993",
    "9007199254740993.0", "1" + "0" * 400, "0." + "1" * 1200,
    "123456789012345678901234567890", "1e19", "3" * 5000,
    *(sign + "7" * digits for sign in ("", "-") for digits in (1000, 1001)),
    *(start + "7" * digits for start in ("-0.", "6.", "7e-") for digits in (999, 1000, 1001)),
]  # fmt: skip
NO_NUMBERS = [
    "NaN", "Infinity", "-Infinity", "nan", "inf", "+1", "01", ".5", "1.", "0x10", "1_000", "1,5",
    "١٢", "--1", "-", "e5", "1e", "tru", "True", "None", "undefined", "'x'",
]  # fmt: skip
NUMBER_TEXTS = [
    "", " ", "-", " 7", "7 ", "7\n", "abc", "1,234", "١٢", "7L", "7f", "0x1F", "1e",
    *NO_NUMBERS[:9],
]  # fmt: skip

WPROVS = [
    "", "abc1", "ABC", "acrw1_0", "abcHTTPx", "http", "https://x", "xhttp://y", "\tabc\n", " abc ",
    "a b", "é", "ab=cd", "httphttp", "ahttpbhttp", "\x01abc", "\xa0abc", "aHtTpS", "0", "-",
    "wprov=a", "h", "\0a", "abc\0def", "\u2028abc",
]  # fmt: skip

GOOD = {
    "hostname": "cp1", "server_pid": "7", "sequence": 1, "dt": "2026-11-01T00:00:01Z",
    "time_firstbyte": 0.25, "ip": "192.0.2.1",
    "cache_status": "hit-front", "http_status": "200", "response_size": 1234, "http_method": "GET",
    "uri_host": "en.wikipedia.org",
    "uri_path": "/wiki/Cat", "uri_query": "", "content_type": "text/html; charset=UTF-8",
    "referer": "-", "x_forwarded_for": "-",
    "user_agent": "-", "accept_language": "en", "x_analytics": "-", "range": "-",
    "x_cache": "cp1 hit", "accept": "*/*", "tls": "-",
    "ch_ua": "-", "ch_ua_mobile": "-", "ch_ua_platform": "-", "ch_ua_arch": "-",
    "ch_ua_bitness": "-", "ch_ua_full_version_list": "-",
    "ch_ua_model": "-", "ch_ua_platform_version": "-", "termination_state": "-",
}  # fmt: skip
NUMERIC = ("sequence", "time_firstbyte", "response_size")


class Raw(str):
    """JSON text that stands in a line as it is."""


class World:
    """Lines by a seed: the same seed makes the same lines."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.made: list[bytes] = []

    def lines(self, count: int) -> Iterator[bytes]:
        """So many lines, without the line feed that ends each; a few are lines of before again."""
        for _ in range(count):
            if self.made and self.chance(0.03):
                yield self.one(self.made)
            else:
                self.made.append(self.line())
                yield self.made[-1]

    # --- choices ---------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def one(self, alternatives: Any) -> Any:
        return self.random.choice(list(alternatives))

    def some(self, symbol: Callable[[], str], most: int, separators: str | list[str] = "") -> str:
        """Up to so many of a symbol, each followed by one of the separators but the last."""
        parts = [symbol() for _ in range(self.random.randint(0, most))]
        return "".join(part + self.one(separators or [""]) for part in parts[:-1]) + "".join(
            parts[-1:]
        )

    def cut(self, text: Any) -> Any:
        """What is left of a text or of bytes that somebody cut off, mostly at the end."""
        place = self.random.randint(0, len(text))
        return text[place:] if self.chance(0.2) else text[:place]

    def filled(self, pattern: str) -> str:
        """A pattern with its blanks filled in: numbers, words and parts of times."""
        numbers = {"{n}": 130, "{b}": 299, "{m}": 61, "{d}": 33}
        while (place := pattern.find("{")) >= 0 and pattern[place : place + 3] in {
            *numbers,
            "{w}",
            "{t}",
        }:
            blank = pattern[place : place + 3]
            if blank in numbers:
                value = self.random.randint(0, numbers[blank])
                text = f"{value:02d}" if blank in ("{m}", "{d}") else str(value)
            else:
                text = self.word().replace("{", "(")
            pattern = pattern.replace(blank, text, 1)
        return pattern

    # --- words and titles ------------------------------------------------------------------------

    def word(self) -> str:
        text = self.one(self.one(SCRIPTS.values()).split(" "))
        return self.one([text, text, text.upper(), text.title(), self.cut(text), self.controls(),
            self.ascii(), "{{title}}", "%s", "*"])  # fmt: skip

    def ascii(self) -> str:
        return "".join(
            self.one("aZ09/:.?&=%;+-_*()[]{}|\\'\"#@! ~^$,<>`")
            for _ in range(self.random.randint(0, 9))
        )

    def controls(self) -> str:
        return self.one("aé") + self.one(CONTROLS) + self.one(["", "b", "日"])

    def title(self) -> str:
        return self.some(self.word, 3, ["_", " ", "/", ":", "+", "#", "-", "", ",_"])

    def encoded_title(self) -> str:
        """A title as it stands in a path: percent-encoded, raw, or both, twice, and broken."""
        text = self.title()
        kinds = [self.percent, self.percent, self.percent, self.latin1, self.utf16,
            self.surrogates, self.overlong, self.twice, str]  # fmt: skip
        encoded = self.one(kinds)(text)
        if self.chance(0.3):
            encoded = self.cut(encoded)
        if self.chance(0.2):
            encoded += self.one(kinds)(self.word())
        if self.chance(0.1):
            encoded += "".join(
                f"%{self.random.randrange(256):02x}" for _ in range(self.random.randint(1, 5))
            )
        if self.chance(0.02):
            encoded *= self.random.randint(2, 300)
        return encoded

    def percent(self, text: str, encoding: str = "utf-8") -> str:
        """A text percent-encoded, in one of the ways: all bytes, few, lower-case digits."""
        encoded = text.encode(
            encoding, "surrogatepass" if encoding.startswith("utf") else "replace"
        )
        way = self.one(["quote", "quote", "all", "lower", "half"])
        if way == "quote":
            return quote(encoded, safe=self.one(["/", "", "/:,()"]))
        digits = "%{:02x}" if way == "lower" else "%{:02X}"
        return "".join(
            chr(byte)
            if way == "half" and byte < 128 and chr(byte) not in "%?#"
            else digits.format(byte)
            for byte in encoded
        )

    def latin1(self, text: str) -> str:
        return self.percent(text, "latin-1")

    def utf16(self, text: str) -> str:
        return self.percent(text, "utf-16")

    def twice(self, text: str) -> str:
        return quote(self.percent(text), safe="")

    def surrogates(self, text: str) -> str:
        """CESU-8: each half of a pair as three bytes, as Java and Oracle write it; or one half."""
        halves = "".join(
            f"%ED%{self.random.randrange(0xA0, 0xC0):02X}%{self.random.randrange(0x80, 0xC0):02X}"
            for _ in range(self.random.randint(1, 3))
        )
        return self.percent(text) + self.one([halves, halves[:-3], halves[:-6], halves + "%80"])

    def overlong(self, text: str) -> str:
        forms = [
            "%C0%AF", "%C0%80", "%C1%BF", "%E0%80%AF", "%F0%80%80%AF", "%F4%90%80%80",
            "%F8%88%80%80%80", "%FC%84%80%80%80%80", "%FE", "%FF", "%80", "%BF",
        ]  # fmt: skip
        return self.percent(text) + self.one(forms) + self.one(["", "x", "%E6%97%A5"])

    # --- the fields ------------------------------------------------------------------------------

    def uri_path(self) -> str:
        title = self.encoded_title()
        if self.chance(0.08):
            return self.one(SCANS)
        starts = ["/wiki/"] * 9 + [
            "/w/index.php/", "/w/", "/v/", "/view/", "/view/zh-hans/", "/zh-hant/", "/zh/",
            "/sr-ec/", "//wiki//", "/wiki", "/api/rest_v1/page/mobile-html/",
            "/api/rest_v1/page/mobile-sections/", "/w/api.php", "/wiki/index.",
            "http://en.wikipedia.org/wiki/", "https://x/wiki/", "http:", "/", "", "/x/y/",
            "/wiki/%2Fwiki/", "/w/index.php",
        ]  # fmt: skip
        return self.one(starts) + title + self.one(["", "", "", "?x", "#part", "/", "//", "/wiki/"])

    def uri_query(self) -> str:
        if self.chance(0.5):
            return self.one(["", "", "?", "-"])
        return self.one(["?", "?", "?", "", "??", "?&", " ?"]) + self.some(
            self.parameter, 5, ["&", "&", "&", ";", "&&", "?", "&amp;"]
        )

    def parameter(self) -> str:
        names = ["title", "title", "page", "action", "oldid", "curid", "search", "veaction",
            "Title", "xtitle", "title[]", "%74itle", " title", "titles", "appInstallID", "",
            "page\n"]  # fmt: skip
        value = self.one([self.encoded_title(), self.encoded_title(), "", "edit", "submit", "view",
            self.one(NUMBERS)[:20], self.ascii()])  # fmt: skip
        return self.one(names) + self.one(["=", "=", "=", "=", "", "==", "%3D", "= "]) + value

    def uri_host(self) -> str:
        if self.chance(0.6):
            return self.one(
                [
                    "en.wikipedia.org",
                    "ja.m.wikipedia.org",
                    "www.wikidata.org",
                    "commons.wikimedia.org",
                ]
            )
        host = self.filled(self.one(HOSTS)).replace("{t}", self.word())
        if self.chance(0.05):
            return self.one(
                [host * self.random.randint(2, 200), "a." * self.random.randint(2, 500) + host]
            )
        return self.one(
            [host, host, host, host.upper(), host + ":8080", "\u3002".join(host.split("."))]
        )

    def user_agent(self) -> str:
        agent = self.filled(self.one(AGENTS))
        if self.chance(0.15):
            agent += self.one([*CONTROLS, " 😀", self.word(), " " * 380, "x" * 380, "😀" * 190,
                "(" * 9000, "\r\n", "\n bot"])  # fmt: skip
        if self.chance(0.05):
            agent = self.cut(agent)
        if self.chance(0.05):
            agent = self.one(CONTROLS + " ") + agent
        return agent

    def x_analytics(self) -> str:
        if self.chance(0.3):
            return self.one(["-", "", ";", "=", ";;", "a", "=;="])
        if self.chance(0.01):
            return "WMF-Last-Access=" + (self.word() + "-") * 2000
        return self.some(self.pair, 7, [";", ";", ";", ";", ";;", "; ", ",", ";\t"])

    def pair(self) -> str:
        keys = ["page_id", "ns", "ismobile", "special", "preview", "debug", "pageview", "https",
            "zero", "wmfuuid", "WMF-Last-Access", "", " ns", "NS", self.word()]  # fmt: skip
        if self.chance(0.25):
            key = self.one(
                ["wprov", "WPROV", "wProv", " wprov ", "\twprov", "xwprov", "wprov\n", "\xa0wprov"]
            )
            return (
                key
                + self.one(["=", "=", "=", "= ", "=\t\n", " = ", "", "=="])
                + self.one([self.one(WPROVS), self.one(WPROVS) + self.one(WPROVS)])
            )
        values = ["1", "0", "", " 1 ", "Search", "search", "BlankPage", "-1", "7.9", " 4",
            "2147483648", "1\x7f", "+5", ".", "-.5", self.one(NUMBERS)[:40], self.word(),
            "a=b"]  # fmt: skip
        return self.one(keys) + self.one(["=", "=", "=", "=", "", "==", " = "]) + self.one(values)

    def tls(self) -> str:
        return self.one(["-", "",
            "vers=TLSv1.3;keyx=X25519;auth=ECDSA;ciph=AES-256;prot=h2;sess=new",
            "vers=TLSv1.3;vers=TLSv1.2", "vers", ";vers=", self.x_analytics()])  # fmt: skip

    def referer(self) -> str:
        host = self.filled(self.one([*HOSTS, "www.google.com", "www.google.co.uk", "bing.com",
            "chatgpt.com", "duckduckgo.com", "m.facebook.com"]))  # fmt: skip
        return (self.one(["-", "", "https://", "http://", "android-app://", "//", "HTTPS://",
            "ftp://", "https:/"]) + self.one([host, host.split("@")[-1]]) + self.one(["", "/",
            "/search?q=" + self.word(), "?q", "#x", "/" + self.title()]))  # fmt: skip

    def http_status(self) -> Any:
        return self.one(["200"] * 9 + ["304", "302", "301", "307", 200, 404, "-", "", "200 ",
            "２００", "000", "999", "0", True, 200.0, "200OK", None, Raw("2e2"),
            Raw("200.0")])  # fmt: skip

    def content_type(self) -> str:
        return self.one(["text/html; charset=UTF-8", "text/html"] * 5 + ["-", " - ", "",
            "text/html;charset=UTF-8", "TEXT/HTML", "application/json", "image/svg+xml",
            "text/html\0", "text/html; charset=utf-8\n"])  # fmt: skip

    def odd_text(self) -> Any:
        """What no producer should write into a field of texts."""
        return self.one([self.title(), self.word(), self.controls(), "\ud83d", "a\udc00b",
            "\ud800\ud800", "\U0010ffff", True, False, None, Raw(self.one(NUMBERS)), {}, [], [1,
            "a", None], {"a": {"b": [self.word()]}}, [[], {}], {"a b": "\"\\/\b\t"},
            Raw('{"a" : 1 , "a" : [ 2 , {} ] }'), Raw("[ 1.50, 1e3, -0 ]"),
            Raw('"\\u0041\\/\\u00e9\\ud83d\\ude00"'), Raw(self.one(NO_NUMBERS)),
            Raw("[" * 60 + "]" * 60), Raw("[1,]"), Raw('{"a":1,}'), Raw("[NaN]"), Raw('["a\tb"]'),
            Raw('"\\x41"'), Raw('"\\ud83d\\u0041"'), Raw('{"a":"\\u0000"}'), Raw('["\\ud800"]'),
            Raw('{"\\ud800": 1}'), Raw("[01]"), Raw("/* x */ 1")])  # fmt: skip

    def number(self) -> Any:
        return self.one([Raw(self.one(NUMBERS)), self.one(NUMBERS), self.one(NUMBER_TEXTS),
            Raw(self.one(NO_NUMBERS)), self.random.randint(-10, 2**63), self.random.uniform(-5, 5),
            True, None, [], {"a": 1}, [7]])  # fmt: skip

    def request(self) -> dict[str, Any]:
        """The fields of a request: most as they should be, some as the world has them."""
        fields = GOOD | {"hostname": f"cp{self.random.randint(1, 9)}",
            "sequence": self.random.randint(1, 10**9),
            "dt": self.filled(self.one(TIMES if self.chance(0.5) else TIMES[:1])),
            "ip": self.filled(self.one(ADDRESSES)), "http_status": self.http_status(),
            "uri_host": self.uri_host(), "uri_path": self.uri_path(),
            "uri_query": self.uri_query(), "content_type": self.content_type(),
            "user_agent": self.user_agent(), "x_analytics": self.x_analytics(), "tls": self.tls(),
            "referer": self.referer()}  # fmt: skip
        if self.chance(0.5):  # a page view, whatever its title is
            as_good = ("http_status", "content_type", "uri_host", "x_analytics")
            fields |= {name: GOOD[name] for name in as_good}
        while self.chance(0.15):
            fields[self.one([*fields])] = self.odd_text()
        if self.chance(0.1):
            fields[self.one(NUMERIC)] = self.number()
        if self.chance(0.1):
            fields["server_pid"] = self.one(["007", "7", "-", "", "x", Raw(self.one(NUMBERS))])
        while self.chance(0.1):
            fields.pop(self.one(list(fields)), None)
            if not fields:
                break
        return fields

    # --- the line --------------------------------------------------------------------------------

    def line(self) -> bytes:
        """A request as JSON, in one of the ways in which it can be written; or something else."""
        if self.chance(0.04):
            return self.no_request()
        pairs = list(self.request().items())
        if self.chance(0.1):
            self.random.shuffle(pairs)
        while self.chance(0.1):
            pairs.insert(self.random.randint(0, len(pairs)), self.odd_pair(pairs))
        ascii_only = self.chance(0.5)
        comma, colon = self.one([(",", ":"), (", ", ": "), (" ,\t", " : "), (",", ":")])
        text = comma.join(
            f"{self.key(name)}{colon}{self.value(value, ascii_only)}" for name, value in pairs
        )
        line = self.one(["{%s}"] * 9 + ["{ %s }", " {%s}", "{%s} ", "\t{%s}\t"]) % text
        return self.damaged(line.encode("utf-8", "surrogatepass"))

    def key(self, name: str) -> str:
        written = json.dumps(name)
        return written.replace("s", "\\u0073", 1) if self.chance(0.002) else written

    def value(self, value: Any, ascii_only: bool) -> str:
        return value if isinstance(value, Raw) else json.dumps(value, ensure_ascii=ascii_only)

    def odd_pair(self, pairs: list[tuple[str, Any]]) -> tuple[str, Any]:
        """A field twice, in another case, one that nobody knows, or a name that is hardly one."""
        name, value = self.one(pairs)
        others = [
            (name.upper(), value),
            (name.title(), self.one(pairs)[1]),
            (name, None),
            (name, self.word()),
            (name, "1"),
            (name.replace("i", "İ").replace("s", "ſ"), self.word()),
        ]
        unknown = ["", " ip", "ip ", "unknown", "_broken", "_corrupt_record", "a.b", "$", "\0",
            "ip\0", "line", "key", "'", '"', "`", self.word(), "__proto__",
            self.long_key() if self.chance(0.05) else "X"]  # fmt: skip
        return self.one([*others, (self.one(unknown), self.odd_text())])

    def long_key(self) -> str:
        """A key of about 50,000 characters, of one or two units of UTF-16 each."""
        length = self.one([49_999, 50_000, 50_001, 60_000])
        return self.one(["x" * length, "日" * length, "😀" * (length // 2) + "x" * (length % 2)])

    def damaged(self, line: bytes) -> bytes:
        """A line as it arrives: now and then cut off, in another encoding, or with more."""
        if not self.chance(0.06):
            return line
        place = self.random.randint(0, len(line))
        bad = self.one([b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\xaf",
            b"\xf4\x90\x80\x80", b"\xfc", b"\0", b"\x02", b"\x0b", b"\x1f", b"\x7f", b"\xc2\x85",
            b"\xe2\x80\xa8", b"\xef\xbf\xbd"])  # fmt: skip
        return self.one([line[:place], line[:place], line[place:],
            line[:place] + bad + line[place:], bad + line, line + bad, b"\xef\xbb\xbf" + line,
            line + b"\r", line + line, line + b",", line + b" x", line + b"}", line[:-1] + b",}",
            b"[" + line + b"]", line.replace(b'"', b"'"), line + b" // c",
            line + b"\x01 rest \xff", line.replace(b",", b",,", 1), b"1 " + line, line + b"\0",
            line + b"\0\0\0", line.decode("utf-8", "replace").encode("utf-16-le").replace(b"\n",
            b"")])  # fmt: skip

    def no_request(self) -> bytes:
        return self.one([b"", b" ", b"\t", b"\r", b" \t\r", b"{}", b"{ }", b"[]", b"null", b"1",
            b'""', b"{", b"}", b"{}{}", b'{"a"}', b"\0", b"\0" * 100, b"\x01", b"\x0c",
            b"\xc2\xa0", b"\xef\xbb\xbf", b"# comment", b"\x7fELF\x02\xff", b"GET / HTTP/1.1",
            b"{'a': 1}", b'{"sequence": }', self.random.randbytes(30).translate(None, b"\n\r"),
            b'{"uri_path":' + b"[" * 1200 + b"]" * 1200 + b"}",
            b'{"unknown":' + b'{"a":' * 1200 + b"1" + b"}" * 1201])  # fmt: skip
