"""A study: its design, its plan, its runs."""
