"""Blocks of a raw file hold all of its lines, whatever their lengths."""

import random

import pytest

from wikilake.lake import raw_lines


@pytest.mark.parametrize("attempt", range(30))
def test_blocks_hold_all_lines_in_their_order_and_beginnings_of_long_ones(monkeypatch, attempt):
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    monkeypatch.setattr(raw_lines, "LONGEST_LINE", 50)
    monkeypatch.setattr(raw_lines, "BEGINNING", 20)
    content = b"".join(
        chance.choice([b"\n", b"a", b"b" * chance.randrange(30), b"c" * 60, b"\r", b"\xff"])
        for _ in range(chance.randrange(200))
    )
    place, size, passed = 0, chance.randrange(1, 51), []

    def read(length: int) -> bytes:
        nonlocal place
        piece = content[place : place + chance.randrange(1, length + 1)]
        place += len(piece)
        return piece

    found, sizes, open_ends = [], 0, []
    for block in raw_lines.blocks_of_lines(read, size, passed.append):
        sizes += block.size
        open_ends.append(not block.has_end)
        assert len(block.text) <= 50 + 1 + size
        assert b"".join(passed)[:sizes] == b"".join(passed) == content[:sizes]
        if block.is_too_long:
            found.append((block.text, block.size - block.has_end))
        else:
            found += [(line, len(line)) for line in block.text.removesuffix(b"\n").split(b"\n")]
    lines = content.split(b"\n")
    lines = lines[:-1] if not lines[-1] else lines
    assert found == [(line if len(line) <= 50 else line[:20], len(line)) for line in lines]
    assert sizes == len(content)
    assert not any(open_ends[:-1])
    assert not content or open_ends[-1] != content.endswith(b"\n")
