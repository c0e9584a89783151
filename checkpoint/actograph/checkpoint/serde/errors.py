"""What goes wrong between values and bytes."""

from __future__ import annotations

__all__ = ("CorruptValueError", "DecodeError", "SerdeError", "UnknownTypeError", "UnserializableTypeError")


class SerdeError(Exception):
    """Base of the errors of the codec."""


class UnserializableTypeError(SerdeError, TypeError):
    """A value was refused when it was written, because it could not come back as what it is.

    Attributes:
        type_name: the type at fault, `module:qualname`.
        key: what was being written, such as a channel's name; None when that is not known.
        path: where in the value, such as `$.items[0].n`; `$` is the value itself.
        reason: why, with the remedy.
    """

    def __init__(self, type_name: str, *, path: str, key: str | None, reason: str) -> None:
        self.type_name = type_name
        self.path = path
        self.key = key
        self.reason = reason
        super().__init__(type_name, path, key, reason)

    def __str__(self) -> str:
        place = f"at `{self.path}`" if self.key is None else f"under {self.key!r}, at `{self.path}`"
        return f"Cannot store a value of type {self.type_name} ({place}): {self.reason}"


class DecodeError(SerdeError, ValueError):
    """Stored bytes that make no value. Nothing of them was run.

    Attributes:
        key: what was being read, such as a channel's name; None when that is not known.
    """

    def __init__(self, message: str, *, key: str | None = None) -> None:
        self.message = message
        self.key = key
        super().__init__(message)

    def __str__(self) -> str:
        return self.message if self.key is None else f"{self.message} (read under {self.key!r})"


class CorruptValueError(DecodeError):
    """Stored bytes that are not the ones written: their checksum or their frame is wrong."""


class UnknownTypeError(DecodeError):
    """Stored bytes name a type that the reading codec does not know.

    Attributes:
        type_name: the name they give.
    """

    def __init__(self, message: str, *, type_name: str, key: str | None = None) -> None:
        self.type_name = type_name
        super().__init__(message, key=key)
