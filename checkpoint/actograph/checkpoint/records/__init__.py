"""What every saver of ours stores, and how: packed ids, states as differences, values as deltas, grouped writes. No I/O in here."""
