"""A case: what happened, when, with which sources, and the numbers that were observed.

Begin with `case`: what a Case is. `case_file` reads one out of YAML, each part of it in a module of
its own (`events`, `levers`, `targets`, `market`, `shape`), and notes what is wrong in `problems`;
`check` does so for a file that somebody is still writing. `series` and `daily` read the tables
beside it, `timeline` tells a case as text.
"""
