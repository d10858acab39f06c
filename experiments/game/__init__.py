"""The decision game: its script, its rules, its runs, what a team sees, and the debrief."""
