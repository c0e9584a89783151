"""What readers see of a run: chunks by mode, on their way from the run to its readers."""
