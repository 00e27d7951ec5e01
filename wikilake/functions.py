"""The two parsers that both engines share: user agents (ua-parser) and addresses (maxminddb).

Both take one text and give one flat record of texts; what is not known is None. Which value the
lake shows for "not known" (`-`, `Unknown`, `--`) is a rule and lives in SQL.
"""

from __future__ import annotations

import ipaddress
import os
from functools import cache
from typing import Any

import maxminddb
from ua_parser import Domain, PartialResult
from ua_parser.loaders import load_builtins, load_yaml
from ua_parser.re2 import Resolver

USER_AGENT_FIELDS = (
    "browser_family",
    "browser_major",
    "device_family",
    "os_family",
    "os_major",
    "os_minor",
)
ADDRESS_FIELDS = (
    "bits",
    "continent",
    "country_code",
    "country",
    "subdivision",
    "subdivision_code",
    "city",
    "timezone",
    "isp",
    "organization",
    "autonomous_system_organization",
    "autonomous_system_number",
)


class SettingError(Exception):
    """A WIKILAKE_… setting that cannot be used; the message says which and what to do."""


def check_settings() -> None:
    """Raises SettingError when a file that a setting names cannot be used."""
    address_database("WIKILAKE_GEOIP_CITY")
    address_database("WIKILAKE_GEOIP_ISP")
    for setting in ("WIKILAKE_UA_REGEXES", "WIKILAKE_ACTOR_LABELS", "WIKILAKE_ALLOWLIST"):
        path = os.environ.get(setting)
        if path and not os.path.exists(path):
            raise SettingError(f"{setting}: there is no {path}. Name another file, or unset it.")


class ExactResolver(Resolver):
    """The library's RE2 resolver, made to take the first definition that really matches.

    The library looks candidates up in a set of simplified expressions (bounded repetitions made
    unbounded) and trusts the first; the exact expression of that one may not match, a later may.
    """

    def __call__(self, ua: str, domains: Domain, /) -> PartialResult:
        def first_match(candidates: Any, matchers: list) -> Any:
            found = (matchers[index](ua) for index in sorted(candidates.Match(ua) or ()))
            return next((match for match in found if match is not None), None)

        return PartialResult(
            domains=Domain.ALL,
            string=ua,
            user_agent=first_match(self.ua, self.user_agent_matchers),
            os=first_match(self.os, self.os_matchers),
            device=first_match(self.devices, self.device_matchers),
        )


@cache
def user_agent_resolver() -> ExactResolver:
    """The ua-parser with the definitions of WIKILAKE_UA_REGEXES, else those of the library."""
    path = os.environ.get("WIKILAKE_UA_REGEXES")
    if not path:
        return ExactResolver(load_builtins())
    try:
        return ExactResolver(load_yaml(path))
    except Exception as error:
        raise SettingError(
            f"WIKILAKE_UA_REGEXES: {path} is no readable uap-core regexes.yaml ({error}). "
            "Name another file, or unset it to use the definitions of the ua-parser library."
        ) from error


def parse_user_agent(text: str) -> dict[str, str | None]:
    """The USER_AGENT_FIELDS of one user agent; a family that nothing matches is `Other`."""
    parsed = user_agent_resolver()(text, Domain.ALL)
    browser, system, device = parsed.user_agent, parsed.os, parsed.device
    return {
        "browser_family": browser.family if browser else "Other",
        "browser_major": browser.major if browser else None,
        "device_family": device.family if device else "Other",
        "os_family": system.family if system else "Other",
        "os_major": system.major if system else None,
        "os_minor": system.minor if system else None,
    }


@cache
def address_database(setting: str) -> maxminddb.Reader | None:
    """The open mmdb file that the environment variable `setting` names; None when it is unset."""
    path = os.environ.get(setting)
    if not path:
        return None
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise SettingError(
            f"{setting}: {path} is no readable mmdb file ({error}). "
            "Name another file, or unset it to leave addresses unknown."
        ) from error


def missing_databases() -> list[str]:
    """A sentence for each address database that is not set, to be said once a run."""
    consequences = {
        "WIKILAKE_GEOIP_CITY": "geocoded_data is Unknown for every address",
        "WIKILAKE_GEOIP_ISP": "isp_data is Unknown for every address",
    }
    return [
        f"{setting} names no address database (mmdb file): {consequence}."
        for setting, consequence in consequences.items()
        if address_database(setting) is None
    ]


def parse_address(text: str) -> dict[str, str | None]:
    """The ADDRESS_FIELDS of one address text: its bits, and what the two databases say of it.

    `bits` has 32 characters for IPv4 (also when mapped into IPv6) and 128 for IPv6; it is None,
    like all the rest, when the text is no address. Texts with blanks around are no address.
    """
    record = dict.fromkeys(ADDRESS_FIELDS)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return record
    if getattr(address, "scope_id", None):
        return record
    address = getattr(address, "ipv4_mapped", None) or address
    record["bits"] = format(int(address), f"0{address.max_prefixlen}b")
    record |= _place(_look_up("WIKILAKE_GEOIP_CITY", address))
    record |= _network_owner(_look_up("WIKILAKE_GEOIP_ISP", address))
    return record


def _look_up(setting: str, address: Any) -> dict[str, Any]:
    """The database's record of an address; empty when there is no database or no record."""
    database = address_database(setting)
    if database is None or (address.version == 6 and database.metadata().ip_version == 4):
        return {}
    found = database.get(address)
    return found if isinstance(found, dict) else {}


def _place(found: dict[str, Any]) -> dict[str, str | None]:
    """Names of the place, from MaxMind's nested records or the flat ones of free databases."""
    if isinstance(found.get("country_code"), str):
        return {
            "country_code": found["country_code"] or None,
            "subdivision": found.get("state1") or None,
            "city": found.get("city") or None,
            "timezone": found.get("timezone") or None,
        }
    country = found.get("country") or {}
    subdivision = (found.get("subdivisions") or [{}])[0]
    return {
        "continent": _english(found.get("continent")),
        "country_code": country.get("iso_code"),
        "country": _english(country),
        "subdivision": _english(subdivision),
        "subdivision_code": subdivision.get("iso_code"),
        "city": _english(found.get("city")),
        "timezone": (found.get("location") or {}).get("time_zone"),
    }


def _english(named: dict[str, Any] | None) -> str | None:
    return ((named or {}).get("names") or {}).get("en")


def _network_owner(found: dict[str, Any]) -> dict[str, str | None]:
    number = found.get("autonomous_system_number")
    return {
        "isp": found.get("isp"),
        "organization": found.get("organization"),
        "autonomous_system_organization": found.get("autonomous_system_organization"),
        "autonomous_system_number": None if number is None else str(number),
    }
