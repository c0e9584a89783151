"""Random graphs as data: what hypothesis draws, and `random_programs` writes out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Inner:
    """A sub-graph in the place of a node."""

    calls: int
    """The node is a function that calls it so often; 0 when it is the node."""
    memory: bool | None
    """What it is compiled with as `checkpointer=`."""
    steps: tuple[Step, ...]
    """Its nodes, one after another."""


@dataclass(frozen=True)
class Note:
    """A call of a `@task` in a node."""

    early: bool
    """Before the questions, or after them."""
    fails: bool
    """Its first call raises."""


@dataclass(frozen=True)
class Step:
    """One node of a sub-graph."""

    is_async: bool
    asks: int
    fails: bool
    notes: tuple[Note, ...]
    parent: tuple[str, ...] | None
    """Where its command sends the graph around it; None when it returns a plain dict."""
    inner: Inner | None
    """A sub-graph in its place."""


@dataclass(frozen=True)
class Node:
    """One node: what it writes, asks, and where it goes."""

    name: str
    is_async: bool
    keys: tuple[str, ...]
    """The channels it writes."""
    asks: int
    """Questions it asks, one after another."""
    fails: bool
    """Its first call raises."""
    notes: tuple[Note, ...]
    goto: tuple[str, ...] | None
    """Targets of the command it returns; None when it returns a plain dict."""
    sends: bool
    """Its command goes by `Send`."""
    defer: bool
    inner: Inner | None = None
    """A sub-graph in its place; of the rest only name and `is_async` count then."""


@dataclass(frozen=True)
class Route:
    """A conditional edge."""

    source: str
    targets: tuple[str, ...]
    sends: bool


@dataclass(frozen=True)
class Case:
    """A graph and what is done with it."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    joins: tuple[tuple[tuple[str, ...], str], ...]
    routes: tuple[Route, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    limit: int
    """Commands and routes lead on while fewer tasks than this have run."""
    durability: str | None
    empty_input: bool
    held: bool
    """On our root, async nodes wait for their answers in place."""
    operations: tuple[tuple[Any, ...], ...] = field(default=())
    """Each what to do in the three situations, which of what there is, a node, a value, how inside, whether to go on."""


PAUSED = (*("map", "inner", "bare") * 3, "partial", "none", "fork", "replay", "update", "input")
STOPPED = ("none", "none", "none", "inner", "inner", "fork", "replay", "update", "input")
IDLE = ("inner", "input", "fork", "replay", "inner", "update", "none")
"""What is done with a thread that waits for answers, with one that stopped otherwise, and with one that is done."""

RARE = st.integers(0, 7).map(lambda number: number == 7)


@st.composite
def notes(draw: st.DrawFn, asks: int, fails: bool) -> tuple[Note, ...]:
    """Mostly none. `asks` is how many questions the node asks; after two of them nothing may fail."""
    made = []
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        early = draw(st.booleans())
        made.append(Note(early=early, fails=fails and (early or asks < 2) and draw(RARE)))
    return tuple(made)


@st.composite
def inners(
    draw: st.DrawFn, names: list[str], asynchronous: bool, pauseless: bool, own_memory: bool, depth: int
) -> Inner:
    """A sub-graph of one to three nodes, which may be sub-graphs again; `own_memory` allows one that it keeps."""
    calls = draw(st.sampled_from([1, 0, 2, 0, 1]))
    inside = asynchronous and (draw(st.booleans()) if calls else True)
    memory = draw(st.sampled_from([None, None, None, None, *([True] * 3 if own_memory else []), False]))
    asking = not pauseless and memory is not False
    steps = []
    for _ in range(draw(st.integers(1, 3))):
        parent = draw(st.lists(st.sampled_from(names), max_size=2)) if draw(RARE) and (depth or not memory) else None
        asks = draw(st.sampled_from([0, 1, 1, 2])) if asking else 0
        steps.append(
            Step(
                is_async=inside and draw(st.booleans()),
                asks=asks,
                fails=draw(RARE) and not pauseless,
                notes=draw(notes(asks, not pauseless)),
                parent=None if parent is None else tuple(parent),
                inner=draw(inners(names, inside, not asking, own_memory, depth - 1)) if depth and draw(RARE) else None,
            )
        )
    return Inner(calls=calls, memory=memory, steps=tuple(steps))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A graph of two to five nodes and up to five operations on its thread."""
    count = draw(st.integers(2, 5))
    names = draw(st.permutations([f"n{index}" for index in range(count)]))
    asynchronous = draw(st.booleans())
    name = st.sampled_from(names)
    rare = RARE
    pauseless = draw(rare) or draw(rare) or draw(rare)
    deferring = draw(rare) or draw(rare)
    nesting = not deferring and draw(st.integers(0, 3)) > 0
    nodes = []
    for own in names:
        commands = draw(st.integers(0, 2)) == 2
        asks, fails = draw(st.sampled_from([0, 0, 0, 1, 2])), draw(rare) and draw(st.booleans())
        more = ["best", "best", "x", "y"] if pauseless else ["best"]
        keys = ("log", "n", *draw(st.lists(st.sampled_from(more), max_size=1)))
        # What counts no steps must not lead on: it could double its tasks until the recursion limit.
        silent = not commands and draw(rare)
        nodes.append(
            Node(
                name=own,
                is_async=asynchronous and draw(st.booleans()),
                keys=() if silent else keys,
                asks=0 if pauseless else asks,
                fails=fails and not pauseless,
                notes=draw(notes(asks, not pauseless)),
                goto=tuple(draw(st.lists(name, max_size=2))) if commands else None,
                sends=draw(st.booleans()) and not deferring,
                defer=deferring and draw(st.booleans()),
            )
        )
    starts = draw(st.lists(name, min_size=1, max_size=2, unique=True))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1])
    edges = {("START", start) for start in starts}
    edges |= {(names[one], names[two]) for one, two in draw(st.lists(pairs, max_size=count))}
    if draw(rare):
        edges.add((draw(name), draw(name)))
    joins = []
    if count > 2 and draw(st.booleans()):
        three = draw(st.permutations(names))[:3]
        joins.append((tuple(three[:2]), three[2]))
    routes = {
        source: Route(
            source, tuple(draw(st.lists(name, min_size=1, max_size=2))), draw(st.booleans()) and not deferring
        )
        for source in draw(st.lists(st.sampled_from(["START", *names]), max_size=2, unique=True))
        if source == "START" or any(node.name == source and node.keys for node in nodes)
    }
    senders = [node.goto for node in nodes if node.sends and node.goto]
    senders += [route.targets for route in routes.values() if route.sends]
    if nesting:
        place = draw(st.sampled_from([*starts, *names, *(end for _, end in edges)]))
        # A sub-graph with memory of its own stands for one place: several calls of it at once would share that.
        alone = not any(place in to for to in senders)
        inner = draw(inners(list(names), asynchronous, pauseless, alone, 1))
        inside = asynchronous and (any(map(is_async, inner.steps)) or draw(st.booleans()))
        nodes = [replace(node, is_async=inside, inner=inner) if node.name == place else node for node in nodes]
    operation = st.tuples(
        st.sampled_from(PAUSED),
        st.sampled_from(STOPPED),
        st.sampled_from(IDLE),
        st.integers(0, 9),
        name,
        st.integers(1, 9),
        st.sampled_from(["update", "fork", "replay"]),
        st.booleans(),
    )
    targets = {name for to in senders for name in to}
    nodes = [calm(node) if node.name in targets else node for node in nodes]
    graphs = [node.inner for node in nodes if node.inner]
    keeping = any(has_memory(inner, True) for inner in graphs)
    durabilities: list[str | None] = ["sync", "exit"] if joins else ["sync", None, "async", "exit"]
    if any(has_memory(inner, False) for inner in graphs):
        durabilities.remove("sync")
    if keeping or any(map(twice, graphs)):
        durabilities.remove("exit")
    if not durabilities:
        joins, durabilities = [], [None]
    breaks = draw(rare) and not keeping
    return Case(
        nodes=tuple(nodes),
        edges=tuple(sorted(edges)),
        joins=tuple(joins),
        routes=tuple(routes.values()),
        before=tuple(draw(st.lists(name, max_size=1))) if breaks else (),
        after=tuple(draw(st.lists(name, max_size=1))) if breaks else (),
        limit=draw(st.integers(2, 9)),
        durability=draw(st.sampled_from(durabilities)),
        empty_input=draw(rare),
        held=draw(st.booleans()),
        operations=tuple(draw(operation) for _ in range(draw(st.integers(2, 6)))),
    )


def is_async(step: Step) -> bool:
    """Whether a node of a sub-graph, or one below it, is async."""
    return step.is_async or (step.inner is not None and any(map(is_async, step.inner.steps)))


def twice(inner: Inner) -> bool:
    """Whether a node calls a sub-graph more than once."""
    return inner.calls > 1 or any(step.inner and twice(step.inner) for step in inner.steps)


def calm(node: Node) -> Node:
    """A node that makes no calls from threads, since many of it run at once."""
    inner = node.inner and calmed(node.inner)
    return replace(node, notes=node.notes if node.is_async else (), inner=inner)


def calmed(inner: Inner) -> Inner:
    steps = (
        replace(step, notes=step.notes if step.is_async else (), inner=step.inner and calmed(step.inner))
        for step in inner.steps
    )
    return replace(inner, steps=tuple(steps))


def has_memory(inner: Inner, kind: bool) -> bool:
    """Whether a sub-graph, or one below it, is compiled with `kind` as its checkpointer."""
    return inner.memory is kind or any(step.inner and has_memory(step.inner, kind) for step in inner.steps)
