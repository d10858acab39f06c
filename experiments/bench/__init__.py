"""The engine beside its rivals, its bars and the machine: `make bench`.

__main__   the questions, in the order of the table
measure    how anything is timed: interleaved, CPU time, ratios inside a round
stage      the runs that are measured, and all of a step but its people
contest    ours against rivals
costs      growth, activity, memory, threads, a whole run
passes     where a person's step goes
machine    memory and start
lines      bars, lines of the table, where they are kept
figure     the ratios as a picture
rivals/    the same model in other forms, written to be plain
"""
