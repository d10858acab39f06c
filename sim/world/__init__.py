"""What is not an agent, as it changes in a step: both engines call it with the same rows.

In the order of a step: it opens (`opening`: events, `waves`, what stays `unanswered`, acts that
come `in_force`), people receive what was said (`receiving`), the platform closes it (`hot_list`),
and the record takes its row (`recording`). All of these go through `changes` and `angles`.
"""
