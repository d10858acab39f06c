"""What everything stands on: refusals, digests, files, tables of a user's, endings."""
