"""The same backbones in PyTorch with random weights, one batch of features for each line read.

Arguments: resnet50 or mobilenet-v1, `first` or `last` for where channels lie in memory, side of an image, threads.
"""
import json
import resource
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import torch
import torch.nn as nn

NAME, CHANNELS, SIDE, THREADS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
BATCH = 8
torch.set_num_threads(THREADS)
torch.manual_seed(0)


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride, projects):
        super().__init__()
        outputs = 4 * width
        self.way = nn.Sequential(
            *[nn.Conv2d(inputs, width, 1, stride), nn.BatchNorm2d(width), nn.ReLU(True)],
            *[nn.Conv2d(width, width, 3, 1, 1), nn.BatchNorm2d(width), nn.ReLU(True)],
            *[nn.Conv2d(width, outputs, 1), nn.BatchNorm2d(outputs)],
        )
        self.short = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)) if projects else None

    def forward(self, x):
        return torch.relu_(self.way(x) + (x if self.short is None else self.short(x)))


def resnet50():
    """As in Keras: the first convolution of a block has its stride."""
    layers = [nn.Conv2d(3, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU(True), nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for stage, (width, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
        for block in range(blocks):
            layers.append(Bottleneck(inputs, width, 2 if stage > 0 and block == 0 else 1, block == 0))
            inputs = 4 * width
    return layers


def mobilenet_v1():
    layers = [nn.Conv2d(3, 32, 3, 2, 1), nn.BatchNorm2d(32), nn.ReLU6(True)]
    inputs = 32
    outputs = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
    for filters, stride in zip(outputs, [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]):
        layers += [nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs), nn.BatchNorm2d(inputs), nn.ReLU6(True)]
        layers += [nn.Conv2d(inputs, filters, 1), nn.BatchNorm2d(filters), nn.ReLU6(True)]
        inputs = filters
    return layers


LAYERS = {"resnet50": resnet50, "mobilenet-v1": mobilenet_v1}[NAME]()
FORMAT = torch.channels_last if CHANNELS == "last" else torch.contiguous_format
model = nn.Sequential(*LAYERS, nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval().to(memory_format=FORMAT)
images = torch.rand(BATCH, 3, SIDE, SIDE).to(memory_format=FORMAT)


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


with torch.inference_mode():
    model(images)
    for _ in sys.stdin:
        start, cpu = time.perf_counter(), cpu_ms()
        model(images)
        wall = (time.perf_counter() - start) * 1000
        by = f"torch {torch.__version__}, channels {CHANNELS}"
        print(json.dumps({"images": BATCH, "wallMs": wall, "cpuMs": cpu_ms() - cpu, "by": by}), flush=True)
