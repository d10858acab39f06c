"""What a step costs, beside every rival that could do the same: `make bench`."""
