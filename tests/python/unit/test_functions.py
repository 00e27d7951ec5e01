"""The two parsers and the decoder: what they make of texts and of address databases."""

import json
from types import SimpleNamespace

import pytest

from wikilake.engines import parsers

NESTED = {
    "continent": {"names": {"en": "Europe", "de": "Europa"}},
    "country": {"iso_code": "GB", "names": {"en": "United Kingdom"}},
    "subdivisions": [{"iso_code": "ENG", "names": {"en": "England"}}, {"iso_code": "WBK"}],
    "city": {"names": {"en": "London"}},
    "location": {"time_zone": "Europe/London"},
}
FLAT = {"country_code": "GB", "state1": "England", "city": "London", "timezone": "Europe/London"}


@pytest.fixture
def databases(monkeypatch):
    """Databases that have one record for every address; returns the records by setting."""
    records = {}

    def database(setting: str):
        if setting not in records:
            return ()
        reader = SimpleNamespace(
            get=lambda address: records[setting],
            metadata=lambda: SimpleNamespace(ip_version=6),
        )
        return (reader,)

    monkeypatch.setattr(parsers, "address_databases", database)
    return records


def test_nested_records_give_english_names_and_the_first_subdivision(databases):
    databases["WIKILAKE_GEOIP_CITY"] = NESTED
    place = parsers.parse_address("192.0.2.1")
    assert [place[name] for name in ("continent", "country_code", "country")] == [
        "Europe",
        "GB",
        "United Kingdom",
    ]
    assert (place["subdivision"], place["subdivision_code"]) == ("England", "ENG")
    assert (place["city"], place["timezone"]) == ("London", "Europe/London")


def test_flat_records_of_free_databases_give_what_they_have(databases):
    databases["WIKILAKE_GEOIP_CITY"] = FLAT
    databases["WIKILAKE_GEOIP_ISP"] = {"autonomous_system_number": 64496}
    place = parsers.parse_address("2001:db8::1")
    assert (place["country_code"], place["subdivision"], place["city"]) == (
        "GB",
        "England",
        "London",
    )
    assert place["continent"] is place["country"] is None
    assert place["autonomous_system_number"] == "64496"


@pytest.mark.parametrize("text", ["", "-", "localhost", " 192.0.2.1", "1359103392", "fe80::1%eth0"])
def test_text_that_is_not_an_address_has_no_place_and_no_owner(databases, text):
    databases["WIKILAKE_GEOIP_CITY"] = NESTED
    assert set(parsers.parse_address(text).values()) == {None}


def test_mapped_addresses_have_the_bits_of_ipv4(databases):
    assert parsers.parse_address("::ffff:192.0.2.1") == parsers.parse_address("192.0.2.1")
    assert len(parsers.parse_address("192.0.2.1")["bits"]) == 32
    assert len(parsers.parse_address("2001:db8::1")["bits"]) == 128


def test_the_first_definition_that_really_matches_names_an_agent(tmp_path, monkeypatch):
    """The library's own resolvers read `{0,100}` as any number and stop at the first definition."""
    definitions = tmp_path / "regexes.yaml"
    definitions.write_text(
        """
user_agent_parsers: []
os_parsers: []
device_parsers:
  - {regex: '^.{0,100}bot', device_replacement: 'Spider'}
  - {regex: 'Mac OS', device_replacement: 'Mac'}
"""
    )
    monkeypatch.setenv("WIKILAKE_UA_REGEXES", str(definitions))
    far = parsers.parse_user_agent("Mac OS" + " and on" * 20 + " bot")
    assert far["device_family"] == "Mac"
    assert parsers.parse_user_agent("a bot")["device_family"] == "Spider"
    assert parsers.parse_user_agent("")["browser_family"] == "Other"


@pytest.mark.parametrize(
    ("encoded", "decoded"),
    [
        ("", ""),
        ("%", "%"),
        ("%C3" * 100_000, "\ufffd" * 100_000),
        ("%E6%97%A5" * 100_000 + "%E6", "日" * 100_000 + "\ufffd"),
        ("日%AC\0%00%eD%a0+", "日\ufffd\0\0\ufffd+"),
    ],
    ids=["empty", "a percent sign", "long and broken", "long and cut off", "zeros and a surrogate"],
)
def test_texts_are_decoded_whatever_they_hold(encoded, decoded):
    assert parsers.percent_decode(encoded) == decoded


LONG_KEYS = (
    ("a", 1), ("日", 1), ("😀", 2), (r"\n", 1), (r"\u00e9", 1), (r"\ud83d\ude00", 2),
)  # fmt: skip
"""What a key of 50,000 may be made of, and how many of them it counts for Spark's parser."""


LONG_NUMBERS = (
    ("", 1000, ""), ("-", 1000, ""), ("0.", 1000, ""), ("-0.", 1000, ""), ("6.", 999, ""),
    ("0.", 998, "E+6"), ("6e-", 999, ""),
)  # fmt: skip
"""How a number begins and ends, and how many more digits it may have for Spark's parser."""


@pytest.mark.parametrize(
    ("line", "strict"),
    [
        ('{"a": "NaN, [1,] \\" Infinity,}", "b": [null, true]}', True),
        ('{"a": NaN}', False),
        ('{"a": [-inf]}', False),
        ('{"a": {"b": 1 ,\t}}', False),
        ('{"a": ' + "[" * 999 + "]" * 999 + "}", True),
        ('{"a": ' + "[" * 1000 + "]" * 1000 + "}", False),
        *(
            (f'{{"a": [{start}{"7" * (digits + more)}{end}]}}', not more)
            for start, digits, end in LONG_NUMBERS
            for more in (0, 1)
        ),
        *(
            ('{"%s"\t: {}}' % (character * (50_000 // units) + more), not more)
            for character, units in LONG_KEYS
            for more in ("", "a")
        ),
        ('{"a": {"%s": 1}}' % ("a" * 50_001), False),
        ('{"a": "%s"}' % ("a" * 50_001), True),
        ('{"a": "' + "\\\\" * 100_000, True),  # no JSON, which others find out
        ("", True),
    ],
)
def test_what_only_one_parser_takes_for_json_is_no_line(line, strict):
    assert (parsers.strict_json(line) is not None) == strict


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1793491200.5", "1.7934912005E9"), ("1e7", "1.0E7"), ("9999999.5", "9999999.5"),
        ("-1e-3", "-0.001"), ("9e-4", "9.0E-4"), ("-1.25E-10", "-1.25E-10"), ("1e22", "1.0E22"),
        ("0e0", "0.0"), ("-0.0", "-0.0"), ("1e-400", "0.0"), ("123456.0", "123456.0"),
        ("1e400", '\\"Infinity\\"'), ("5e-324", "4.9E-324"), ("-2e-323", "-2.0E-323"),
    ],
)  # fmt: skip
def test_a_fraction_in_a_field_of_texts_is_written_as_java_does(number, text):
    line = '{"a": %s, "Sequence": %s}'
    assert parsers.strict_json(line % (number, number)) == line % (f'"{text}"', number)


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ('[ 1 , "a",\tnull, true, 1e22, -0, 1.50 ]', '[1,"a",null,true,1.0E22,0,1.5]'),
        ('{"a": 1, "a": [{}, []]}', '{"a":1,"a":[{},[]]}'),
        (r'["\u0041\/é\ud83d\ude00\u001f\n\"\\"]', r'["A/é\uD83D\uDE00\u001F\n\"\\"]'),
    ],
)
def test_an_array_or_object_in_a_field_of_texts_is_written_as_spark_does(inner, text):
    strict = parsers.strict_json(f'{{"a": {inner}, "b": "c"}}')
    assert json.loads(strict) == {"a": text, "b": "c"}


@pytest.mark.parametrize(
    "line",
    [
        '{"a": [1 2]}', '{"a": [tru]}', '{"a": ["\\ud83d"]}', '{"a": ["x\ty"]}', '{"a": [1}',
        '{"a": [[', '{"a": {1: 2}}', '{"a": ["\\x"]}', "{" * 50, '{"a": "b', "]}",
    ],
)  # fmt: skip
def test_what_is_broken_stays_broken(line):
    assert parsers.strict_json(line) == line


@pytest.mark.parametrize("letter", ["ſ", "\u212a", "٣"])
def test_definitions_of_user_agents_know_ascii_letters_and_digits_alone(
    letter, tmp_path, monkeypatch
):
    """As in the original: `ſ` is not another case of `s`, and an Arabic digit is not a digit."""
    definitions = tmp_path / "regexes.yaml"
    definitions.write_text(
        """
user_agent_parsers: [{regex: '\\dx', family_replacement: Digit}]
os_parsers: []
device_parsers: [{regex: '^[sk]x', regex_flag: i, device_replacement: Letter}]
"""
    )
    monkeypatch.setenv("WIKILAKE_UA_REGEXES", str(definitions))
    found = parsers.parse_user_agent(letter + "x")
    assert found["browser_family"] == found["device_family"] == "Other"
    assert parsers.parse_user_agent("Kx é")["device_family"] == "Letter"
    assert parsers.parse_user_agent("1x é")["browser_family"] == "Digit"
