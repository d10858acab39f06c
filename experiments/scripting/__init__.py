"""What scripts and notebooks call: `import backlash` offers it.

Each of these does what a command does, with the same words, worlds and numbers, and returns what a
command would print or write.
"""
