"""Time constants: half-lives and rates of the settings become those of one step, once for a run.

A state with half-life h keeps the share 2^(-dt / h) of itself in a step of dt hours. Novelty,
recent views, outrage, grudge, relief, heat, confirmation, doubt and recent talk are such states.
The constants of a run are, once the parameters are known:

- `keep` of `novelty_half_life_h`, `recovery_half_life_h`, `relief_half_life_h`,
  `heat_half_life_h`, `verification_h`, `doubt_half_life_h` and `talk_half_life_h`, and of
  `grudge_half_life_d` in hours; a person's outrage has a half-life of its own (section 5).
- `per_step` of `grudge_build_per_h`, `trust_loss_per_h`, `trust_gain_per_h` and
  `trust_return_per_h`. Other rates go through `expression.event_probability`.
- `steps` of `hashtag_half_life_h`, one hour and the hours of a session (bars), and of
  `wave_after_d`, counted from the first midnight of the case.
- `whole_steps` of `promise_due_d`, and of `buyback_spread_h`, which is at least 1.
"""

from sim.rules import once


@once
def keep(half_life_h: float, dt_h: float) -> float:
    """Share of a state that is left after one step.

        2^(-dt / h)

    half_life_h h, dt_h : hours, above 0. A definition.
    """
    return float(2.0 ** (-dt_h / half_life_h))


@once
def per_step(per_h: float, dt_h: float) -> float:
    """A slow rate for one step.

        r dt

    per_h r : 1/h, well below 1/dt. A definition.
    """
    return dt_h * per_h


@once
def hours(days: float) -> float:
    """Days in hours.

        24 d

    A definition.
    """
    return 24 * days


@once
def steps(hours: float, dt_h: float) -> float:
    """A time span in steps, not rounded.

        t / dt

    hours t, dt_h : hours.
    """
    return hours / dt_h


@once
def whole_steps(hours: float, dt_h: float) -> float:
    """A time span in whole steps.

        round(t / dt)

    hours t, dt_h : hours. A half is rounded to the even number.
    """
    return round(hours / dt_h)
