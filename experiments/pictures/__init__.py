"""Frames -> Axes -> bytes, and every word on them; nothing of the simulator."""
