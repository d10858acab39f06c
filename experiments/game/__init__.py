"""The decision game: seven decisions of a PR team, their briefs, and a debrief of what they did.

  script, told        decisions with their options, and every text around them
  rules               what may be answered when, what may be injected
  world               what is locked for a class: case, seed, draw
  runs                answers -> a response -> a config -> its run
  outlook             a decision in a run, with what has happened until then
  brief               what a team sees: brief_figures and headlines through an outlook
  card                the report card: outcomes beside a reference
  theory              which strategy of crisis communication an answer is
  tracks              runs in threads, each once
  flips, references   other answers; history and other responses
  debrief             the runs of a debrief, put together
  debrief_reading     what these runs say: luck, skill, better answers
  debrief_figures, debrief_words, debrief_frame   figures, texts, and the frame of its pages
  debrief_pages, class_debrief                    the page of a team, the page of a class
  terminal            the game in a terminal; terminal_view, terminal_texts, saved_game
  names               what players typed, as it may be shown

Nothing here knows a browser: that is the room above, `classroom`.
"""
