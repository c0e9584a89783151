"""A drawn case as the text of a program that stands alone."""

from __future__ import annotations

from .random_cases import Case, Inner, Node, Note, Route, Step, has_memory
from .random_cases import is_async as asynchronous
from .random_text import HEAD, TAIL


def program_of(case: Case) -> str:
    """The case as a program that stands alone."""
    runs_async = any(node.is_async for node in case.nodes)
    constants = {
        "LIMIT": case.limit,
        "HELD": case.held,
        "ASYNC": runs_async,
        "DURABILITY": case.durability,
        "EMPTY_INPUT": case.empty_input,
        "DEFERRED": [node.name for node in case.nodes if node.defer],
        "MEMORY": any(node.inner and has_memory(node.inner, True) for node in case.nodes),
        "BEFORE": list(case.before),
        "AFTER": list(case.after),
        "STEPS": {path: names for node in case.nodes if node.inner for path, names in _steps(node.name, node.inner)},
        "OPERATIONS": list(case.operations),
    }
    lines = ["def build(t):", "    builder = StateGraph(State)"]
    for node in case.nodes:
        lines += _node(node) if node.inner is None else _nested(node.name, node.is_async, node.inner, "builder", 1)
    for start, end in case.edges:
        lines.append(f"    builder.add_edge({start if start == 'START' else repr(start)}, {end!r})")
    for starts, end in case.joins:
        lines.append(f"    builder.add_edge({list(starts)!r}, {end!r})")
    for number, route in enumerate(case.routes):
        lines += _route(number, route)
    lines.append("    return builder")
    return (
        HEAD
        + "\n".join(f"{name} = {value!r}" for name, value in constants.items())
        + "\n\n\n"
        + "\n".join(lines)
        + "\n"
        + TAIL
    )


def _node(node: Node) -> list[str]:
    lines = ["", f"    {'async ' if node.is_async else ''}def {node.name}(state):"]
    if node.fails:
        lines.append(f"        fail_once({node.name!r})")
    lines += _body(node.name, node.is_async, node.asks, node.notes, "        ")
    values = {
        "log": f"[f\"{node.name} {{state.get('n', 0)}} {{state.get('x')}} {{found}}\"]",
        "n": "1",
        "x": "state.get('n', 0)",
        "y": "state.get('n', 0)",
        "best": "state.get('n', 0) + 1",
    }
    update = "{" + ", ".join(f"{key!r}: {values[key]}" for key in node.keys) + "}"
    if node.goto is None:
        lines.append(f"        return {update if node.keys else 'None'}")
    else:
        target = "Send(name, {'n': state.get('n', 0) + 3, 'x': 7})" if node.sends else "name"
        lines.append(f"        goto = [{target} for name in {list(node.goto)!r}] if going_on(state) else []")
        lines.append(f"        return Command(update={update}, goto=goto)")
    lines += ["", f"    builder.add_node({node.name!r}, {node.name}{', defer=True' if node.defer else ''})"]
    return lines


def _body(name: str, is_async: bool, asks: int, notes: tuple[Note, ...], pad: str) -> list[str]:
    """What a node does first: its calls and questions; their results are `found`."""
    lines = [f"{pad}found = []"]
    early = [index for index, note in enumerate(notes) if note.early]
    late = [index for index, note in enumerate(notes) if not note.early]

    def call(index: int) -> str:
        arguments = f"{f'{name}!{index}'!r}, state.get('n', 0), {notes[index].fails}"
        return f"await anote({arguments})" if is_async else f"note({arguments}).result()"

    def ask(index: int) -> str:
        return f"await ask(t, {f'{name}?{index}'!r})" if is_async else f"interrupt({f'{name}?{index}'!r})"

    found = [*map(call, early), *map(ask, range(asks)), *map(call, late)]
    return lines + [f"{pad}found.append({each})" for each in found]


def _steps(name: str, inner: Inner) -> list[tuple[str, list[str]]]:
    """The nodes of a sub-graph and of those below it."""
    own = [f"{name}_{index}" for index in range(len(inner.steps))]
    below = [_steps(path, step.inner) for path, step in zip(own, inner.steps, strict=True) if step.inner is not None]
    return [(name, own), *(pair for pairs in below for pair in pairs)]


def _nested(name: str, is_async: bool, inner: Inner, builder: str, depth: int) -> list[str]:
    """A sub-graph, as the node `name` of `builder`."""
    pad = "    " * depth
    lines = ["", f"{pad}def build_{name}():"]
    graph = f"inner{depth}"
    lines.append(f"{pad}    {graph} = StateGraph(InnerState, input_schema=InnerInput, output_schema=InnerOutput)")
    before = "START"
    for index, step in enumerate(inner.steps):
        own = f"{name}_{index}"
        if step.inner is None:
            lines += _step(own, step, graph, f"{pad}    ")
        else:
            lines += _nested(
                own, step.is_async or any(map(asynchronous, step.inner.steps)), step.inner, graph, depth + 1
            )
        lines.append(f"{pad}    {graph}.add_edge({before if before == 'START' else repr(before)}, {own!r})")
        before = own
    lines.append(f"{pad}    return {graph}.compile(checkpointer={inner.memory!r})")
    lines.append("")
    lines.append(f"{pad}{name}_graph = build_{name}()")
    if not inner.calls:
        return [*lines, f"{pad}{builder}.add_node({name!r}, {name}_graph)"]
    call = f"await {name}_graph.ainvoke" if is_async else f"{name}_graph.invoke"
    return [
        *lines,
        "",
        f"{pad}{'async ' if is_async else ''}def {name}(state):",
        f"{pad}    log = []",
        *[
            line
            for index in range(inner.calls)
            for line in (
                f"{pad}    found = {call}({{'x': state.get('x') or {index}, 'n': state.get('n', 0)}})",
                f"{pad}    log += (found or {{}}).get('log', [])",
            )
        ],
        f"{pad}    return {{'log': log, 'n': 1}}",
        "",
        f"{pad}{builder}.add_node({name!r}, {name})",
    ]


def _step(name: str, step: Step, graph: str, pad: str) -> list[str]:
    lines = ["", f"{pad}{'async ' if step.is_async else ''}def {name}(state):"]
    if step.fails:
        lines.append(f"{pad}    fail_once({name!r})")
    lines += _body(name, step.is_async, step.asks, step.notes, f"{pad}    ")
    text = f"f\"{name} {{state.get('n', 0)}} {{state.get('x')}} {{found}}\""
    update = f"{{'log': [{text}], 'n': 1}}"
    if step.parent is None:
        lines.append(f"{pad}    return {update}")
    else:
        lines.append(f"{pad}    if going_on(state):")
        lines.append(
            f"{pad}        return Command(graph=Command.PARENT, update={{'log': [{text}], 'n': 1}}, goto={list(step.parent)!r})"
        )
        lines.append(f"{pad}    return {update}")
    lines += ["", f"{pad}{graph}.add_node({name!r}, {name})"]
    return lines


def _route(number: int, route: Route) -> list[str]:
    target = "Send(name, {'n': state.get('n', 0) + 3, 'x': 8})" if route.sends else "name"
    return [
        "",
        f"    def route{number}(state):",
        f"        return [{target} for name in {list(route.targets)!r}] if going_on(state) else END",
        "",
        f"    builder.add_conditional_edges({route.source if route.source == 'START' else repr(route.source)}, route{number})",
    ]
