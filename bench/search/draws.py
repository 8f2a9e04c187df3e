"""Draws with Optuna what draws.ts drew, and tests each dimension by Kolmogorov and Smirnov's two-sample test.

Once as Optuna is, once with numpy's sort made stable: of equal observations Optuna leaves to the sort which gets the wide
kernel, and what numpy does there differs between processors.
"""

import json
import sys
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import TPESampler
from optuna.samplers._tpe import parzen_estimator
from scipy.stats import ks_2samp

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


class StableNumpy:
    def __getattr__(self, name):
        return getattr(np, name)

    def argsort(self, values):
        return np.argsort(values, kind="stable")


def distribution(dimension):
    if dimension["kind"] == "choice":
        return CategoricalDistribution(dimension["choices"])
    if dimension["step"] == 1:
        return IntDistribution(dimension["low"], dimension["high"], log=dimension["log"])
    return FloatDistribution(dimension["low"], dimension["high"], log=dimension["log"], step=dimension["step"])


def draws(case):
    """What Optuna draws together, as often as ours did; and the distributions."""
    known = {each["path"]: distribution(each) for each in case["dimensions"]}
    sampler = TPESampler(seed=1, multivariate=True)
    study = optuna.create_study(sampler=sampler)
    for each in case["history"]:
        own = {path: known[path] for path in each["settings"]}
        is_running = each["state"] == "running"
        state = optuna.trial.TrialState.RUNNING if is_running else optuna.trial.TrialState.COMPLETE
        value = None if is_running else each["values"][0]
        study.add_trial(optuna.trial.create_trial(state=state, params=each["settings"], distributions=own, value=value))
    trial = study._storage.get_trial(study._storage.create_new_trial(study._study_id))
    space = sampler.infer_relative_search_space(study, trial)
    return space, [sampler._sample(study, trial, space) for _ in case["drawn"]]


cases = json.load(sys.stdin)
for name, module in (("as it is", np), ("with a stable sort", StableNumpy())):
    parzen_estimator.np = module
    ps = []
    for case in cases:
        space, theirs = draws(case)
        for path, dimension in space.items():
            mine, other = (
                [round(dimension.to_internal_repr(each[path]), 9) for each in some] for some in (case["drawn"], theirs)
            )
            p = float(ks_2samp(mine, other, method="asymp").pvalue)
            ps.append(p)
            if p < 0.01:
                print(f"{case['name']}, {len(case['history'])} trials, {path}: p = {p:.2g}")
    below = sum(p < 0.05 for p in ps)
    print(f"Optuna {name}: {below} of {len(ps)} tests below .05, least p {min(ps):.2g}", flush=True)
