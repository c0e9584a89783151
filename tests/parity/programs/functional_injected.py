"""functional: Injected

`previous`, `store`, `writer`, `config` and `runtime` by name, in entrypoints and in tasks; what a call passes itself wins.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from actograph.config import get_config, get_stream_writer
from actograph.func import entrypoint, task
from actograph.runtime import Runtime, get_runtime


@dataclass
class Context:
    user: str


@task
def inside(number, *, config=None, runtime=None, writer=None, previous="nothing"):
    writer({"task": "inside", "user": runtime.context.user})
    own = config["metadata"]["langgraph_node"]
    return [number, own, config["configurable"]["thread_id"], previous, runtime is get_runtime()]


@task
def explicit(config, writer="own"):
    return [type(config).__name__, writer == "mine"]


@task
async def by_function():
    get_stream_writer()({"task": "by_function"})
    return [get_config()["metadata"]["langgraph_triggers"], get_config()["tags"], get_runtime(Context).context.user]


def main(t):
    @entrypoint(checkpointer=t.saver(), context_schema=Context)
    def flow(number, *, previous, writer, config, runtime: Runtime[Context]):
        writer({"task": "flow", "previous": previous})
        same = runtime.previous == previous == get_runtime().previous
        passed = explicit({"mine": 1}, writer="mine").result() if number > 1 else None
        return [inside(number).result(), explicit().result()[0], passed, same, config["configurable"]["thread_id"]]

    @entrypoint(context_schema=Context)
    async def aflow(_, runtime: Runtime[Context]):
        return await by_function()

    config = t.thread()
    modes = ["custom", "values"]
    t.record("first run", list(flow.stream(1, config, context={"user": "ada"}, stream_mode=modes)))
    t.record("second run", list(flow.stream(1, config, context=Context("bob"), stream_mode=modes)))
    with t.raises("given twice"):
        entrypoint()(lambda _: inside(1, 2).result()).invoke(1, context=Context("eve"))
    tagged = {"tags": ["blue"], "metadata": {"who": "me"}}
    t.record("async", asyncio.run(aflow.ainvoke(1, tagged, context={"user": "cy"})))
