"""The two parsers and the decoder: what they make of texts and of address databases."""

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
    """Databases that have one record for every address; gives the records by setting."""
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
def test_what_is_no_address_gives_nothing(databases, text):
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
