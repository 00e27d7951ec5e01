"""What only some users need is loaded only where it is used."""

import sys

from lines import numbered

WITHOUT_EXTRAS = """
import sys
for name in ("altair", "dbt.adapters.spark", "mmdb_writer", "netaddr", "pyspark", "vl_convert"):
    sys.modules[name] = None
from wikilake.cli import main
main(sys.argv[1:], prog_name="wikilake")
"""
HOUR = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")


def test_an_hour_is_built_and_shown_without_spark_charts_and_geoip(lake):
    lake.write_raw([numbered(1)])
    for arguments in (("--help",), ("build", *HOUR), ("summary", *HOUR)):
        ran = lake.command(sys.executable, "-c", WITHOUT_EXTRAS, *arguments)
        assert ran.returncode == 0, ran.stderr
    assert lake.query("select count(*) from wmf.webrequest") == [(1,)]


def test_a_command_that_needs_an_extra_says_which_package_is_missing(lake):
    lake.root.mkdir()
    ran = lake.command(sys.executable, "-c", WITHOUT_EXTRAS, "geoip", "install")
    assert ran.returncode == 1
    assert "mmdb_writer, which is not installed" in ran.stderr
    assert "Traceback" not in ran.stderr
