"""Managed values: state keys that tell a node where its run stands."""

from __future__ import annotations

from actograph.managed.is_last_step import IsLastStep, RemainingSteps

__all__ = ("IsLastStep", "RemainingSteps")
