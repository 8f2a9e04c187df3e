"""Optuna behind a pipe: asks for settings, waits for their value, on and on.

Reads a line of JSON per study (dimensions, sampler, seed, trials, parallel); then writes a line per trial with its settings
and reads a line with the value. With `parallel` above 1 the study learns of a value that many trials later; until then the
trial counts as running. The functions themselves are in functions.ts, so both sides are measured on the very same ones.
"""

import json
import sys
import warnings

import optuna
from optuna.samplers import RandomSampler, TPESampler

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

SAMPLERS = {
    "tpe": lambda seed: TPESampler(seed=seed, multivariate=True),
    "tpe-grouped": lambda seed: TPESampler(seed=seed, multivariate=True, group=True),
    "random": lambda seed: RandomSampler(seed=seed),
}


def holds(condition, settings):
    value = settings.get(condition["path"])
    if value is None:
        return False
    if "anyOf" in condition:
        return value in condition["anyOf"]
    low, high = condition["min"], condition["max"]
    return (low is None or value >= low) and (high is None or value <= high)


def suggest(trial, dimensions):
    settings = {}
    for dimension in dimensions:
        if not all(holds(each, settings) for each in dimension["when"]):
            continue
        path = dimension["path"]
        if dimension["kind"] == "choice":
            settings[path] = trial.suggest_categorical(path, dimension["choices"])
        elif dimension["step"] == 1:
            settings[path] = trial.suggest_int(path, dimension["low"], dimension["high"], log=dimension["log"])
        else:
            settings[path] = trial.suggest_float(
                path, dimension["low"], dimension["high"], log=dimension["log"], step=dimension["step"]
            )
    return settings


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


say(optuna.__version__)
for line in sys.stdin:
    order = json.loads(line)
    study = optuna.create_study(sampler=SAMPLERS[order["sampler"]](order["seed"]))
    running = []
    for _ in range(order["trials"]):
        if len(running) == order["parallel"]:
            study.tell(*running.pop(0))
        trial = study.ask()
        say(suggest(trial, order["dimensions"]))
        running.append((trial, json.loads(sys.stdin.readline())))
