"""The parity suite: each program runs on `actograph` and on `langgraph`, and what it observes must be equal."""
