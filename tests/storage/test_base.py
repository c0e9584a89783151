"""The public base of savers: names, ids, metadata, and what the interface does by itself."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import subprocess
import sys
import threading
import uuid
from typing import Any

import pytest

from actograph.checkpoint import base
from actograph.checkpoint.base import (
    BaseCheckpointSaver,
    CheckpointTuple,
    EmptyChannelError,
    RunnableConfig,
    copy_checkpoint,
    create_checkpoint,
    empty_checkpoint,
    get_checkpoint_id,
    get_checkpoint_metadata,
    get_serializable_checkpoint_metadata,
)
from actograph.checkpoint.base.id import UUID, new_checkpoint_id, uuid6
from actograph.checkpoint.serde.base import maybe_add_typed_methods
from actograph.checkpoint.serde.errors import UnserializableTypeError
from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer

MODULES = ["base", "base.id", "serde.base", "serde.types", "serde.jsonplus"]
# What LangGraph's modules contain in passing: typing helpers, codes of its wire format, things of later issues.
NOT_OFFERED = {
    "base": {"EncryptedSerializer", "logger"},
    "serde.jsonplus": {
        "EMPTY_BYTES", "EXT_CONSTRUCTOR_KW_ARGS", "EXT_CONSTRUCTOR_POS_ARGS", "EXT_CONSTRUCTOR_SINGLE_ARG", "EXT_DELTA_SNAPSHOT",
        "EXT_METHOD_SINGLE_ARG", "EXT_NUMPY_ARRAY", "EXT_PYDANTIC_V1", "EXT_PYDANTIC_V2", "LC_REVIVER", "logger", "Item", "Reviver",
        "SendProtocol", "emit_serde_event",
    },
    "serde.types": {"C"},
}  # fmt: skip


def theirs(name: str) -> Any:
    return importlib.import_module(f"langgraph.checkpoint.{name}")


def public(module: Any) -> dict[str, Any]:
    found = {}
    for name, value in vars(module).items():
        origin = getattr(value, "__module__", None) or ""
        if (
            name.startswith("_")
            or inspect.ismodule(value)
            or name in ("annotations", "TYPE_CHECKING")
            or hasattr(value, "__bound__")
        ):
            continue
        if origin.startswith(
            ("typing", "collections", "langchain", "datetime", "enum", "uuid", "ipaddress", "zoneinfo", "inspect")
        ):
            continue
        found[name] = value
    return found


@pytest.mark.parametrize("name", MODULES)
def test_names_and_parameters_are_langgraphs(name: str) -> None:
    ours = importlib.import_module(f"actograph.checkpoint.{name}")
    for attribute, value in public(theirs(name)).items():
        if attribute in NOT_OFFERED.get(name, ()):
            continue
        assert hasattr(ours, attribute), attribute
        mine = getattr(ours, attribute)
        if isinstance(value, (str, int, dict)):
            assert mine == value
        elif inspect.isfunction(value):
            assert parameters(mine) == parameters(value), attribute
        elif inspect.isclass(value):
            assert set(fields(value)) <= set(fields(mine)), attribute
            for method, function in vars(value).items():
                if (not method.startswith("_") or method == "__init__") and inspect.isfunction(function):
                    extra = {"types", "registry"} if attribute == "JsonPlusSerializer" else set()
                    if "Protocol" not in attribute or method != "__init__":
                        got = [item for item in parameters(getattr(mine, method)) if item[0] not in extra]
                        want = [item for item in parameters(function) if "unpack_ext_hook" not in item[0]]
                        assert got == want, (attribute, method)


def parameters(function: Any) -> list[tuple[str, Any]]:
    return [(name, parameter.kind) for name, parameter in inspect.signature(function).parameters.items()]


def fields(cls: type) -> list[str]:
    return [
        name for base_ in cls.__mro__ for name in vars(base_).get("__annotations__", {}) if not name.startswith("_")
    ]


# Ids.


def test_ids_increase_strictly_over_threads() -> None:
    made: list[list[str]] = [[] for _ in range(4)]
    start = threading.Barrier(4)

    def work(mine: list[str]) -> None:
        start.wait()
        for _ in range(5000):
            mine.append(new_checkpoint_id())

    threads = [threading.Thread(target=work, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in made)
    assert len({item for mine in made for item in mine}) == 20_000


def test_ids_are_uuid_6_and_tell_the_time() -> None:
    import time

    before = time.time_ns() // 100
    first, second, third = uuid.UUID(new_checkpoint_id()), uuid6(), UUID(new_checkpoint_id())
    after = time.time_ns() // 100
    assert str(first) < str(second) < str(third)
    assert first.version == second.version == 6 and first.variant == uuid.RFC_4122
    for item in (second, third):
        assert before - 10 <= item.time - 0x01B21DD213814000 <= after + 10
    assert uuid6(node=3, clock_seq=5).fields[3:] == (0x80, 5, 3)
    assert uuid6(clock_seq=-2).fields[3:5] == (0xBF, 0xFE)
    their = theirs("base.id")
    value = "1f1e65a7-ddaf-6433-9ee0-4f547f1033f6"
    assert UUID(value).time == their.UUID(value).time
    value = "0192f2a4-5b5c-7abc-8def-0123456789ab"
    assert (UUID(value).time, UUID(value).subsec) == (their.UUID(value).time, their.UUID(value).subsec)
    assert UUID(bytes=b"\x01" * 16, version=8).version == 8
    assert UUID(hex=value) == uuid.UUID(value)
    with pytest.raises(ValueError, match="version 9"):
        UUID(value, version=9)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_makes_other_ids() -> None:
    program = """
import os
from actograph.checkpoint.base.id import new_checkpoint_id
new_checkpoint_id()
read, write = os.pipe()
pid = os.fork()
if pid == 0:
    os.write(write, new_checkpoint_id()[19:].encode())
    os._exit(0)
os.waitpid(pid, 0)
print(os.read(read, 100).decode(), new_checkpoint_id()[19:])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    child, parent = done.stdout.split()
    assert child != parent


# Checkpoints and metadata.


def test_checkpoints_are_shaped_as_langgraphs() -> None:
    mine, their = empty_checkpoint(), theirs("base").empty_checkpoint()
    their.pop("pending_sends", None)  # of an older format: stored checkpoints do not have it
    assert mine.keys() == their.keys()
    assert {key: value for key, value in mine.items() if key not in ("id", "ts")} == {
        key: value for key, value in their.items() if key not in ("id", "ts")
    }


class Channel:
    def __init__(self, value: Any) -> None:
        self.value = value

    def checkpoint(self) -> Any:
        if self.value is None:
            raise EmptyChannelError
        return self.value


def test_create_and_copy_checkpoint() -> None:
    first = empty_checkpoint()
    first["channel_versions"] = {"a": 1, "b": 2, "gone": 3}
    first["versions_seen"] = {"n": {"a": 1}}
    first["updated_channels"] = ["a"]
    channels: Any = {"a": Channel(1), "b": Channel(None), "c": Channel(3), "gone": Channel(base.functions.MISSING)}
    second = create_checkpoint(first, channels, 4)
    assert second["channel_values"] == {"a": 1}
    assert second["id"] > first["id"] and second["channel_versions"] == first["channel_versions"]
    assert create_checkpoint(first, None, 4, id="given")["id"] == "given"
    copy = copy_checkpoint(first)
    copy["channel_values"]["x"] = copy["channel_versions"]["x"] = 1
    copy["versions_seen"]["n"]["x"] = 1
    assert copy["updated_channels"] is not None
    copy["updated_channels"].append("x")
    assert first["channel_values"] == {} and "x" not in first["channel_versions"]
    assert first["versions_seen"] == {"n": {"a": 1}} and first["updated_channels"] == ["a"]


CONFIGS: list[Any] = [
    {"configurable": {}},
    {
        "configurable": {
            "thread_id": "t",
            "checkpoint_id": "c",
            "checkpoint_ns": "n",
            "user": "u",
            "__x": 1,
            "n": 1,
            "f": 1.5,
            "b": True,
        }
    },
    {
        "configurable": {"o": object(), "none": None, "list": [1], "nul": "a\x00b", "step": 9, "k": "conf"},
        "metadata": {"k": "meta", "__p": "1"},
    },
    {
        "configurable": {"langgraph_node": "x"},
        "metadata": {"langgraph_step": 3, "run_id": "r", "d": {"a": 1}, "ok": "y\x00"},
        "tags": ["t"],
    },
]


@pytest.mark.parametrize("config", CONFIGS)
def test_metadata_is_merged_as_langgraph_does(config: Any) -> None:
    metadata: Any = {"source": "loop", "step": 1, "parents": {}, "writes": {"a": 1}, "nul": "x\x00y"}
    their = theirs("base")
    assert get_checkpoint_metadata(config, metadata) == their.get_checkpoint_metadata(config, metadata)
    assert get_serializable_checkpoint_metadata(config, metadata) == their.get_serializable_checkpoint_metadata(
        config, metadata
    )
    assert get_checkpoint_id(config) == their.get_checkpoint_id(config)
    assert metadata["nul"] == "x\x00y"


# The interface.


def test_a_missing_method_is_named() -> None:
    class Half(BaseCheckpointSaver[int]):
        pass

    saver = Half()
    config: RunnableConfig = {"configurable": {"thread_id": "t"}}
    with pytest.raises(NotImplementedError, match=r"Half has no method get_tuple\(\)"):
        saver.get(config)
    with pytest.raises(NotImplementedError, match=r"Half has no method list\(\)"):
        next(saver.list(config))
    for method in ("put", "put_writes", "delete_thread", "delete_for_runs", "copy_thread", "prune"):
        function = getattr(saver, method)
        arguments = [None] * sum(
            p.default is p.empty and p.kind is not p.KEYWORD_ONLY
            for p in inspect.signature(function).parameters.values()
        )
        with pytest.raises(NotImplementedError, match=method):
            function(*arguments)
        with pytest.raises(NotImplementedError, match=f"a{method}"):
            asyncio.run(getattr(saver, f"a{method}")(*arguments))

    async def listing() -> None:
        async for _ in saver.alist(config):
            raise AssertionError("there is nothing to list")

    with pytest.raises(NotImplementedError, match="alist"):
        asyncio.run(listing())
    with pytest.raises(NotImplementedError, match="aget_tuple"):
        asyncio.run(saver.aget(config))
    assert saver.config_specs == []


def test_versions() -> None:
    saver: BaseCheckpointSaver[Any] = BaseCheckpointSaver()
    assert [saver.get_next_version(current, None) for current in (None, 3, 3.5)] == [1, 4, 4.5]
    with pytest.raises(NotImplementedError, match="'x'"):
        saver.get_next_version("x", None)


def tuples() -> dict[str, Any]:
    def config(id: str) -> RunnableConfig:
        return {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": id}}

    def make(id: str, parent: str | None, values: dict[str, Any], writes: Any) -> CheckpointTuple:
        checkpoint = empty_checkpoint()
        checkpoint["id"] = id
        checkpoint["channel_values"] = values
        return CheckpointTuple(config(id), checkpoint, {}, config(parent) if parent else None, writes)

    return {
        "1": make("1", None, {"x": "first", "y": None}, [("t", "x", "w1"), ("t", "y", "yw1")]),
        "2": make("2", "1", {"z": "zz"}, [("t1", "x", "w2a"), ("t2", "x", "w2b"), ("t2", "q", "w")]),
        "3": make("3", "2", {"y": "own"}, [("t", "x", "w3")]),
        "4": make("4", "3", {}, None),
    }


def test_delta_history_is_langgraphs() -> None:
    stored = tuples()

    class Ours(BaseCheckpointSaver[int]):
        def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
            return stored.get(config["configurable"]["checkpoint_id"])

        async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
            return self.get_tuple(config)

    their: Any = type("Theirs", (theirs("base").BaseCheckpointSaver,), {"get_tuple": Ours.get_tuple})
    for id in ("1", "2", "3", "4", "9"):
        for channels in (["x", "y", "q", "z"], ["x"], []):
            config: RunnableConfig = {"configurable": {"thread_id": "t", "checkpoint_id": id}}
            want = their().get_delta_channel_history(config=config, channels=channels)
            assert Ours().get_delta_channel_history(config=config, channels=channels) == want
            assert asyncio.run(Ours().aget_delta_channel_history(config=config, channels=channels)) == want


class Thing:
    pass


def test_serializers_and_allow_lists() -> None:
    class Untyped:
        def dumps(self, obj: Any) -> bytes:
            return repr(obj).encode()

        def loads(self, data: bytes) -> Any:
            return data.decode()

    saver: BaseCheckpointSaver[int] = BaseCheckpointSaver(serde=Untyped())  # type: ignore[arg-type]
    assert saver.serde.dumps_typed(5) == ("int", b"5")
    assert saver.serde.loads_typed(("int", b"5")) == "5"
    saver.join_types({"a": Thing})
    assert saver.with_allowlist([("a", "b")]) is saver
    own = JsonPlusSerializer()
    assert maybe_add_typed_methods(own) is own

    saver = BaseCheckpointSaver()
    other: BaseCheckpointSaver[int] = BaseCheckpointSaver()
    assert saver.serde is not other.serde  # types joined for one saver are not another's
    wider = saver.with_allowlist([(CheckpointTuple.__module__, "CheckpointTuple")])
    value = tuples()["4"]
    assert wider.serde.loads_typed(wider.serde.dumps_typed(value)) == value
    with pytest.raises(UnserializableTypeError, match="CheckpointTuple"):
        saver.serde.dumps_typed(value)
    assert saver.with_allowlist([]) is saver
