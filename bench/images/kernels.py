"""OpenCV's side of kernels.mjs: prints as JSON how many milliseconds a call of each operation takes, on one thread."""

import json
import time

import cv2
import numpy as np

cv2.setNumThreads(1)
SPENT_S = 0.4


def least_ms(run):
    least = float("inf")
    end = time.perf_counter() + SPENT_S
    while (start := time.perf_counter()) < end:
        run()
        least = min(least, time.perf_counter() - start)
    return least * 1000


def colour(side):
    return np.random.default_rng(side).integers(0, 256, (side, side, 3), np.uint8)


def gray(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def warp(image):
    side = image.shape[0]
    turn = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), 11, 1.05)
    turn[:, 2] += 0.03 * side
    return lambda: cv2.warpAffine(image, turn, (side, side), borderMode=cv2.BORDER_REFLECT_101)


def area(image, side):
    return lambda: cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)


small, middle, photo, large = (colour(side) for side in (64, 224, 300, 1024))
clahe = cv2.createCLAHE(2, (8, 8))
gray_middle, gray_large = gray(middle), gray(large)

print(
    json.dumps(
        {
            "resize 300 to 64": least_ms(area(photo, 64)),
            "resize 300 to 224": least_ms(area(photo, 224)),
            "resize 1024 to 224": least_ms(area(large, 224)),
            "resize 1024 to 224, grey": least_ms(area(gray_large, 224)),
            "resize 64 to 224": least_ms(lambda: cv2.resize(small, (224, 224))),
            "warp 64": least_ms(warp(small)),
            "warp 224": least_ms(warp(middle)),
            "warp 224, grey": least_ms(warp(gray_middle)),
            "grey of 224": least_ms(lambda: gray(middle)),
            "CLAHE 224": least_ms(lambda: clahe.apply(gray_middle)),
            "brightness 64": least_ms(lambda: cv2.convertScaleAbs(small, alpha=1.1)),
            "blur 64": least_ms(lambda: cv2.GaussianBlur(small, (11, 11), 1.5)),
        }
    )
)
