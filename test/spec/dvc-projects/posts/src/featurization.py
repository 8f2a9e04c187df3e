import collections, json, os, sys
from params import load

params = load("featurize")
source, target = sys.argv[1:]
os.makedirs(target)

def grams(text):
    words = text.lower().split()
    return [" ".join(words[i:i + n]) for n in range(1, params["ngrams"] + 1) for i in range(len(words) - n + 1)]

rows = {name: [line.rstrip("\n").split("\t") for line in open(f"{source}/{name}.tsv")] for name in ("train", "test")}
counts = collections.Counter(gram for row in rows["train"] for gram in grams(row[2]))
vocabulary = [gram for gram, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[: params["max_features"]]]
for name, items in rows.items():
    with open(f"{target}/{name}.json", "w") as out:
        json.dump([[int(label), [grams(text).count(gram) for gram in vocabulary]] for _, label, text in items], out)
