"""Embeddings: texts as vectors whose angles tell how alike the texts are."""

from __future__ import annotations

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import Any, cast

from actograph.store.base.paths import get_text_at_path, tokenize_path

__all__ = ("AEmbeddingsFunc", "Embeddings", "EmbeddingsFunc", "ensure_embeddings", "get_text_at_path", "tokenize_path")

EmbeddingsFunc = Callable[[Sequence[str]], list[list[float]]]
"""Takes texts, returns one vector for each."""

AEmbeddingsFunc = Callable[[Sequence[str]], Awaitable[list[list[float]]]]
"""The same, async."""


class Embeddings(ABC):
    """What makes vectors of texts. LangChain's `Embeddings` has the same methods and can be used wherever this one is asked for."""

    @abstractmethod
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text that is to be found."""

    @abstractmethod
    def embed_query(self, text: str) -> list[float]:
        """The vector of a text to search for."""

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """As `embed_documents`; in a worker thread unless overridden."""
        return await asyncio.to_thread(self.embed_documents, texts)

    async def aembed_query(self, text: str) -> list[float]:
        """As `embed_query`; in a worker thread unless overridden."""
        return await asyncio.to_thread(self.embed_query, text)


class _Function(Embeddings):
    def __init__(self, function: EmbeddingsFunc) -> None:
        self._function = function

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._function(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._function([text])[0]


class _AsyncFunction(Embeddings):
    def __init__(self, function: AEmbeddingsFunc) -> None:
        self._function = function

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise self._refusal()

    def embed_query(self, text: str) -> list[float]:
        raise self._refusal()

    def _refusal(self) -> ValueError:
        name = getattr(self._function, "__name__", repr(self._function))
        return ValueError(
            f"the store's embedding function {name} is async: use the store's async methods (aput, asearch), or give it a sync function"
        )

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        return await self._function(texts)

    async def aembed_query(self, text: str) -> list[float]:
        return (await self._function([text]))[0]


class _Duck(Embeddings):
    """An object that has only the sync methods."""

    def __init__(self, of: Any) -> None:
        self.embed_documents = of.embed_documents  # type: ignore[method-assign]
        self.embed_query = of.embed_query  # type: ignore[method-assign]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise AssertionError("replaced in __init__")

    embed_query = embed_documents  # type: ignore[assignment]


def ensure_embeddings(embed: Embeddings | EmbeddingsFunc | AEmbeddingsFunc | str | None) -> Embeddings:
    """`embed` as an object that makes embeddings.

    Parameters:
        embed: such an object (LangChain's too); a function of a list of texts, sync or async; or the name of a model that LangChain's
            `init_embeddings` knows, e.g. "openai:text-embedding-3-small", for which `langchain` has to be installed.

    Raises ValueError when there is none, or the named one cannot be loaded; TypeError for what cannot embed.
    """
    if embed is None:
        raise ValueError('an index needs embeddings: index={"embed": ..., "dims": ...}')
    if isinstance(embed, str):
        return _named(embed)
    if hasattr(embed, "embed_documents") and hasattr(embed, "embed_query"):
        both = hasattr(embed, "aembed_documents") and hasattr(embed, "aembed_query")
        return cast(Embeddings, embed) if both else _Duck(embed)
    if not callable(embed):
        raise TypeError(f"embed must be an embeddings object, a function of a list of texts, or a name, not {embed!r}")
    if inspect.iscoroutinefunction(embed) or inspect.iscoroutinefunction(getattr(type(embed), "__call__", None)):  # noqa: B004
        return _AsyncFunction(cast(AEmbeddingsFunc, embed))
    return _Function(cast(EmbeddingsFunc, embed))


def _named(name: str) -> Embeddings:
    try:
        module = import_module("langchain.embeddings")
    except ImportError:
        raise ValueError(
            f"embeddings {name!r} are loaded by langchain, which is not installed: pip install langchain and the model's own package, or "
            "pass an embeddings object or a function"
        ) from None
    return cast(Embeddings, module.init_embeddings(name))
