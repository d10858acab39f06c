"""Class sessions: a class of many teams keeps its pace, its secrets and its state."""

import json
import threading
import time
from dataclasses import fields

import pytest
from games import DECISIONS, EVENTS

from experiments.classroom import classes as classes_module
from experiments.classroom import course as course_module
from experiments.classroom import debriefs as debriefs_module
from experiments.classroom import limits, messages, session_file, session_state, sessions, teams
from experiments.classroom.classes import Classroom
from experiments.classroom.course import RETRY_S, Course
from experiments.classroom.debriefs import Debriefs, debrief_minutes
from experiments.classroom.desk import Desk, frozen
from experiments.classroom.game_texts import TEXTS, say
from experiments.classroom.limits import Limiter, Refused
from experiments.game import rules
from experiments.game.names import NAME_LENGTH
from experiments.game.rules import Injection
from experiments.game.world import World
from experiments.game.written import ROOM
from sim.base.refusal import ConfigError

WORLD = World("xiaomi_2026", 3, 0)
KEYS = [decision.key for decision in DECISIONS]


class Clock:
    """A clock that stands still unless it is moved."""

    def __init__(self):
        self.now = 1_767_578_400.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def classroom(tmp_path, clock):
    return Classroom(tmp_path, clock)


@pytest.fixture
def session(classroom):
    return classroom.create(WORLD, "10b")


def joined(session, *names):
    """Numbers of new teams."""
    return [session.number_of(session.join(name)) for name in names]


def some_answer(session, number, last=True):
    """The last (or first) option that is left of each question."""
    offered = session.view(number).decision
    return {q.key: q.options[-1 if last else 0].key for q in offered.questions}


def answer(session, number, **which):
    session.answer(number, session.decision_key, some_answer(session, number, **which))


def refused(key, call, *arguments):
    with pytest.raises(Refused) as refusal:
        call(*arguments)
    assert refusal.value.key == key
    assert say(key, "en", **refusal.value.values) != say(key, "zh", **refusal.value.values)


# codes and tokens


def test_a_join_code_cannot_be_guessed_in_a_lesson(classroom):
    codes = {classroom.create(WORLD).code for _ in range(limits.MAX_OPEN_SESSIONS)}
    assert len(codes) == limits.MAX_OPEN_SESSIONS
    assert all(len(code) >= 8 and set(code) <= set(limits.ALPHABET) for code in codes)
    assert not set("01ILO") & set(limits.ALPHABET) and len(set(limits.ALPHABET)) == 31
    lesson_s = 90 * 60
    guesses = limits.MAX_CLIENTS * (limits.WRONG_CODES + lesson_s * limits.WRONG_CODES_PER_S)
    assert guesses * limits.MAX_OPEN_SESSIONS / 31**limits.CODE_LENGTH < 2e-5


def test_wrong_codes_are_counted_for_each_client(classroom, session, clock):
    for _ in range(limits.WRONG_CODES):
        refused("wrong_code", classroom.join, "ABCDEFGH", "Red", "10.0.0.9")
    refused("too_fast", classroom.join, "ABCDEFGH", "Red", "10.0.0.9")
    refused("too_fast", classroom.join, session.code, "Red", "10.0.0.9")
    classroom.join(session.code, "Blue", "10.0.0.8")  # the neighbour is not affected
    clock.now += 31
    classroom.join(session.code, "Red", "10.0.0.9")
    assert [row.name for row in session.roster()] == ["Blue", "Red"]


def test_a_code_may_be_typed_as_people_type(classroom, session):
    typed = f" {limits.shown_code(session.code).lower()} "
    assert classroom.of_code(typed) is session
    for wrong in ("", None, 7, session.code[:-1], session.code + "A", "x" * 10_000, "../../etc"):
        assert classroom.of_code(wrong) is None


def test_a_token_brings_a_team_back_and_is_kept_nowhere(classroom, session, tmp_path):
    token = session.join("Red")
    session.join("Blue")
    assert classroom.of_token(token) == (session, 1)
    assert len(token) >= 32
    assert token not in (tmp_path / f"{session.id}.json").read_text()
    for wrong in (None, "", "x", token[:-1], token + "x", session.code, "\ud800", "x" * 10**6):
        refused("no_such_link", classroom.of_token, wrong)


def test_a_lost_link_is_replaced_and_the_old_one_ends(classroom, session):
    old = session.join("Red")
    new = session.new_link(1)
    assert classroom.of_token(new) == (session, 1)
    refused("no_such_link", classroom.of_token, old)


# names


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("", "name_length"),
        ("   ", "name_length"),
        ("x" * (NAME_LENGTH + 1), "name_length"),
        ("x" * 100_000, "name_length"),
        ("a\nb", "name_characters"),
        ("a\x00b", "name_characters"),
        ("a\x1b[31mb", "name_characters"),
        ("a\u202eb", "name_characters"),
        ("a\u200bb", "name_characters"),
        ("\ud800", "name_characters"),
        ("\u3164", "name_characters"),
        ("\u2800 \u2800", "name_characters"),
        ("\u0301", "name_characters"),
        (None, "name_characters"),
        (["a"], "name_characters"),
        (7, "name_characters"),
    ],
)
def test_a_name_that_cannot_be_shown_is_refused(session, raw, key):
    refused(key, session.join, raw)
    assert not session.roster()


def test_names_are_one_line_and_nobody_takes_anothers(session):
    joined(session, "  Red \u3000 team ", "红队")
    assert [row.name for row in session.roster()] == ["Red team", "红队"]
    refused("name_taken", session.join, "RED TEAM")
    refused("name_taken", session.join, "\uff32ed team")  # a full-width R


def test_markup_in_a_name_is_text(session, tmp_path):
    name = "<img src=x onerror=alert(1)>"
    joined(session, name)
    assert session.name_of(1) == name
    assert json.loads((tmp_path / f"{session.id}.json").read_text())["teams"][0]["name"] == name


# pacing


def test_the_facilitator_sets_the_pace(session):
    refused("no_teams", session.open)
    [red] = joined(session, "Red")
    refused("not_now", session.answer, red, KEYS[0], {})
    assert session.view(red).decision is None
    for k, key in enumerate(KEYS):
        session.open()
        assert session.decision_key == key and session.view(red).number == k + 1
        refused("not_now", session.open)
        answer(session, red)
        session.close()
        refused("not_now", session.close)
        refused("not_now", session.answer, red, key, some_answer(session, red))
    refused("no_more_decisions", session.open)
    session.end()
    refused("ended", session.end)
    refused("ended", session.join, "Late")
    rules.check(session.view(red).choices, WORLD)
    assert list(session.view(red).choices) == KEYS


def test_who_does_not_answer_in_time_does_nothing(session, clock):
    red, blue = joined(session, "Red", "Blue")
    session.open(2)
    answer(session, red)
    clock.now += 119
    assert session.view(blue).phase == "open" and session.view(blue).seconds_left == 1
    clock.now += 1
    assert session.glance()[1] is None and session.phase == "closed"
    view = session.view(blue)
    assert view.nothing == (KEYS[0],)
    assert view.choices[KEYS[0]] == rules.nothing(DECISIONS[0])
    assert session.view(red).nothing == ()
    closing = session.log[-1]
    assert closing["what"] == "close" and closing["by"] == "clock"
    assert closing["did_nothing"] == [blue]
    refused("not_now", session.answer, blue, KEYS[0], some_answer(session, blue))


def test_the_clock_may_be_set_again_or_taken_away(session, clock):
    joined(session, "Red")
    session.open(1)
    session.set_clock(5)
    clock.now += 200
    assert session.glance()[1] == 100
    session.set_clock(None)
    clock.now += 10_000
    assert session.phase == "open" and session.glance()[1] is None
    for wrong in (0, -1, float("nan"), float("inf"), 1e9, "5", True):
        refused("minutes", session.set_clock, wrong)


def test_an_answer_may_be_changed_until_the_decision_closes(session):
    [red] = joined(session, "Red")
    session.open()
    answer(session, red, last=False)
    answer(session, red, last=True)
    assert session.view(red).answer == some_answer(session, red)
    times = [entry["what"] for entry in session.log].count("answer")
    assert times == 2
    for _ in range(limits.MAX_REVISIONS - 2):
        answer(session, red)
    refused("too_many_revisions", session.answer, red, KEYS[0], some_answer(session, red))


def test_what_a_team_writes_is_kept_shown_to_it_alone_and_scored_by_nothing(
    classroom, session, clock, tmp_path
):
    first, second = (session.number_of(session.join(name)) for name in ("One", "Two"))
    for key in KEYS[:2]:
        session.open()
        nothing = rules.nothing(session.view(first).decision)
        session.answer(first, key, {**nothing, "reason": "  they\nask ", "statement": ""})
        if key == KEYS[1]:
            session.answer(
                first, key, {**nothing, "reason": "", "statement": "We <b>hear</b> you."}
            )
        refused("text_length", session.answer, first, key, {**nothing, "reason": "x" * 401})
        assert session.view(second).written == {}
        session.close()
    kept = {KEYS[0]: {"reason": "they\nask"}, KEYS[1]: {"statement": "We <b>hear</b> you."}}
    assert session.written_of(first) == kept and session.written_of(second) == {}
    assert session.view(first).choices[KEYS[0]] == session.view(second).choices[KEYS[0]]
    again = Classroom(classroom.folder, clock).session(session.id)
    assert again.written_of(first) == kept


def test_who_comes_late_did_nothing_before(session):
    joined(session, "Red")
    session.open()
    session.close()
    session.open()
    [late] = joined(session, "Late")
    assert session.view(late).nothing == (KEYS[0],)
    answer(session, late)
    session.close()
    assert session.view(late).nothing == (KEYS[0],)


def test_ending_early_does_nothing_for_the_rest(session):
    [red] = joined(session, "Red")
    refused("nothing_decided", session.end)
    session.open()
    answer(session, red)
    session.end()
    assert list(session.view(red).choices) == KEYS
    assert session.view(red).nothing == tuple(KEYS[1:])
    rules.check(session.view(red).choices, WORLD)


def test_a_locked_session_admits_nobody(session):
    session.lock(True)
    refused("locked", session.join, "Red")
    session.lock(False)
    joined(session, "Red")


def test_an_injected_event_is_for_the_whole_class_and_comes_once(session):
    red, blue = joined(session, "Red", "Blue")
    kind = next(iter(EVENTS))
    refused("not_now", session.inject, kind)
    session.open()
    answer(session, red)
    session.inject(kind)
    for team in (red, blue):
        assert session.view(team).injections == (Injection(kind, KEYS[0]),)
    refused("injected_already", session.inject, kind)
    refused("unknown_key", session.inject, "../../etc/passwd")
    answer(session, red)  # who has answered may answer anew


def test_an_event_between_two_decisions_holds_for_the_next(session):
    [red] = joined(session, "Red")
    first, second = list(EVENTS)[:2]
    session.open()
    session.close()
    session.inject(first)
    assert session.injections == [Injection(first, KEYS[1])]
    assert session.view(red).injections == ()  # nobody hears of it before
    session.open()
    assert session.view(red).injections == (Injection(first, KEYS[1]),)
    session.close()
    session.inject(second)
    session.end()  # what nobody has met did not happen
    assert session.view(red).injections == (Injection(first, KEYS[1]),)
    refused("ended", session.inject, list(EVENTS)[2])


def test_no_event_after_the_last_decision(session):
    joined(session, "Red")
    for _ in KEYS:
        session.open()
        session.close()
    refused("not_now", session.inject, next(iter(EVENTS)))


def test_what_is_ticked_is_kept_until_it_is_confirmed(session):
    red, blue = joined(session, "Red", "Blue")
    refused("not_now", session.draft, red, KEYS[0], "rumour", "wait")
    session.open()
    question = DECISIONS[0].questions[0]
    session.draft(red, KEYS[0], question.key, question.options[1].key)
    assert session.view(red).draft == {question.key: question.options[1].key}
    assert session.view(red).answer is None and session.view(blue).draft == {}
    for wrong in (
        (KEYS[0], question.key, "rm -rf"),
        (KEYS[0], "__class__", "wait"),
        (KEYS[0], ["x"], {}),
    ):
        refused("unknown_key", session.draft, red, *wrong)
    refused("not_this_decision", session.draft, red, KEYS[1], question.key, "wait")
    answer(session, red)
    assert session.view(red).draft == {}
    session.draft(red, KEYS[0], question.key, question.options[1].key)
    session.close()
    assert session.view(red).draft == {}


def test_the_minutes_given_last_are_kept(session):
    joined(session, "Red")
    assert session.minutes == sessions.MINUTES
    session.open(4)
    assert session.minutes == 4
    session.set_clock(None)
    assert session.minutes is None


def test_one_world_for_the_whole_class(session):
    red, blue = joined(session, "Red", "Blue")
    assert session.view(red).world == session.view(blue).world == WORLD
    with pytest.raises(AttributeError):
        session.view(red).world.seed = 4


def test_a_closed_decision_may_be_opened_again(session):
    red, blue = joined(session, "Red", "Blue")
    refused("not_now", session.reopen)
    session.open()
    answer(session, red)
    kept = session.view(red).choices
    session.close()
    assert session.view(blue).nothing == (KEYS[0],)
    session.reopen(3)
    assert session.phase == "open" and session.decision_key == KEYS[0]
    assert session.view(red).choices == kept  # answers stand
    assert session.view(blue).nothing == () and session.view(blue).answer is None
    answer(session, blue)
    session.close()
    assert session.view(blue).nothing == ()
    session.open()
    refused("not_now", session.reopen)


def test_a_click_that_was_meant_for_another_decision_does_nothing(session):
    """Two teachers: the window of the second one has changed under the mouse."""
    joined(session, "Red")
    session.open(seen_at=-1)
    refused("not_now", session.open, None, -1)
    session.close(seen_at=0)
    session.open()
    refused("not_now", session.close, 0)
    refused("not_now", session.reopen, None, 0)
    assert session.phase == "open" and session.at == 1


def test_a_pause_stops_the_clock_and_is_seen(session, clock):
    [red] = joined(session, "Red")
    session.open(5)
    clock.now += 60
    session.pause()
    refused("not_now", session.pause)
    clock.now += 9999
    view = session.view(red)
    assert view.paused and view.seconds_left == 240 and view.elapsed_s == 60
    answer(session, red)  # answers are still taken
    session.go_on()
    clock.now += 30
    assert session.view(red).seconds_left == 210 and session.view(red).elapsed_s == 90
    refused("not_now", session.go_on)
    session.pause()
    session.set_clock(2)  # sets it going
    assert not session.paused and session.glance()[1] == 120


def test_a_pause_outlives_the_server(classroom, session, clock):
    [red] = joined(session, "Red")
    session.open(5)
    session.pause()
    clock.now += 9999
    back = again(classroom, clock).session(session.id)
    assert back.paused and back.glance()[1] == 300
    back.go_on()
    assert back.glance()[1] == 300 and back.view(red).elapsed_s == 0


def test_what_was_ticked_or_typed_outlives_the_server(classroom, session, clock):
    [red] = joined(session, "Red")
    session.open(5)
    question = DECISIONS[0].questions[0]
    session.draft(red, KEYS[0], question.key, question.options[1].key)
    session.write(red, KEYS[0], "reason", "They ask us.")
    clock.now += session_state.BEAT_S
    session.glance()
    clock.now += 1000
    back = again(classroom, clock).session(session.id)
    assert back.view(red).draft == {question.key: question.options[1].key}
    assert back.view(red).written == {"reason": "They ask us."}
    assert back.glance()[1] == 300 - session_state.BEAT_S


def test_a_team_writes_beside_its_answer(session):
    red, blue = joined(session, "Red", "Blue")
    refused("not_now", session.write, red, KEYS[0], "reason", "x")
    session.open()
    session.write(red, KEYS[0], "reason", "One\nTwo\u202e\x00 ")
    assert session.view(red).written == {"reason": "One\nTwo"}
    assert session.view(blue).written == {}
    refused("not_this_decision", session.write, red, KEYS[1], "reason", "x")
    refused("unknown_key", session.write, red, KEYS[0], "name", "x")
    refused("unknown_key", session.write, red, KEYS[0], "reason", ["x"])
    refused("text_length", session.write, red, KEYS[0], "reason", "x" * (ROOM["reason"] + 1))
    refused("text_length", session.write, red, KEYS[0], "statement", "x")  # none is asked for here
    answer(session, red)
    assert session.view(red).written == {"reason": "One\nTwo"}  # confirmed with the answer
    assert session.written_of(red) == {KEYS[0]: {"reason": "One\nTwo"}}
    assert all("One" not in str(entry) for entry in session.log_of())  # no page of others


def test_messages_come_while_the_clock_runs(session, clock):
    [red] = joined(session, "Red")
    session.open(10)

    def arrived():
        view = session.view(red)
        return len(messages.come(view.number - 1, view.elapsed_s, view.length_s))

    seen = []
    for _ in range(10):
        seen.append(arrived())
        clock.now += 60
    assert seen[0] == 0 and seen == sorted(seen) and seen[-1] == len(messages.MESSAGES[0])
    assert messages.come(99, 1e9, None)
    for of_decision in messages.MESSAGES:
        for message in of_decision:
            assert all(len(pair) == 2 and all(pair) for pair in (message.who, message.text))


def test_one_person_may_practise_alone(classroom, clock, monkeypatch):
    token = classroom.practise(WORLD, "You", "10.0.0.9")
    session, number = classroom.of_token(token)
    assert session.practice and session.phase == "open"
    assert classroom.of_code(session.code) is None
    for key in KEYS:
        assert session.decision_key == key
        answer(session, number)
        session.go_ahead()
    assert session.phase == "ended" and not session.view(number).nothing
    monkeypatch.setattr(classes_module, "MAX_PRACTICES", 2)
    for _ in range(2):
        classroom.practise(WORLD, "You", "10.0.0.8")
    refused("too_many_practices", classroom.practise, WORLD, "You", "10.0.0.7")
    clock.now += limits.PRACTICE_KEPT_S + 1
    classroom.practise(WORLD, "You", "10.0.0.7")  # takes the place of one that was left
    assert len([s for s in classroom.sessions() if s.phase != "ended"]) == 2
    assert len(list(classroom.folder.glob("*.json"))) == len(classroom.sessions())
    classroom.create(WORLD)  # practice takes no class its place


# secrets


def test_nobody_sees_what_another_team_chose(session):
    red, blue = joined(session, "Red", "Blue")
    session.open()
    answer(session, red)
    view = session.view(blue)
    assert view.n_answered == 1 and view.answer is None
    assert not view.before and not view.choices
    assert {item.name for item in fields(teams.Row)} == {
        "number", "name", "answered", "nothing", "present",
    }  # fmt: skip
    assert [row.answered for row in session.roster()] == [True, False]
    assert all(entry.get("team") in (None, blue) for entry in session.log_of(blue))


# what is sent in


@pytest.mark.parametrize(
    ("decision", "raw", "key"),
    [
        ("D9", {}, "not_this_decision"),
        (KEYS[1], {}, "not_this_decision"),
        (None, {}, "not_this_decision"),
        (["D0"], {}, "not_this_decision"),
        (KEYS[0], {}, "answer_all"),
        (KEYS[0], None, "answer_all"),
        (KEYS[0], "monitor", "answer_all"),
        (KEYS[0], {"__class__": "x"}, "answer_all"),
        (KEYS[0], {DECISIONS[0].questions[0].key: "rm -rf"}, "unknown_key"),
        (KEYS[0], {DECISIONS[0].questions[0].key: None}, "unknown_key"),
        (KEYS[0], {DECISIONS[0].questions[0].key: ["x"]}, "unknown_key"),
    ],
)
def test_an_answer_that_is_none_is_refused(session, decision, raw, key):
    [red] = joined(session, "Red")
    session.open()
    if key == "unknown_key" and len(DECISIONS[0].questions) > 1:
        raw = {**{q.key: q.options[0].key for q in DECISIONS[0].questions}, **raw}
    refused(key, session.answer, red, decision, raw)
    assert session.view(red).answer is None


def test_a_world_that_no_run_could_honour_is_refused(classroom):
    with pytest.raises(ConfigError):
        classroom.create(World("../../etc/passwd", 0, 0))
    with pytest.raises(ConfigError, match="too many people"):
        classroom.create(World("xiaomi_2026", 0, 0, "full_scale"))
    assert not classroom.sessions()


# limits


def test_the_limits_hold(classroom, session, monkeypatch):
    for k in range(limits.MAX_TEAMS):
        session.join(f"team {k}")
    refused("class_full", session.join, "one more")
    for _ in range(limits.MAX_OPEN_SESSIONS - 1):
        classroom.create(WORLD)
    refused("too_many_sessions", classroom.create, WORLD)
    session.open()
    session.end()
    classroom.create(WORLD)


def test_one_address_cannot_take_every_place(classroom, session):
    for k in range(limits.JOINS):
        classroom.join(session.code, f"team {k}", "10.0.0.9")
    refused("too_fast", classroom.join, session.code, "one more", "10.0.0.9")
    classroom.join(session.code, "Blue", "10.0.0.8")
    assert limits.JOINS < limits.MAX_TEAMS


def test_a_flood_stops_only_who_floods(clock):
    limiter = Limiter(5, 2.0, clock)
    for _ in range(5):
        limiter.spend("a")
    refused("too_fast", limiter.spend, "a")
    limiter.spend("b")
    clock.now += 0.5
    limiter.spend("a")
    refused("too_fast", limiter.spend, "a")
    for k in range(2 * limits.MAX_CLIENTS):
        limiter.spend(f"client {k}")
    assert len(limiter._left) == limits.MAX_CLIENTS


def test_a_computation_that_fails_stops_no_other():
    desk, calls = Desk(), []

    def broken():
        calls.append("broken")
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        desk.ask(("broken",), broken).result()
    assert desk.ask(("whole",), lambda: 7).result() == 7
    with pytest.raises(RuntimeError):
        desk.ask(("broken",), broken).result()
    assert len(calls) == 2
    desk.stop()


def test_what_was_computed_is_not_computed_again():
    desk, calls = Desk(), []
    gate = threading.Event()

    def slow():
        gate.wait(10)
        calls.append(1)
        return 7

    futures = [desk.ask(("same",), slow) for _ in range(40)]
    gate.set()
    assert [future.result() for future in futures] == [7] * 40 and len(calls) == 1
    desk.stop()


# on disk


def again(classroom, clock):
    """The same folder read by a new server."""
    return Classroom(classroom.folder, clock)


def test_a_killed_server_goes_on_where_it_was(classroom, session, clock):
    token = session.join("Red")
    session.join("Blue")
    session.open()
    answer(session, 1)
    session.close()
    session.open(5)
    kind = next(iter(EVENTS))
    session.inject(kind)
    answer(session, 1)
    clock.now += 100
    back, number = again(classroom, clock).of_token(token)
    assert back is not session
    seen = session.view(number)
    now = {"version": back.version, "seconds_left": 300.0, "elapsed_s": 0.0}  # it stopped with it
    assert back.view(number) == _like(seen, **now) and seen.seconds_left == 200
    assert back.roster() == session.roster() and back.log == session.log
    assert back.glance()[1] == 300 and back.code == session.code
    answer(back, 2)
    back.close()
    assert joined(back, "Green") == [3]


def _like(view, **changes):
    from dataclasses import replace

    return replace(view, **changes)


def test_a_clock_that_ran_out_while_the_server_was_down_runs_on_for_a_minute(
    classroom, session, clock
):
    joined(session, "Red")
    session.open(1)
    clock.now += 50
    session.glance()  # the running clock is marked on the disk
    clock.now += 3600
    back = again(classroom, clock).session(session.id)
    assert back.phase == "open" and back.glance()[1] == sessions.GRACE_S


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace('"format": 3', '"format": 99'),
        lambda text: text.replace('"phase": "open"', '"phase": "party"'),
        lambda text: text.replace('"at": 0', '"at": 70'),
        lambda text: text.replace('"at": 0', '"at": "x"'),
        lambda text: text.replace('"choices": {', '"choices": {"D9": {}, ', 1),
    ],
)
def test_a_damaged_file_is_reported_and_left_alone(classroom, session, clock, change):
    joined(session, "Red")
    session.open()
    answer(session, 1)
    other = classroom.create(WORLD)
    path = classroom.folder / f"{session.id}.json"
    damaged = change(path.read_text())
    path.write_text(damaged)
    back = again(classroom, clock)
    assert list(back.problems) == [path] and path.read_text() == damaged
    assert [s.id for s in back.sessions()] == [other.id]


def test_a_file_with_another_digit_or_letter_is_not_the_class_that_was(classroom, session, clock):
    """Anything that changed since it was written is found, whatever it would have meant."""
    joined(session, "Red")
    session.open()
    answer(session, 1)
    path = classroom.folder / f"{session.id}.json"
    whole = path.read_text()
    digits = [k for k, c in enumerate(whole) if c.isdigit()]
    for k in digits[:: max(1, len(digits) // 60)]:
        other = str((int(whole[k]) + 1) % 10)
        path.write_text(whole[:k] + other + whole[k + 1 :])
        assert not again(classroom, clock).sessions(), f"{whole[k - 30 : k]}>{other}<"
    path.write_text(whole)
    assert again(classroom, clock).session(session.id).view(1).answer


def test_a_class_of_an_earlier_release_is_still_read(classroom, session, clock):
    path = classroom.folder / f"{session.id}.json"
    held = json.loads(path.read_text())
    new = ("sum", "paused", "held_s", "practice", "opened", "length_s", "paused_at", "drafts")
    old = {key: value for key, value in held.items() if key not in new}
    for number in (session_file.BEFORE_DIGESTS, session_file.BEFORE_TEXTS):
        file = {**old, "format": number}
        path.write_text(json.dumps({**file, "sum": session_file.sum_of(file)}))
        assert again(classroom, clock).session(session.id).code == session.code


def test_codes_and_answers_are_for_the_eyes_of_the_owner_of_the_server(classroom, session):
    joined(session, "Red")
    assert (classroom.folder / f"{session.id}.json").stat().st_mode & 0o077 == 0


def test_a_full_disk_stops_nobody(session, monkeypatch):
    def full(path, content, private=False):
        raise OSError(28, "No space left on device")

    [red] = joined(session, "Red")
    with monkeypatch.context() as patch:
        patch.setattr(session_state, "write_whole", full)
        session.open()
        answer(session, red)
        assert session.unsaved == "No space left on device"
    session.close()
    assert session.unsaved == ""


# debriefs


@pytest.mark.slow
def test_the_class_page_comes_first_and_every_page_says_when(
    classroom, session, tmp_path, monkeypatch
):
    from experiments.game import debrief, references

    monkeypatch.setattr(references, "N_PAIRS", 10)
    monkeypatch.setattr(debrief, "N_TWINS", 11)
    monkeypatch.setattr(debrief, "MECHANISMS", debrief.MECHANISMS[:2])
    monkeypatch.setattr(references, "RESPONSES", ("as_happened", "none"))
    small = classroom.create(World("xiaomi_2026", 3, 0, "classroom"))
    red, blue = joined(small, "Red", "Blue")
    small.open()
    answer(small, red)
    small.end()
    debriefs, order, seen = Debriefs(tmp_path), [], []
    write = debriefs._write

    def written(session, who, course, text):
        seen.append([course.progress(name) for name in ("class", "team_1", "team_2")])
        write(session, who, course, text)
        order.append(who)

    monkeypatch.setattr(debriefs, "_write", written)
    debriefs.start(small)
    for _ in range(600):
        if all(debriefs.progress(small, f"team_{n}").ready for n in (red, blue)):
            break
        time.sleep(0.2)
    assert order == ["class", "team_1", "team_2"]
    shares = [progress.share for progress in seen[0]]
    assert shares == sorted(shares, reverse=True) and 0 < shares[2] < shares[0] < 1
    times = [progress.left_s for progress in seen[0]]
    assert times == sorted(times) and times[0] > 0
    assert "not answered" in debriefs.page(small, "class", "en")
    assert "未作答" in debriefs.page(small, "team_2", "zh")
    for lang in ("en", "zh"):  # a server that starts again makes what is missing and no more
        debriefs.path(small, "team_2", lang).unlink()
    debriefs.stop()
    again_, order[:] = Debriefs(tmp_path), []
    write = again_._write
    monkeypatch.setattr(again_, "_write", written)
    again_.start(small)
    for _ in range(600):
        if again_.progress(small, "team_2").ready:
            break
        time.sleep(0.2)
    assert order == ["team_2"]
    again_.stop()


def _ended(classroom, *names):
    """A session in which nobody answered, and its teams."""
    small = classroom.create(World("xiaomi_2026", 3, 0, "classroom"))
    numbers = joined(small, *names)
    small.open()
    small.end()
    return small, numbers


def _quick(monkeypatch, play=lambda session, choices, *_, **__: choices):
    """Debriefs whose games are played by nobody: what is tested is who gets which page."""
    from experiments.game import class_debrief, debrief, debrief_pages

    monkeypatch.setattr(debrief, "play", play)
    monkeypatch.setattr(debrief, "review", lambda played, *_: played)
    monkeypatch.setattr(debrief_pages, "page", lambda found, lang, team: f"page of {team}")
    monkeypatch.setattr(
        class_debrief, "class_page", lambda teams, lang: f"class of {', '.join(teams)}"
    )
    monkeypatch.setattr(class_debrief, "outcome_table", lambda played: {})


def _until(true, seconds=10.0):
    for _ in range(int(seconds / 0.02)):
        if true():
            return True
        time.sleep(0.02)
    return False


def test_a_team_that_is_removed_while_debriefs_come_takes_no_page_with_it(
    classroom, tmp_path, monkeypatch
):
    small, (red, blue) = _ended(classroom, "Red", "Blue")
    played = []

    def play(*_, **__):
        played.append(1)
        if len(played) == 2:
            small.remove(red)  # its game has been played, its page has not been written
        return object()

    _quick(monkeypatch, play)
    debriefs = Debriefs(tmp_path)
    debriefs.start(small)
    assert _until(lambda: debriefs.progress(small, f"team_{blue}").ready)
    assert debriefs.page(small, "class", "en") == "class of Blue"
    assert debriefs.page(small, f"team_{red}", "en") is None
    debriefs.stop()


def test_a_page_that_failed_is_tried_again_when_it_is_asked_for(classroom, tmp_path, monkeypatch):
    small, (_, blue) = _ended(classroom, "Red", "Blue")
    _quick(monkeypatch)
    debriefs, disk = Debriefs(tmp_path), {"full": True}
    write = debriefs_module.write_whole

    def written(path, content, **kind):
        if disk["full"] and path.name.startswith("class"):
            raise OSError(28, "No space left on device")
        write(path, content, **kind)

    monkeypatch.setattr(debriefs_module, "write_whole", written)
    monkeypatch.setattr(course_module, "RETRY_S", 0.0)
    debriefs.start(small)
    assert _until(lambda: debriefs.progress(small, "class").failed)
    assert _until(lambda: debriefs.progress(small, f"team_{blue}").ready)
    disk["full"] = False
    course = debriefs._courses[small.id]
    assert _until(lambda: course.ended is not None)
    debriefs.start(small)
    assert _until(lambda: debriefs.progress(small, "class").ready)
    assert debriefs.page(small, "class", "zh") == "class of Red, Blue"
    debriefs.start(small)  # nothing is missing, so nothing begins
    assert debriefs.progress(small, "class").ready
    debriefs.stop()


def test_what_failed_is_left_alone_for_a_while_each_time_for_longer(monkeypatch):
    course = Course(failed={"class"}, ended=time.monotonic() - 1.5 * RETRY_S)
    assert course.again()
    course.tries = 2
    assert not course.again()


@pytest.mark.parametrize("slower", [1, 4])
def test_the_time_left_is_honest_also_when_the_machine_gets_other_work(slower):
    """Twelve teams: shared runs are done once, and from half of them on every run takes longer."""
    now, n, shared, each = [0.0], 12, 225, 201
    course = Course(drawing=120, shared=shared, now=lambda: now[0])
    course.runs_due = {"class": shared + n * each, "team_12": shared + n * (each + 95)}
    course.pages_due = {"class": 1, "team_12": 1 + n}
    course.begin()
    told, run_s = [], 0.05
    for team in range(n):
        tick = course.later(shared if team else 0)
        for _ in range(0 if not team else shared):
            tick()  # an earlier team has done them
        for _ in range(each + (0 if team else shared)):
            now[0] += run_s * (slower if team >= n // 2 else 1)
            tick()
        told.append((now[0], course.progress("class").left_s))
        course.reach(shared + each * (team + 1))
    course.draws()
    now[0] += 6
    assert course.progress("class").left_s > 0
    course.drew()
    there = now[0]
    assert course.pages == 1 and course.runs == course.runs_due["class"]
    for at, left in told[n // 2 + 1 : -1]:
        assert left == pytest.approx(there - at, rel=0.6, abs=30 * slower), (at, left)
    assert course.progress("team_12").left_s > 12 * 6


def test_practice_waits_for_classes(classroom, tmp_path, monkeypatch):
    """The debrief of one person alone begins when no class waits for its own."""
    debriefs, begun = Debriefs(tmp_path), []
    gate = threading.Event()

    def pages(session, numbers, course):
        begun.append(session.practice)
        gate.wait(10)

    monkeypatch.setattr(debriefs, "_pages", pages)
    monkeypatch.setattr(debriefs_module, "WAIT_S", 0.02)
    small = classroom.create(World("xiaomi_2026", 3, 0, "classroom"))
    joined(small, "Red")
    small.open()
    small.end()
    debriefs.start(small)
    token = classroom.practise(World("xiaomi_2026", 3, 0, "classroom"), "You", "10.0.0.9")
    alone, _ = classroom.of_token(token)
    alone.end()
    debriefs.start(alone)
    assert _until(lambda: begun == [False])
    time.sleep(0.1)
    assert begun == [False]
    gate.set()
    assert _until(lambda: begun == [False, True])
    debriefs.stop()


def test_fewer_people_are_quicker_and_the_class_page_is_before_the_last():
    for n in (2, 10, 40):
        small, large = debrief_minutes(n, "classroom"), debrief_minutes(n, "default")
        assert small[0] <= small[1] <= large[1] and small[0] <= large[0] <= large[1]
    assert debrief_minutes(40, "classroom")[1] < debrief_minutes(40, "default")[0]


# texts


def test_every_text_stands_in_both_languages_with_the_same_blanks():
    import re

    for key, (en, zh) in TEXTS.items():
        assert en and zh and en != zh, key
        assert set(re.findall(r"{\w+}", en)) == set(re.findall(r"{\w+}", zh)), key
        assert re.search(r"[\u4e00-\u9fff]", zh), key


# many at once


def test_forty_teams_answer_at_the_same_moment(classroom, session):
    numbers = joined(session, *(f"team {k}" for k in range(40)))
    for _ in KEYS[:2]:
        session.open()
        barrier, problems = threading.Barrier(41), []

        def one(number, barrier=barrier, problems=problems):
            try:
                barrier.wait()
                answer(session, number, last=number % 2 == 0)
            except Exception as problem:
                problems.append(problem)

        def one_that_fails(barrier=barrier):
            barrier.wait()
            for _ in range(50):
                with pytest.raises(Refused):
                    session.answer(numbers[0], "D9", {"x": "y"})

        threads = [threading.Thread(target=one, args=(n,)) for n in numbers]
        threads.append(threading.Thread(target=one_that_fails))
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not problems and time.perf_counter() - begun < 2
        assert all(row.answered for row in session.roster())
        session.close()
    assert sum(entry["what"] == "answer" for entry in session.log) == 80


@pytest.mark.slow
def test_forty_different_briefs_leave_the_event_loop_responsive(classroom, session, capsys):
    """40 teams with different answers want their next brief at once; two threads compute."""
    numbers = joined(session, *(f"team {k}" for k in range(40)))
    desk, rest = Desk(), {number: k for k, number in enumerate(numbers)}
    warm = classroom.create(WORLD)
    joined(warm, "first")
    warm.open()
    _brief(desk, warm, 1).result()
    for key in KEYS[:3]:
        session.open()
        begun = time.perf_counter()
        for number in numbers:
            pick = {}
            for question in session.view(number).decision.questions:
                rest[number], which = divmod(rest[number], len(question.options))
                pick[question.key] = question.options[which].key
            session.answer(number, key, pick)
        answered = time.perf_counter() - begun
        session.close()
    session.open()
    assert len({frozen(session.view(number).before) for number in numbers}) == 40
    begun, waits, done = time.perf_counter(), [], []
    futures = [_brief(desk, session, number) for number in numbers]
    for future in futures:
        future.add_done_callback(lambda _: done.append(time.perf_counter() - begun))
    while not all(future.done() for future in futures):
        before = time.perf_counter()
        time.sleep(0.005)  # what an event loop does between two requests
        session.view(numbers[0])
        waits.append(time.perf_counter() - before - 0.005)
    for future in futures:
        future.result()
    with capsys.disabled():
        print(
            f"\n40 answers, one after the other: {answered:.2f} s; 40 different briefs: first "
            f"{done[0]:.2f} s, last {done[-1]:.2f} s; the loop waited {max(waits) * 1e3:.0f} ms at "
            f"most, {sum(waits) / len(waits) * 1e3:.1f} ms on average"
        )
    assert done[-1] < 30 and max(waits) < 1
    desk.stop()


def _brief(desk, session, number):
    view = session.view(number)
    return desk.brief(view.world, view.before, view.injections, view.decision, "en")
