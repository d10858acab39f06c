"""Who follows whom, and who shares a chat: drawn, the user's own, or saved.

Begin with `network`: what a Network is, and how it is built. Its ties are drawn by `ties`, or read
from a user's list by `edge_list`, which stands on the `list_...` modules and on `people_file`; or a
file of `saved` holds all of it. `shared` lets runs have one network together, and `figures`
measures what it is like.
"""
