"""The command line: what is typed, what is printed, what the Tab key offers.

cli          the table of commands; exit codes
points       run, demo, carriers, network: one design point
studies      sweep, status, analyse, report, export
fits         calibrate
cases        case show, check, score, new
words        settings that a command takes off its words
printed      tables and JSON
console      nothing that is printed can move the cursor
completion   Tab completion
"""
