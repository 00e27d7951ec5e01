"""Connected components of a graph, for SQL: which titles moves have joined.

No SQL that both engines know does this: their recursive queries may not aggregate, and without that
a chain of 100,000 moves takes as many rounds. The walk over pages needs whole components, and this
is all that they need besides SQL.
"""

from __future__ import annotations

import pyarrow as pa

MEMBER = pa.struct([("vertex", pa.int64()), ("component", pa.int64())])
"""A vertex with the smallest vertex of its component."""


def connected_components(starts: pa.Array, ends: pa.Array) -> pa.Array:
    """For each graph, given by the starts and the ends of its edges, its vertices."""
    graphs = zip(starts.to_pylist(), ends.to_pylist(), strict=True)
    found = [components(some_starts or [], some_ends or []) for some_starts, some_ends in graphs]
    return pa.array(
        [[{"vertex": one, "component": root} for one, root in graph.items()] for graph in found],
        pa.list_(MEMBER),
    )


def components(starts: list[int], ends: list[int]) -> dict[int, int]:
    """The smallest vertex of the component of each vertex."""
    parent: dict[int, int] = {}

    def root(vertex: int) -> int:
        while (above := parent.setdefault(vertex, vertex)) != vertex:
            parent[vertex] = vertex = parent[above]
        return vertex

    for start, end in zip(starts, ends, strict=True):
        one, other = sorted((root(start), root(end)))
        parent[other] = one
    return {vertex: root(vertex) for vertex in list(parent)}
