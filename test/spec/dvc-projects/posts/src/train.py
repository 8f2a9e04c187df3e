import json, random, sys
from params import load

params = load("train")
rows = json.load(open(sys.argv[1] + "/train.json"))
rng = random.Random(params["seed"])
weights = [0.0] * (len(rows[0][1]) + 1)
for step in range(params["n_est"]):
    rng.shuffle(rows)
    for label, features in rows:
        if sum(features) < params["min_split"]:
            continue
        x = [1] + features
        error = label - (sum(w * f for w, f in zip(weights, x)) > 0)
        weights = [round(w + 0.1 * error * f, 6) for w, f in zip(weights, x)]
json.dump(weights, open(sys.argv[2], "w"))
