"""Figures of Optuna that tests of stages/lib/search compare with. See README.md here for how to run it.

Writes densities of Parzen estimators, splits into good and bad trials, importances and decisions of pruners.
"""

import json
import math
import random
import sys
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import _split_trials, default_gamma, default_weights
from optuna.trial import TrialState, create_trial
from scipy.stats import wilcoxon

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

# Which of several equal observations gets the wide kernel depends, in Optuna, on how numpy sorts equal numbers, which differs
# between processors. A stable sort makes it the same everywhere.
_argsort = np.argsort
np.argsort = lambda values, **_: _argsort(values, kind="stable")

SPACE = {
    "rate": {"range": [0.0001, 0.5], "log": True},
    "share": {"range": [-2, 3]},
    "units": {"range": [3, 40], "integer": True},
    "width": {"range": [1, 600], "log": True, "integer": True},
    "drop": {"range": [0, 0.5], "step": 0.05},
    "kind": {"choice": ["a", "b", "c"]},
    "flag": {"choice": [True, False]},
}


def distribution(dimension):
    if "choice" in dimension:
        return CategoricalDistribution(dimension["choice"])
    low, high = dimension["range"]
    log = dimension.get("log", False)
    if dimension.get("integer"):
        return IntDistribution(low, high, log=log)
    return FloatDistribution(low, high, log=log, step=dimension.get("step"))


def draw(dimension, stream):
    if "choice" in dimension:
        return stream.choice(dimension["choice"])
    low, high = dimension["range"]
    if dimension.get("log"):
        value = math.exp(stream.uniform(math.log(low), math.log(high)))
    else:
        value = stream.uniform(low, high)
    if dimension.get("integer"):
        return round(value)
    step = dimension.get("step")
    return value if step is None else round(low + round((value - low) / step) * step, 10)


def densities():
    parameters = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)
    stream = random.Random(4)
    cases = []
    spaces = [[name] for name in SPACE] + [["rate", "units", "kind"], list(SPACE)]
    for names in spaces:
        for count in (0, 1, 2, 7, 26, 60):
            space = {name: distribution(SPACE[name]) for name in names}
            observed = {name: [draw(SPACE[name], stream) for _ in range(count)] for name in names}
            points = [[draw(SPACE[name], stream) for name in names] for _ in range(4)]
            inner = lambda name, values: np.array([space[name].to_internal_repr(v) for v in values], dtype=float)
            estimator = _ParzenEstimator({n: inner(n, observed[n]) for n in names}, space, parameters)
            log_pdf = estimator.log_pdf({n: inner(n, [p[i] for p in points]) for i, n in enumerate(names)})
            cases.append({"names": names, "observed": observed, "points": points, "logDensity": log_pdf.tolist()})
    return cases


def splits():
    stream = random.Random(5)
    cases = []
    for goal in ("minimize", "maximize"):
        for size in (12, 45, 300):
            study = optuna.create_study(direction=goal)
            history = []
            for number in range(size):
                state = stream.choice(["complete"] * (1 if size == 45 else 8) + ["pruned", "pruned", "infeasible", "running"])
                value = round(stream.random(), 3)
                reports = [[i + 1, round(stream.random(), 3)] for i in range(stream.randint(0, 4))] if state == "pruned" else []
                violation = round(stream.random() + 0.001, 3) if state == "infeasible" else 0
                history.append({"state": state, "value": value, "reports": reports, "violation": violation})
                study.add_trial(create_trial(
                    state={"pruned": TrialState.PRUNED, "running": TrialState.RUNNING}.get(state, TrialState.COMPLETE),
                    value=value if state in ("complete", "infeasible") else None,
                    intermediate_values=dict(reports),
                    constraints={"limit": violation} if violation else None,
                ))
            trials = study.trials
            finished = sum(t.state != TrialState.RUNNING for t in trials)
            good, bad = _split_trials(study, trials, default_gamma(finished))
            cases.append({"goal": goal, "history": history, "good": [t.number for t in good], "bad": [t.number for t in bad]})
    return cases


def importances():
    cases = []
    for goal, conditional in (("minimize", False), ("maximize", False), ("minimize", True)):
        stream = random.Random(6)
        study = optuna.create_study(direction=goal)
        history = []
        for _ in range(80):
            settings = {name: draw(dimension, stream) for name, dimension in SPACE.items()}
            if conditional and settings["kind"] != "a":
                del settings["drop"]
            value = abs(math.log(settings["rate"]) + 5) + 0.1 * settings["share"] ** 2 + (settings["kind"] == "b") + settings.get("drop", 1)
            value = value if goal == "minimize" else -value
            history.append({"settings": settings, "value": value})
            study.add_trial(
                create_trial(params=settings, distributions={n: distribution(SPACE[n]) for n in settings}, value=value)
            )
        found = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
        cases.append({"goal": goal, "conditional": conditional, "history": history, "importances": found})
    return cases


def pruners():
    made = {
        "median": lambda: optuna.pruners.MedianPruner(),
        "median, warmed up": lambda: optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=4, interval_steps=3),
        "asha": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3),
        "asha from 2": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=4),
        "wilcoxon": lambda: optuna.pruners.WilcoxonPruner(),
    }
    cases = []
    for name, make in made.items():
        for goal in ("minimize", "maximize"):
            stream = random.Random(f"{name} {goal}")
            study = optuna.create_study(direction=goal, pruner=make(), sampler=optuna.samplers.RandomSampler(seed=1))
            curves, lengths = [], []
            for _ in range(60):
                floor, speed = stream.random(), stream.uniform(0.1, 2)
                curve = [round(floor + math.exp(-speed * s) + 0.2 * stream.random(), 4) for s in range(1, 13)]
                if goal == "maximize":
                    curve = [-value for value in curve]
                trial = study.ask()
                steps, pruned = 0, False
                for step, value in enumerate(curve, 1):
                    trial.report(value, step)
                    steps = step
                    if trial.should_prune():
                        pruned = True
                        break
                if pruned:
                    study.tell(trial, state=TrialState.PRUNED)
                else:
                    study.tell(trial, sum(curve) / len(curve) if name == "wilcoxon" else curve[-1])
                curves.append(curve)
                lengths.append(steps if pruned else 0)
            cases.append({"pruner": name, "goal": goal, "curves": curves, "prunedAt": lengths})
    return cases


def signed_ranks():
    stream = random.Random(7)
    cases = [[1], [0, 0], [1, 2, 3, 4], [1, 1, 1, 1], [0, 1, -1, 2, 2]]
    cases += [[stream.randint(-4, 6) for _ in range(n)] for n in (3, 5, 8, 13)]
    cases += [[round(stream.gauss(0.3, 1), 6) for _ in range(n)] for n in (5, 10, 25)]
    return [[case, float(wilcoxon(case, alternative="greater", zero_method="zsplit").pvalue)] for case in cases]


def main():
    figures = {
        "made with": f"optuna {optuna.__version__}",
        "space": SPACE,
        "densities": densities(),
        "splits": splits(),
        "importances": importances(),
        "pruners": pruners(),
        "signedRanks": signed_ranks(),
    }
    with open(sys.argv[1], "w") as file:
        json.dump(figures, file, separators=(",", ":"))
        file.write("\n")


main()
