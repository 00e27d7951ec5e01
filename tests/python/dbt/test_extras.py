"""What only some users need is loaded only where it is used."""

import sys

from lines import numbered

WITHOUT_EXTRAS = """
import sys
for name in ("altair", "dbt.adapters.spark", "pyspark", "vl_convert"):
    sys.modules[name] = None
from wikilake.cli import main
main(sys.argv[1:], prog_name="wikilake")
"""
HOUR = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")


def test_an_hour_is_built_and_shown_without_spark_and_charts_and_a_report_names_its_package(lake):
    lake.write_raw([numbered(1)])
    for arguments in (("--help",), ("build", *HOUR), ("summary", *HOUR)):
        ran = lake.command(sys.executable, "-c", WITHOUT_EXTRAS, *arguments)
        assert ran.returncode == 0, ran.stderr
    assert lake.query("select count(*) from wmf.webrequest") == [(1,)]
    ran = lake.command(sys.executable, "-c", WITHOUT_EXTRAS, "report", *HOUR)
    assert ran.returncode == 1
    assert "altair, which is not installed" in ran.stderr
    assert "Traceback" not in ran.stderr
