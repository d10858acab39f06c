"""Fits of a case: which worlds give what was seen, and what such a fit is worth.

quantities       how each quantity of a case is read off a run
targets          what a run says of targets, and how far that is off
facts            stylised facts, and the gate that a world has to pass
platform_fit     half-lives of the platform, from topics that are not the company's
fit_settings     how a case is fitted: calibrations/CASE.yaml
case_priors      what worlds of a fit are drawn from: other affairs, and written ranges
waves            proposals of worlds; as a study, to predict from them
wave_runs        their runs, kept as numbers in blocks
observations     what runs say of the targets
wave_contrasts   answers against silence in the worlds that are kept, by wave
people_fit       the fit: wave after wave, the best are kept
posterior_file   the kept worlds on disk, and where they come from
identifiability  what a fit pins down, and whether it finds what is known
holdout          what it says of days that it has not seen
rivals           other structures, fitted and asked the same way
transfer         other cases, with only their events re-set
case_score       a case against its daily series
case_forecasts   what it is held against: median topics of its events, the day before
case_size        how large it was, where a run is measured as the series is
day_losses       which of two forecasts is better, and how sure that is
promotion        whether a fit replaces the posterior that is shipped
evidence         all of it, for the report
"""
