"""A notebook for lessons: three responses in the same worlds, one figure.

    marimo edit docs/teaching/notebook.py      (pip install -c constraints.txt -e '.[notebook]')

It runs a small sweep where none is finished, some seconds; a finished one is only read.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Backlash")


@app.cell
def _():
    import marimo as mo
    import matplotlib.pyplot as plt

    from experiments.command.cli import main
    from experiments.pictures import plots
    from experiments.reading.frames import frame_of
    from experiments.sweeps.plan import load_plan

    return frame_of, load_plan, main, mo, plots, plt


@app.cell
def _(mo):
    mo.md(
        """
        # Three responses, the same worlds · 三种应对，同样的世界

        Each line is one plausible world: a draw of everything that nobody knows, the same for
        all three responses. Change `words` and look again. Which lines cross?

        每条线是一个可能的世界：对所有未知量的一次抽取，三种应对共用。
        修改 `words` 再看：哪些线相交？
        """
    )
    return


@app.cell
def _():
    #: The words of `backlash sweep`, 命令的参数.
    words = [
        "name=notebook",
        "response=none,apology_only,as_happened",
        "n_replicates=10",
        "population=classroom",
    ]
    outcome = "outrage_burden_core"
    return outcome, words


@app.cell
def _(words, frame_of, load_plan, main):
    from pathlib import Path

    if main(["sweep", *words]) != 0:
        raise RuntimeError("the sweep did not finish · 扫描未完成")
    plan = load_plan(Path("results") / "studies" / "notebook")
    runs = frame_of(plan)
    return plan, runs


@app.cell
def _(outcome, plan, plots, plt, runs):
    from sim.metrics import BY_NAME

    plots.use_style()
    figure, ax = plt.subplots(figsize=(7, 4))
    table = runs.pivot_table(index="world", columns="cell", values=outcome)
    ax.plot(range(table.shape[1]), table.to_numpy().T, color="0.6", linewidth=0.8)
    ax.plot(range(table.shape[1]), table.mean(), color=plots.BLUE, linewidth=3, marker="o")
    ax.set_xticks(range(table.shape[1]), [plan.study.label(cell) for cell in table.columns])
    about = BY_NAME[outcome]
    ax.set_ylabel(f"{about.en} · {about.zh} [{about.unit}]")
    ax.set_title(f"{len(table)} worlds, {len(runs)} runs · {len(table)}个世界，{len(runs)}次运行")
    figure  # noqa: B018 - shown
    return figure, table


@app.cell
def _(mo, table):
    mo.md(
        f"""
        “{table.shape[0]} worlds” are draws, most of them from prior ranges: a share of worlds is
        no probability. In {int((table[2] < table[1]).sum())} of {len(table)} the documented
        response leaves less outrage than an apology alone.

        “世界”是抽样，多数取自先验；份额不是概率。在{len(table)}个世界中，有
        {int((table[2] < table[1]).sum())}个里实际做法留下的愤怒少于仅致歉。
        """
    )
    return


if __name__ == "__main__":
    app.run()
