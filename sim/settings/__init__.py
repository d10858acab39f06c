"""What a run is asked: levers, parameters, choices, typed and refused together."""
