"""A case and a network of one's own."""
