"""Jobs that wait, work, die or can never begin, under a queue that is made up: no cluster."""

import json
import os
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from test_manifest import done as done
from test_manifest import folder as folder

from experiments.command.cli import main
from experiments.command.job_lines import job_lines
from experiments.sweeps import beats, compiling, crew, jobs, launch, queued, queues, shards
from experiments.sweeps.beats import Beat, Sent
from experiments.sweeps.crew import JobSeen
from experiments.sweeps.plan import load_plan
from experiments.sweeps.sweep import Status, sweep
from experiments.sweeps.verdicts import (
    BEAT_S,
    LOST,
    LOST_S,
    NEVER_S,
    UNASKED_S,
    Place,
    Verdict,
    in_process,
    in_queue,
    never,
)
from sim.base.refusal import ConfigError

WORKS = Beat(0, "running", 3, 10, 0.0)
QUIET = replace(WORKS, age_s=LOST_S + 1)
STOPPED = replace(WORKS, stage="stopped", why="stopped in order before its time limit")
ENDED = replace(WORKS, stage="done")
SLURM = ["hydra/launcher=submitit_slurm"]


# --- rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "beat", "since_s", "state", "why"),
    [
        (Place("PENDING", "Resources"), None, 9999.0, "queued", "Resources"),
        (
            Place("PENDING", "PartitionConfig", same_s=NEVER_S),
            None,
            30.0,
            "never",
            "PartitionConfig",
        ),
        (Place("PENDING", "PartitionConfig", same_s=0.0), None, 1.0, "queued", "PartitionConfig"),
        (Place("RUNNING"), None, 9999.0, "running", ""),  # it imports, or its disk is slow
        (Place("RUNNING"), QUIET, 9999.0, "running", ""),  # the queue sees its node
        (Place("RUNNING"), STOPPED, 9.0, "running", ""),  # it may be taken up again
        (Place("COMPLETING"), ENDED, 9.0, "done", ""),
        (Place("COMPLETED"), None, 9.0, "done", ""),  # its sign is not seen from here yet
        (Place("CANCELLED by 0"), None, 9.0, "dead", "cancelled"),
        (Place("TIMEOUT"), WORKS, 9.0, "dead", "ended by its time limit"),
        (Place("FAILED"), STOPPED, 9.0, "dead", STOPPED.why),
        (Place("OUT_OF_MEMORY"), WORKS, 9.0, "dead", "out of memory"),
        (None, None, 5.0, "queued", ""),  # sent just now
        (None, WORKS, 9999.0, "running", ""),
        (None, ENDED, 9999.0, "done", ""),
        (None, STOPPED, 9999.0, "dead", STOPPED.why),
    ],
)
def test_a_queue_says_what_becomes_of_a_job(place, beat, since_s, state, why):
    assert in_queue(place, beat, since_s) == Verdict(state, why)


def test_what_no_queue_knows_and_gives_no_sign_is_dead_after_some_periods():
    assert LOST_S == LOST * BEAT_S
    verdict = in_queue(None, QUIET, 9999.0)
    assert verdict.state == "dead" and "no sign of life for 61 s" in verdict.why
    assert in_queue(None, None, LOST_S + 1).state == "dead"  # it never began
    assert in_queue(None, replace(WORKS, age_s=LOST_S - 1), 9999.0).state == "running"


def test_a_queue_that_cannot_be_asked_is_given_longer():
    assert in_queue(None, QUIET, 9999.0, asked=False).state == "running"
    assert in_queue(None, None, LOST_S + 1, asked=False).state == "queued"
    verdict = in_queue(None, None, UNASKED_S + 1, asked=False)
    assert verdict.state == "dead" and "cannot be asked" in verdict.why


def test_jobs_without_a_queue_live_as_long_as_their_sweep():
    assert in_process(None, sweep_lives=True).state == "queued"
    assert in_process(None, sweep_lives=False).state == "dead"
    assert in_process(WORKS, sweep_lives=False).state == "running"
    assert in_process(QUIET, sweep_lives=True).state == "dead"
    assert in_process(ENDED, sweep_lives=False).state == "done"
    assert in_process(STOPPED, sweep_lives=True) == Verdict("dead", STOPPED.why)


@pytest.mark.parametrize(
    ("reason", "lasts"),
    [
        ("PartitionConfig", True), ("BadConstraints", True), ("PartitionTimeLimit", True),
        ("AssocMaxWallDurationPerJobLimit", True), ("QOSMaxCpuPerJobLimit", True),
        ("InvalidQOS", True), ("(PartitionNodeLimit)", True),
        ("Resources", False), ("Priority", False), ("None", False), ("JobArrayTaskLimit", False),
        ("QOSMaxCpuPerUserLimit", False), ("BeginTime", False), ("ReqNodeNotAvail", False),
        ("AssocGrpCpuLimit", False), ("JobHeldUser", False),
    ],
)  # fmt: skip
def test_reasons_to_wait_that_end_and_that_do_not(reason, lasts):
    assert never(reason) is lasts


def test_an_answer_of_squeue_is_read():
    told = "47_0|RUNNING|None|n[1-2]\n47_1|PENDING|PartitionConfig|\nsomething else\n"
    assert queues.read_squeue(told) == {
        "47_0": Place("RUNNING", "None", "n[1-2]"), "47_1": Place("PENDING", "PartitionConfig"),
    }  # fmt: skip


def test_slurm_is_asked_once_for_all_and_remembers_since_when(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(
        queues, "_answer", lambda *words: "1_0|PENDING|Resources|\n9|RUNNING|None|n\n"
    )
    monkeypatch.setattr(queues.time, "monotonic", lambda: now[0])
    slurm = queues.Slurm()
    assert slurm.look(["1_0", "1_1"]) == {"1_0": Place("PENDING", "Resources")}
    now[0] = 130.0
    assert slurm.look(["1_0"])["1_0"].same_s == 30.0
    monkeypatch.setattr(queues, "_answer", lambda *words: None)
    assert slurm.look(["1_0"]) is None


def test_a_command_that_is_not_there_is_no_answer():
    assert queues._answer("no-such-command-of-a-queue") is None


def test_processes_of_this_machine_are_a_queue():
    here = queues.Processes()
    own = str(os.getpid())
    assert here.look([own, "99999999"]) == {own: Place("RUNNING"), "99999999": Place("FAILED")}
    here.cancel(["99999999"])  # it has ended: no error
    assert queues.queue_of("joblib") is None and queues.queue_of("submitit_slurm") is not None


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("PartitionTimeLimit", "timeout_min=30"), ("PartitionConfig", "cpus_per_task=1"),
        ("InvalidAccount", "account=NAME"), ("InvalidQOS", "qos=NAME"),
        ("launch failed requeued held", "scontrol show job"),
        ("QOSMaxWallDurationPerJobLimit", "timeout_min"),
    ],
)  # fmt: skip
def test_each_reason_has_something_to_type(reason, told, monkeypatch):
    monkeypatch.setattr(queues, "_answer", lambda *words: "main*|2|3900|1:00:00\n")
    assert told in queues.remedy(reason, "main")
    assert "2 cores and 3900 MB a node" in queues.remedy("BadConstraints", "")
    monkeypatch.setattr(queues, "_answer", lambda *words: None)
    assert "sinfo" in queues.remedy("BadConstraints", "")


# --- signs of life --------------------------------------------------------------------------------


def test_a_job_gives_signs_and_says_how_it_ended(tmp_path):
    (tmp_path / "todo-ab.json").write_text("{}")
    done = [0]
    with beats.beating(tmp_path, "todo-ab.json", 2, 30, lambda: done[0]) as sign:
        assert beats.read_beat(tmp_path, "ab", 2).stage == "running"
        done[0] = 12
        sign.say("compiling")
        seen = beats.read_beat(tmp_path, "ab", 2)
        assert (seen.stage, seen.done, seen.of, seen.tries) == ("compiling", 12, 30, 1)
        assert seen.host and seen.pid == os.getpid() and seen.age_s < 60
    assert beats.read_beat(tmp_path, "ab", 2).stage == "done"
    with pytest.raises(RuntimeError), beats.beating(tmp_path, "todo-ab.json", 2, 30, lambda: 5):
        raise RuntimeError("Job not requeued because: timed-out too many times.")
    seen = beats.read_beat(tmp_path, "ab", 2)
    assert (seen.stage, seen.tries) == ("stopped", 2)  # begun again, and counted
    assert seen.why == "stopped in order before its time limit" and "Traceback" in seen.trace
    beats.forget(tmp_path, "ab")
    assert not (tmp_path / "jobs").exists()


def test_a_job_whose_list_is_gone_makes_no_folder(tmp_path):
    with beats.beating(tmp_path / "gone", "todo-ab.json", 0, 1, lambda: 0):
        pass
    assert not (tmp_path / "gone").exists()


def test_signs_of_other_versions_are_none(tmp_path):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "ab-0.json").write_text('{"shard": 0}')
    (tmp_path / "jobs" / "ab.json").write_text("[")
    assert beats.read_beat(tmp_path, "ab", 0) is None and beats.read_sent(tmp_path) == []


def test_a_job_says_that_it_compiles_where_nothing_is_compiled(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    said, seen = [], []

    def first(config, watch):
        for share in (0.0, 0.4, 1.0):
            watch(share)
            seen.append(list(said))

    monkeypatch.setattr(compiling, "simulate", first)
    compiling.working(said.append)(None, lambda share: None)
    assert seen == [["compiling"], ["compiling", "running"], ["compiling", "running"]]
    (tmp_path / "step.advance.1.nbi").touch()
    assert compiling.working(said.append) is first
    assert len(said) == 2


# --- a sweep and its queue ------------------------------------------------------------------------


class FakeQueue:
    """A queue that runs a job, or does something else with it, whenever it is looked at."""

    def __init__(self, script):
        """script : of each job by its shard, or number, what the queue says, look by look."""
        self.script, self.looks, self.cancelled, self.sent = script, 0, [], 0
        self.work = {}

    def look(self, ids):
        told = {}
        for job in filter(self.work.__contains__, ids):
            by_number = isinstance(self.script, dict)
            course = self.script[job if by_number else int(job.partition("_")[2])]
            state = course[min(self.looks, len(course) - 1)]
            if state == "RUN":
                self.work[job]()
                state = "COMPLETED"
            if job in self.cancelled:
                state = "CANCELLED"
            if state is not None:
                told[job] = state if isinstance(state, Place) else Place(state)
        self.looks += 1
        return told

    def cancel(self, ids):
        self.cancelled += list(ids)


@pytest.fixture
def queue(monkeypatch):
    """What makes a sweep use a queue that follows a script."""
    monkeypatch.setattr(queued, "LOOK_S", (0.0, 0.0))
    monkeypatch.setattr("experiments.sweeps.sweep.check_hydra", lambda words: None)

    def put(script):
        fake = FakeQueue(script)

        def submit(folder, todo, words, sending):
            ids = tuple(f"{47 + fake.sent}_{k}" for k in range(len(sending.sent.runs)))
            fake.sent += 1
            sending.say(ids=ids, logs=tuple(str(folder / f"log{k}") for k in range(len(ids))))
            for k, number in enumerate(ids):
                settings = SimpleNamespace(folder=folder, todo=todo, shard=k)
                fake.work[number] = lambda settings=settings: jobs.job(settings)

        monkeypatch.setattr(queued, "submit", submit)
        for module in (launch, crew):
            monkeypatch.setattr(module, "queue_of", lambda name: fake if "slurm" in name else None)
        return fake

    return put


@pytest.fixture
def missing(folder, monkeypatch):
    """A plan whose runs are all missing, in two jobs."""
    plan = load_plan(folder / "studies" / "mine")
    for part in plan.parts:
        plan.store.path(part.digest).unlink()
    monkeypatch.setattr(launch, "n_shards", lambda *given: 2)
    return plan


def test_a_dead_job_leaves_the_others_whole(missing, queue, capsys):
    queue([["PENDING", "CANCELLED"], ["PENDING", "PENDING", "PENDING", "RUN"]])
    seen = sweep(missing, SLURM)
    assert 0 < seen.n_missing < seen.n_runs
    told = capsys.readouterr().err
    assert "1 job ended early (47_0: cancelled)" in told and "backlash logs mine" in told
    assert not list(missing.folder.glob("todo-*"))  # nobody wants it any more
    queue([["RUN"], ["RUN"]])
    assert sweep(missing, SLURM).n_missing == 0
    assert not (missing.folder / "jobs").exists()


def test_logs_show_what_a_dead_job_wrote(missing, folder, queue, capsys):
    queue([["FAILED"], ["RUN"]])
    sweep(missing, SLURM)
    (missing.folder / "log0").write_text("line\n" * 99 + "slurmstepd: error: killed")
    capsys.readouterr()
    assert main(["logs", "mine", f"results={folder}"]) == 0
    told = capsys.readouterr().out
    assert "47_0 dead (ended with an error)" in told and "slurmstepd: error: killed" in told
    assert told.count("line") < 50
    assert main(["status", "mine", f"results={folder}", "hosts=yes"]) == 1
    told = capsys.readouterr().out
    assert "0 running, 0 queued, 1 dead" in told and "47_1 done on" in told
    assert main(["logs", "mine", f"results={folder}", "job=47_1"]) == 0
    assert main(["logs", "mine", f"results={folder}", "job=48"]) == 1
    assert main(["status", "mine", f"results={folder}", "hosts=perhaps"]) == 2


def test_resources_that_can_never_be_given_end_the_sweep_with_what_to_type(missing, queue, capsys):
    stuck = Place("PENDING", "PartitionConfig", same_s=NEVER_S + 1)
    fake = queue([[stuck], [Place("PENDING", "Priority")]])
    assert sweep(missing, SLURM).n_done == 0
    told = capsys.readouterr().err
    assert "can never begin" in told and "PartitionConfig" in told and "cpus_per_task=1" in told
    assert sorted(fake.cancelled) == ["47_0", "47_1"]  # nobody would want them later
    assert not list(missing.folder.glob("todo-*"))


def test_without_accounting_a_job_that_vanished_does_not_hang_the_sweep(
    missing, queue, capsys, monkeypatch
):
    monkeypatch.setattr("experiments.sweeps.verdicts.LOST_S", 0.05)
    queue([["RUNNING", None], ["RUN"]])
    seen = sweep(missing, SLURM)
    assert 0 < seen.n_missing < seen.n_runs
    assert "no sign of life" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "cancelled"), [("y", 2), ("n", 0), (None, 0)])
def test_ctrl_c_says_what_is_queued_and_offers_to_cancel_it(
    missing, queue, capsys, monkeypatch, answer, cancelled
):
    fake = queue([["RUNNING"], [Place("PENDING", "Resources")]])
    monkeypatch.setattr(queued, "_sleep", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    asked = queued.offer_to_cancel
    ask = None if answer is None else lambda text: answer
    monkeypatch.setattr(queued, "offer_to_cancel", lambda *given: asked(*given[:2], ask))
    with pytest.raises(KeyboardInterrupt):
        sweep(missing, SLURM)
    told = capsys.readouterr().err
    assert "1 running, 1 queued: jobs 47" in told
    assert len(fake.cancelled) == cancelled
    assert ("scancel 47" in told) is (cancelled == 0)
    assert len(list(missing.folder.glob("todo-*"))) == (0 if cancelled else 1)  # they want it


def test_a_sweep_again_waits_for_jobs_of_the_one_before(missing, queue, capsys, monkeypatch):
    fake = queue([["RUNNING"], ["RUNNING"]])
    stopped = pytest.MonkeyPatch()
    stopped.setattr(queued, "_sleep", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        sweep(missing, SLURM)
    stopped.undo()
    fake.looks, fake.script = 0, [["RUNNING"] * 4 + ["RUN"], ["RUNNING"] * 3 + ["RUN"]]
    monkeypatch.setattr(queued, "submit", lambda *given: pytest.fail("sent twice"))
    assert sweep(missing, SLURM).n_missing == 0
    assert "waits for 2 jobs of an earlier sweep" in capsys.readouterr().err
    launch.tidy(missing)
    assert not list(missing.folder.glob("todo-*")) and not (missing.folder / "jobs").exists()


def test_jobs_that_were_waited_for_and_died_are_sent_again(missing, queue, capsys):
    dying = ["RUNNING"] * 3 + ["COMPLETING"] * 3 + ["CANCELLED"]
    queue({"47_0": dying, "47_1": dying, "48_0": ["RUN"], "48_1": ["RUN"]})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(queued, "_sleep", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sweep(missing, SLURM)
    assert sweep(missing, SLURM).n_missing == 0
    told = capsys.readouterr().err
    assert "waits for 2 jobs of an earlier sweep" in told and "2 jobs ended early" in told


def test_what_the_queue_refuses_at_once_is_told_with_a_remedy(tmp_path, monkeypatch):
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher")

    class Full:
        def map_array(self, *given):
            raise RuntimeError("sbatch: error: Requested node configuration is not available")

    monkeypatch.setattr(queued, "_executor", lambda kind, settings: Full())
    monkeypatch.setattr(queues, "_answer", lambda *words: None)
    sending = beats.sending(tmp_path, "todo-ab.json", "submitit_slurm", [1, 1])
    words = [*SLURM, "hydra.launcher.cpus_per_task=4", "hydra.launcher.partition=main"]
    with pytest.raises(ConfigError, match="Requested node configuration") as refused:
        queued.submit(tmp_path, "todo-ab.json", words, sending)
    assert "cpus_per_task=1" in str(refused.value)


def test_submitit_is_told_what_hydra_is_told(tmp_path, monkeypatch):
    submitit = pytest.importorskip("submitit")
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher")
    told = {}

    class Executor:
        def __init__(self, **given):
            told.update(given)

        def update_parameters(self, **given):
            told.update(given)

        def map_array(self, work, *columns):
            paths = SimpleNamespace(stderr="/x/log")
            return [SimpleNamespace(job_id=f"5_{k}", paths=paths) for k in columns[-1]]

    monkeypatch.setattr(submitit, "AutoExecutor", Executor)
    sending = beats.sending(tmp_path, "todo-ab.json", "submitit_slurm", [1, 1, 1])
    words = [*SLURM, "hydra.launcher.partition=main", "hydra.launcher.max_num_timeout=3"]
    queued.submit(tmp_path, "todo-ab.json", words, sending)
    assert told["cluster"] == "slurm" and told["slurm_max_num_timeout"] == 3
    assert told["slurm_partition"] == "main" and told["timeout_min"] == 60
    assert told["folder"] == str(tmp_path / "hydra" / ".submitit" / "%j")
    assert beats.read_sent(tmp_path)[0].ids == ("5_0", "5_1", "5_2")


# --- shown ----------------------------------------------------------------------------------------


def job_seen(state, why="", ids=("4_0",), **beat):
    sent = Sent("ab", "submitit_slurm", (10,), 0.0, ids=ids)
    return JobSeen(sent, 0, replace(WORKS, **beat) if beat else None, Verdict(state, why), "n1")


def test_progress_says_what_is_queued_compiling_and_dead():
    many = [
        job_seen("running", stage="compiling"), job_seen("running", done=2),
        job_seen("queued", "Priority"), job_seen("dead", "cancelled"),
    ]  # fmt: skip
    assert crew.told(many) == "2 running (1 compiling), 1 queued (Priority), 1 dead"
    assert crew.told([job_seen("running", ids=(), done=1)]) == ""  # this process: nothing to say


def test_status_says_rate_time_left_hosts_and_what_was_begun_again():
    began = time.time() - 10
    jobs = [job_seen("running", done=20, began=began, tries=2), job_seen("queued", "Resources")]
    seen = Status(100, 20, {}, ())
    lines = job_lines(jobs, seen, hosts=True)
    assert lines[0].split(maxsplit=1)[1] == "1 running, 1 queued, 0 dead"
    assert "begun again after they were lost: 1" in lines[1]
    assert "2 runs/s, 40 s left" in lines[2]
    assert "on n1" in lines[3] and "begun 2 times" in lines[3]
    assert job_lines([], seen, hosts=False) == []


def test_a_time_limit_counts_the_signal_before_it_and_bounds_the_shards():
    slurm = [*SLURM, "hydra.launcher.timeout_min=5"]
    who = shards.placing(slurm)
    assert who.limit_s == 300 - shards.EARLY_S - shards.START_S
    assert shards.placing([*slurm, "hydra.launcher.cpus_per_task=4"]).limit_s == 4 * who.limit_s
    half = shards.FULL * who.limit_s
    assert shards.n_shards(1000, 1.0, who) >= 1000 / half
    with pytest.raises(ConfigError, match="no time to work") as refused:
        shards.placing([*SLURM, "hydra.launcher.timeout_min=1"])
    assert "signal_delay_s=10" in str(refused.value)
    short = ["hydra.launcher.timeout_min=1", "hydra.launcher.signal_delay_s=10"]
    assert shards.placing([*SLURM, *short]).limit_s == 20


def test_jobs_note_where_they_ran_and_how_often_they_were_begun(done):
    lines = (done / "studies" / "mine" / "jobs.jsonl").read_text().splitlines()
    note = json.loads(lines[-1])
    assert note["host"] and note["tries"] == 1
    assert not (done / "studies" / "mine" / "jobs").exists()
