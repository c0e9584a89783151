"""Graphs inside nodes: where their runs stand, and how they end with the task that called them."""
