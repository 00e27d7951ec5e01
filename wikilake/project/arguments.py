"""Arguments for dbt that a user gives after those of wikilake."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import yaml

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.project.remedies import nearest
from wikilake.wiki_file import variable_names

WHERE = ("--target", "-t", "--profile", "--profiles-dir", "--project-dir")
"""Options of which target and project."""


class ArgumentsWrong(WikilakeError):
    """Arguments for dbt that make no sense; the message says what to write."""


def where(dbt_arguments: Sequence[str]) -> list[str]:
    """Those that every dbt command needs, whatever it does."""
    chosen: list[str] = []
    for place, argument in enumerate(dbt_arguments):
        if argument in WHERE:
            chosen += dbt_arguments[place : place + 2]
        elif argument.startswith(tuple(f"{option}=" for option in WHERE)):
            chosen.append(argument)
    return chosen


def apart(dbt_arguments: Sequence[str]) -> list[str]:
    """The arguments with `--vars=…` as two, which dbt takes as well."""
    parted: list[str] = []
    for argument in dbt_arguments:
        parted += argument.split("=", 1) if argument.startswith("--vars=") else [argument]
    return parted


def users_variables(dbt_arguments: Sequence[str]) -> dict[str, Any]:
    """The variables of the wiki's file, and those of --vars among arguments for dbt, which win.

    Raises ArgumentsWrong for no mapping, and for a name that is no variable of the project.
    """
    arguments = apart(dbt_arguments)
    of_the_wiki = _of_the_wiki()
    if "--vars" not in arguments:
        return of_the_wiki
    following = arguments[arguments.index("--vars") + 1 :]
    given: Any = None
    with suppress(yaml.YAMLError, RecursionError, ValueError, TypeError):
        read = yaml.safe_load(following[0]) if following else None
        json.dumps(read, default=str)  # how dbt gets them: not inside themselves, no dates as keys
        given = {} if following and read is None else read  # an empty text, as dbt has it
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        said = f"{following[0]!r} is none" if following else "there is none"
        raise ArgumentsWrong(
            f"--vars: write a YAML mapping, {said}. For example: --vars 'loss_error_percent: 5'"
        )
    known = variable_names()
    for name in given.keys() - known:
        raise ArgumentsWrong(
            f"--vars: there is no variable {name!r}.{nearest(name, known)} "
            "models/docs/overview.md describes all of them."
        )
    return of_the_wiki | given


def _of_the_wiki() -> dict[str, Any]:
    """The variables of wikilake.yml, as the command line has put them into a setting."""
    text = settings.value("WIKILAKE_VARIABLES")
    try:
        said = json.loads(text) if text else {}
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise ArgumentsWrong(f"WIKILAKE_VARIABLES: write a JSON object, {text!r} is none.")
    return said
