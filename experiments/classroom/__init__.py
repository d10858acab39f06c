"""The laboratory and the decision game in a browser: one process, one port, no internet.

From the ground up; imports go down only (the contract is in pyproject.toml):

  limits                       what may be sent, and how often
  texts, chart_texts, refusals, game_texts   every word that a page says
  lever, choice                levers as pages show them; what a page has chosen
  watched_run, workbench       a run in pieces; runs in turn
  teams, session_file, session_state, sessions   a class session, without any screen
  classes                      all sessions of a server
  controls                     elements that all pages are built of
  debriefs, desk               what is computed beside the screens
  site                         the frame of every page, facilitators, language
  chart_parts, price_chart, charts, film, tables   what is drawn of a run
  game_parts                   what pages of the game share
  brief_panel, debrief_panel   parts of a team's page
  screen, settings_panel, results_panel          parts of the laboratory
  team_page, start_page, control_page            pages of a team and of a facilitator
  laboratory, players, facilitate                addresses and what they give
  server                       how it starts, and all that it serves
"""
