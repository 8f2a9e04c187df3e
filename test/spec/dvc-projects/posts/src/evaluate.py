import json, os, sys

weights = json.load(open(sys.argv[1]))
os.makedirs("eval/plots/images", exist_ok=True)
metrics, curve = {}, []
for name in ("train", "test"):
    rows = json.load(open(f"{sys.argv[2]}/{name}.json"))
    scores = [(sum(w * f for w, f in zip(weights, [1] + x)), label) for label, x in rows]
    metrics[name] = {"accuracy": round(sum((score > 0) == bool(label) for score, label in scores) / len(scores), 4)}
    positives = sum(label for _, label in scores) or 1
    negatives = len(scores) - positives or 1
    curve = [(sum(s >= t and not l for s, l in scores) / negatives, sum(s >= t and l for s, l in scores) / positives)
             for t in sorted({s for s, _ in scores}, reverse=True)]
json.dump(metrics, open("eval/metrics.json", "w"))
with open("eval/plots/roc.csv", "w") as out:
    out.write("fpr,tpr\n" + "".join("%.4f,%.4f\n" % point for point in curve))
open("eval/plots/images/importance.svg", "w").write("<svg>" + " ".join("%.2f" % w for w in weights) + "</svg>")
