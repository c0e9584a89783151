"""What every test shares: a clean environment and hypothesis profiles. Rules for tests are in CONTRIBUTING.md."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# A slow shared machine is no reason to fail a property; the time-out of the test is the limit.
settings.register_profile("short", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("short"), max_examples=1_000)

# Settings of the developer's shell must not change what a run does, and nothing may be sent anywhere.
_FOREIGN = ("ACTOGRAPH_", "LANGGRAPH_", "LANGCHAIN_", "LANGSMITH_")


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        del os.environ[name]
    os.environ["LANGSMITH_TRACING"] = "false"
    expression = str(config.getoption("markexpr"))
    settings.load_profile("short" if "not long" in expression and " or " not in expression else "long")
