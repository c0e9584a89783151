"""The event stream: a run read through projections, which transformers build of its events.

`graph.stream_events(input, version="v3")` returns a `GraphRunStream`, `await graph.astream_events(input, version="v3")` an
`AsyncGraphRunStream`.
"""

from __future__ import annotations

from actograph.stream.events import ProtocolEvent
from actograph.stream.run_stream import (
    AsyncGraphRunStream,
    AsyncSubgraphRunStream,
    GraphRunStream,
    SubgraphRunStream,
)
from actograph.stream.stream_channel import StreamChannel
from actograph.stream.transformer import StreamTransformer
from actograph.stream.transformers import (
    CheckpointsTransformer,
    CustomTransformer,
    DebugTransformer,
    LifecyclePayload,
    LifecycleTransformer,
    SubgraphStatus,
    SubgraphTransformer,
    TasksTransformer,
    UpdatesTransformer,
)

__all__ = (
    "AsyncGraphRunStream",
    "AsyncSubgraphRunStream",
    "CheckpointsTransformer",
    "CustomTransformer",
    "DebugTransformer",
    "GraphRunStream",
    "LifecyclePayload",
    "LifecycleTransformer",
    "ProtocolEvent",
    "StreamChannel",
    "StreamTransformer",
    "SubgraphRunStream",
    "SubgraphStatus",
    "SubgraphTransformer",
    "TasksTransformer",
    "UpdatesTransformer",
)
