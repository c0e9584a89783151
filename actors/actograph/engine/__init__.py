"""The engine: plans, supersteps, and the actors that run them. It knows channels, tasks and savers, and no user-facing graph class."""
