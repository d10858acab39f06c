"""What a run is asked: levers, parameters, choices, typed and refused together.

Begin with `config`: every setting has its field there, or in `network_config` and `parameters`.
`composition` makes a Config of what is typed; `keys` changes one. `identity` says what of it names
a run, and `worlds` draws what it leaves uncertain.
"""
