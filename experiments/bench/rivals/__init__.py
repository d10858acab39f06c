"""The rivals: each can be put into the state of a run and take its steps in its own way."""
