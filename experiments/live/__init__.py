"""An affair in progress: an export of mentions, worlds that agree with it, what comes next.

table -> columns -> moments -> counts -> affair     what was seen, hour by hour, in a folder
draws -> agreeing -> ahead -> choice                worlds, their weights, branches, decisions
now, record                                         the report, and what it was worth later
"""
