"""What a run starts from and changes, as declared tables of numbers."""
