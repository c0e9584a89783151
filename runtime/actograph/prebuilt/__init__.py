"""Parts made ready for agents: the shapes of questions to people."""
