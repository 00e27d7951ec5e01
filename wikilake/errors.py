"""What goes wrong by a user's mistake or the state of a lake, as sentences for the user."""

from __future__ import annotations


class WikilakeError(Exception):
    """Base of the project's errors: one or two plain sentences, the last one says what to do.

    The command line prints the message alone and ends with `exit_code`.
    """

    exit_code = 1
