"""A case: what happened, when, with which sources, and the numbers that were observed."""
