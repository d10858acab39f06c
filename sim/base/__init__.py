"""What everything stands on: refusals, digests, files, tables of a user's, endings.

Nothing here knows of cases, people or runs. `refusal` is how a user is told what to type instead,
`digest` how things are named, `files` how they are written whole. Tables that users bring are read
by `tables`, with `table_text`, `formats`, `encodings` and `cells` under it.
"""
