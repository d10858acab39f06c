"""The same rules as Mesa agents, to read and to extend."""
