"""Benchmarks: the same work on Actograph, LangGraph, Burr and pydantic-graph, in interleaved rounds.

Run `python -m benchmarks --help` from the root of the repository. This file imports nothing: the processes that measure
start from it.
"""
