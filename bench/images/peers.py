"""What other programs need for the same images: `peers.py make FOLDER`, or `peers.py CASE FOLDER`, which prints times as JSON.

Needs pillow, numpy and opencv-python-headless. Pools and imports are ready before the clock starts.
"""

import glob
import json
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool

import cv2
import numpy as np
from PIL import Image

cv2.setNumThreads(1)
SIDES = {"small": (2000, 300), "large": (80, 1024)}
ORIGINALS = 2000
COPIES = 8


def make(folder):
    """JPEGs with structure at all scales, quality 90, 4:2:0: about 23 KB at 300 x 300. The same on every call."""
    for name, (count, side) in SIDES.items():
        os.makedirs(f"{folder}/{name}/one", exist_ok=True)
        os.makedirs(f"{folder}/{name}/two", exist_ok=True)
        for index in range(count):
            random = np.random.default_rng(index)
            total = np.zeros((side, side, 3), np.float32)
            for octave in (4, 12, 40, 120):
                coarse = random.normal(size=(octave, octave, 3)).astype(np.float32)
                total += cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC) * (70 / octave**0.45)
            pixels = np.clip(128 + total, 0, 255).astype(np.uint8)
            where = f"{folder}/{name}/{'one' if index % 2 else 'two'}/{index:05d}.jpg"
            Image.fromarray(pixels).save(where, quality=90, subsampling="4:2:0")


def decode(file):
    with Image.open(file) as image:
        image.load()


def pillow_draft(side):
    def work(file):
        with Image.open(file) as image:
            image.draft("RGB", (side, side))
            image.resize((side, side), Image.Resampling.BILINEAR)

    return work


def opencv_reduced(side, flag):
    return lambda file: cv2.resize(cv2.imread(file, flag), (side, side), interpolation=cv2.INTER_AREA)


CLAHE = cv2.createCLAHE(2, (8, 8))


def gray_clahe(file):
    gray = cv2.resize(cv2.imread(file, cv2.IMREAD_GRAYSCALE), (224, 224), interpolation=cv2.INTER_AREA)
    return CLAHE.apply(gray)[0, 0]


def augment(seed):
    """Eight turned, moved, mirrored and brightened copies of an image of 64 x 64."""
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (64, 64, 3), np.uint8)
    copies = np.empty((COPIES, 64, 64, 3), np.uint8)
    for copy in range(COPIES):
        turn = cv2.getRotationMatrix2D((31.5, 31.5), random.uniform(-15, 15), random.uniform(0.9, 1.1))
        turn[:, 2] += random.uniform(-6, 6, 2)
        changed = cv2.warpAffine(image, turn, (64, 64), borderMode=cv2.BORDER_REFLECT_101)
        if random.uniform() < 0.5:
            changed = cv2.flip(changed, 1)
        cv2.convertScaleAbs(changed, dst=copies[copy], alpha=random.uniform(0.8, 1.2))
    return copies


def measured(count, run):
    used = lambda: sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu, wall = used(), time.perf_counter()
    run()
    wall = time.perf_counter() - wall
    return wall, lambda: print(json.dumps({"images": count, "wallMs": wall * 1000, "cpuMs": (used() - cpu) * 1000}))


def in_processes(items, work, keep=None):
    with Pool(2) as pool:
        pool.map(work, items[:8])
        done = pool.imap(work, items, chunksize=16)
        _, say = measured(len(items), lambda: keep(done) if keep else [None for _ in done])
        pool.close()
        pool.join()
    say()


def in_threads(files, work):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, files[:8]))
        _, say = measured(len(files), lambda: list(pool.map(lambda file: work(file) is None, files)))
    say()


def main(case, folder):
    small, large = (sorted(glob.glob(f"{folder}/{name}/*/*.jpg")) for name in SIDES)
    if case == "make":
        make(folder)
    elif case == "ingest":
        in_processes(small, decode)
    elif case == "clahe":
        in_processes(large, gray_clahe)
    elif case == "augment":
        written = np.lib.format.open_memmap(f"{folder}/copies.npy", "w+", np.uint8, (ORIGINALS * COPIES, 64, 64, 3))

        def keep(done):
            for index, copies in enumerate(done):
                written[index * COPIES : (index + 1) * COPIES] = copies
            written.flush()

        in_processes(list(range(ORIGINALS)), augment, keep)
    else:
        way, side = case.split("-")
        flag = cv2.IMREAD_REDUCED_COLOR_4 if side == "64" else cv2.IMREAD_COLOR
        in_threads(small, pillow_draft(int(side)) if way == "pillow" else opencv_reduced(int(side), flag))


main(*sys.argv[1:])
