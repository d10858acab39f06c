"""The classroom: a laboratory and a decision game in the browser (extra `ui`)."""
