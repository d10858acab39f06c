"""An affair in progress: an export of mentions, worlds that agree with it, what comes next.

table -> columns -> moments -> counts -> seen -> affair   what was seen, hour by hour, in a folder
draws -> agreeing -> candidates -> ahead -> choice        worlds, their weights, branches, decisions
noise                                                     how far counts lie from worlds, fitted
now, record, gallery                                      the report, what it was worth, replays
"""
