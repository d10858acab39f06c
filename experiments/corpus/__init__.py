"""Affairs of many brands as a public list showed them: read, measured, forecast.

kinds        what topics and affairs are called, in both languages
affairs      a population of affairs as plain arrays, real or simulated
tables       a folder of tables -> affairs, or what to mend in it
writing      affairs -> such a folder
cells        one table of a folder, cell by cell
shipped      the development affairs and what was measured on them
instrument   heat per topic -> what hourly samples of the list show, and back to hourly heat
windows      heat between any two moments of an affair
moments      the topics of affairs: which came first, which was largest, what followed
targets      K01-K29 and sizes: `statistics(affairs)`, fast, and with intervals
target_words these statistics in words
responses    what followed responses: endings, relapses, heat before and after
matching     affairs answered by an age beside affairs that were not
bootstrap    intervals by drawing affairs anew
tasks        an affair at an age: what was known, and what came
scores       how good a forecast table is
baselines    forecasts that know nothing of people: climatology, decay, median topics
excitement   topics that bring topics: a self-exciting process with frailty
regression   landmark regression and analogues
contest      all of them, trained on other organisations
appraisal    a folder appraised: statistics, responses, forecasts
forecast_file forecast tables of one's own
ingredients  what synthetic affairs are made of, and how that differs over affairs
scripts      responses as measured, which synthetic affairs borrow
synthetic    one synthetic affair: drawn, run, read from its list
library      many of them, in sealed blocks
tilting      the population whose statistics are those observed, out of libraries
population_fit waves of libraries
contrasts    responses against silence in synthetic affairs
conditioning forecasts by the fitted population
public_table docs/forecasts.md
words        what commands say of all this, in English and Chinese
"""
