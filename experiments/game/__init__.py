"""The decision game: the decisions of a PR team, their briefs, and a debrief of what they did.

  script              what the script of a case holds; script_file and script_parts read it
  told, sizes         what every game tells of a run; how large injected events are
  moves               answers -> acts of the brand, and what may follow
  rules               what may be answered when, what may be injected
  world               what is locked for a class: case, seed, draw
  runs                answers -> a response -> a config -> its run
  written             reasons and drafted statements, which no run reads
  script_check        what is wrong about a script; script_template begins one
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
