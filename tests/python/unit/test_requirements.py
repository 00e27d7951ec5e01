"""The pinned environment: every file that pip may fetch for it is named by its hash."""

import re
import tomllib

from conftest import PROJECT

LINES = (PROJECT / "requirements.txt").read_text().replace("\\\n", " ").splitlines()
PINS = [line for line in LINES if line and not line.startswith("#")]
PIN = re.compile(
    r"([a-z0-9-]+)(\[[a-z]+\])?==([^\s;]+)"
    r"( ; (platform_python_implementation != 'PyPy'|implementation_name != 'pypy'))?"
    r"( +--hash=sha256:[0-9a-f]{64})+"
)


def test_every_requirement_is_a_version_with_hashes():
    assert [line for line in PINS if not PIN.fullmatch(line)] == []
    assert len(PINS) > 90


def test_each_package_is_pinned_once():
    names = [PIN.fullmatch(line)[1] for line in PINS]
    assert len(set(names)) == len(names)


def test_hashes_are_those_of_files_for_any_machine():
    """A compiled package has a file per system and Python; one hash would tie us to one of them."""
    hashes = {PIN.fullmatch(line)[1]: line.count("--hash") for line in PINS}
    assert all(hashes[name] > 10 for name in ("duckdb", "numpy", "pyarrow", "zstandard"))


def test_direct_dependencies_and_extras_are_pinned():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    named = sum(project["optional-dependencies"].values(), project["dependencies"])
    wanted = {re.match("[A-Za-z0-9_-]+", text)[0] for text in named}
    pinned = {PIN.fullmatch(line)[1] for line in PINS}
    assert {name.lower().replace("_", "-") for name in wanted} <= pinned


def test_pip_asks_for_hashes_wherever_it_installs_and_fetches_no_tools_to_build_with():
    makefile = (PROJECT / "Makefile").read_text()
    installing = re.findall(r"^\t.*\$\(PIP\).*", makefile, re.MULTILINE)
    assert len(installing) == 5 and makefile.count("pip install") == 1
    for line in installing:
        assert "--require-hashes" in line or "--no-deps --no-build-isolation --editable ." in line
    assert "--no-build-isolation --requirement requirements.txt" in makefile
    assert "//" not in "".join(LINES), "a registry is the user's to choose"


def test_superset_and_all_that_it_needs_are_versions_with_hashes():
    folder = PROJECT / "dashboards" / "superset"
    lines = (folder / "requirements.txt").read_text().replace("\\\n", " ").splitlines()
    pin = re.compile(r"([a-z0-9-]+)==[^\s;]+( ; [^-]+)?( +--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in lines if not pin.fullmatch(line)] == []
    wanted = re.findall(r"^([a-z-]+)", (folder / "requirements.in").read_text(), re.MULTILINE)
    assert set(wanted) <= {pin.fullmatch(line)[1] for line in lines}
    assert "duckdb==2.0.0" in (folder / "requirements.in").read_text()
    assert any(line.startswith("duckdb==2.0.0 ") for line in PINS), "both read the same lake"
