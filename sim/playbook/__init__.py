"""What a brand can do: each kind of act declared once, and a response as a list of acts.

Everything else follows from the declarations in `kinds`: settings and their refusals, the columns
of the engines' table of acts, case files, templates, laboratory, figures, docs/parameters.md,
completion. `act` says what an act is, `names` what acts are called, `lists` how they are written,
`refusals` what no `response` can be. Uncertainties (what nobody chooses) are in
`sim.settings.parameters`.
"""
