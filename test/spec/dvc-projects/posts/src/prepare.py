import os, random, re, sys
from params import load

params = load("prepare")
rng = random.Random(params["seed"])
os.makedirs(os.path.join("data", "prepared"), exist_ok=True)
with open(sys.argv[1]) as source, open("data/prepared/train.tsv", "w") as train, open("data/prepared/test.tsv", "w") as test:
    for line in source:
        row = re.search(r'Id="(\d+)" Tags="([^"]*)" Title="([^"]*)"', line)
        if row:
            target = test if rng.random() < params["split"] else train
            target.write("%s\t%d\t%s\n" % (row[1], "r" in row[2].split("|"), row[3]))
