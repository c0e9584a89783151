"""Typed tasks, entrypoints and low-level graphs: what is right passes both type checkers, and each line marked `# error` fails."""

from __future__ import annotations

from typing import Any

from actograph.channels import LastValue
from actograph.func import entrypoint, task
from actograph.pregel import NodeBuilder, Pregel
from actograph.types import CachePolicy, RetryPolicy


@task
def double(number: int) -> int:
    return number * 2


@task(name="text", retry_policy=RetryPolicy(), cache_policy=CachePolicy())
async def text(number: int, *, sign: str = "-") -> str:
    return sign + str(number)


@entrypoint()
async def flow(number: int) -> str:
    doubled: int = await double(number)
    shown: str = await text(doubled, sign="+")
    wrong: str = await double(number)  # error
    await text("1")  # error
    await text(1, sing="+")  # error
    await double()  # error
    return shown + wrong


@entrypoint()
def sync_flow(number: int) -> entrypoint.final[int, str]:
    future = double(number)
    result: int = future.result()
    bad: str = future.result()  # error
    return entrypoint.final(value=result, save=bad)


node = NodeBuilder().subscribe_only("a").do(lambda value: value + 1).write_to("b", c=3).meta("tag", key=1)
node.subscribe_only(3)  # error
node.write_to(3)  # error
node.add_retry_policies(3)  # error
channels: dict[str, Any] = {"a": LastValue(int), "b": LastValue(int)}
graph: Pregel[Any, Any, Any, Any] = Pregel(
    nodes={"n": node}, channels=channels, input_channels="a", output_channels="b"
)
Pregel(nodes={"n": 3}, channels=channels, input_channels="a", output_channels="b")  # error
Pregel(nodes={"n": node}, channels=channels, input_channels=3, output_channels="b")  # error
graph.invoke(1)
graph.get_graph(xray=True).draw_mermaid()
graph.get_graph(xray="all")  # error
