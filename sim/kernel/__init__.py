"""The compiled step of the columnar engine: wiring of the rules."""
