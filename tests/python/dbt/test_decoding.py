"""The decoder of titles, as SQL calls it."""

import itertools
import json


def test_titles_of_any_bytes_at_the_borders_of_utf8_are_decoded_without_an_error(lake):
    """DuckDB's decoder is given only what it accepts, and decodes it as Python does."""
    borders = "00 7F 80 8F 90 9F A0 BF C0 C1 C2 DF E0 E1 EC ED EE EF F0 F1 F3 F4 F5 FF".split()
    bytes_ = f"(select '%' || unnest({borders}) as text)"
    shown = lake.dbt(
        "show", "--quiet", "--output", "json", "--inline",
        f"""
        select
            count(*) as cases,
            count_if(
                {{{{ percent_decode('encoded') }}}} is distinct from percent_decode(encoded)
            ) as wrong,
            count_if({{{{ is_encoded_utf8('encoded') }}}}) as accepted
        from (
            select a.text || b.text || c.text || d.text as encoded
            from {bytes_} as a, {bytes_} as b, {bytes_} as c, {bytes_} as d
        )
        """,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stdout
    [found] = json.loads(shown.stdout)["show"]
    lead = [bytes.fromhex(byte) for byte in borders]
    fours = (b"".join(four) for four in itertools.product(lead, repeat=4))
    accepted = sum(four.decode(errors="ignore").encode() == four for four in fours)
    assert found == {"cases": 24**4, "wrong": 0, "accepted": accepted}
