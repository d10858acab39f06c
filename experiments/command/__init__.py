"""`backlash`: what is typed, and what is printed."""
