"""The networks of models.ts in PyTorch, under the same protocol as measured.ts. Arguments: network, batch, threads."""
import json
import resource
import sys
import time

START = time.time()
import warnings

warnings.filterwarnings("ignore")
import torch
import torch.nn as nn
import torch.nn.functional as F

NAME, BATCH, THREADS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(THREADS)
torch.manual_seed(0)


def network_a():
    layers = [nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(32 * 13 * 6, 1)), (3, 60, 30), "labels", 1


def network_b():
    layers, channels = [], 1
    for i, filters in enumerate([32, 64, 128, 256]):
        layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(filters)]
        channels = filters
        if i < 3:
            layers.append(nn.MaxPool2d(2))
    head = [nn.Flatten(), nn.Linear(256 * 64, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 14)]
    return nn.Sequential(*layers, *head), (1, 64, 64), "labels", 14


def network_c():
    layers, channels = [], 3
    for _ in range(4):
        layers += [nn.Conv2d(channels, 64, 5, padding=2), nn.ReLU(), nn.BatchNorm2d(64), nn.MaxPool2d(2)]
        channels = 64
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU()]
    return nn.Sequential(*layers, *head, nn.Linear(1024, 8)), (3, 64, 64), "classes", 8


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.short = None
        if stride != 1:
            self.short = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.second_norm(self.second(F.relu(self.first_norm(self.first(x)))))
        return F.relu(y + (self.short(x) if self.short else x))


def network_r():
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, filters in enumerate([64, 128, 256, 512]):
        for block in range(2):
            layers.append(Residual(channels, filters, 2 if block == 0 and stage > 0 else 1))
            channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), (3, 224, 224), None, 512


class Inverted(nn.Module):
    def __init__(self, inputs, outputs, expansion, stride):
        super().__init__()
        wide, layers = inputs * expansion, []
        if expansion != 1:
            layers += [nn.Conv2d(inputs, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6()]
        layers += [nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False), nn.BatchNorm2d(wide), nn.ReLU6()]
        layers += [nn.Conv2d(wide, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.layers(x) if self.adds else self.layers(x)


def network_m():
    layers, channels = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6()], 32
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expansion, filters, repeats, stride in stages:
        for block in range(repeats):
            layers.append(Inverted(channels, filters, expansion, stride if block == 0 else 1))
            channels = filters
    layers += [nn.Conv2d(channels, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), (3, 224, 224), None, 1280


class Bottleneck(nn.Module):
    def __init__(self, inputs, filters, stride, first):
        super().__init__()
        layers = [nn.Conv2d(inputs, filters, 1, stride, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
        layers += [nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
        layers += [nn.Conv2d(filters, 4 * filters, 1, bias=False), nn.BatchNorm2d(4 * filters)]
        self.layers = nn.Sequential(*layers)
        self.short = None
        if first:
            self.short = nn.Sequential(nn.Conv2d(inputs, 4 * filters, 1, stride, bias=False), nn.BatchNorm2d(4 * filters))

    def forward(self, x):
        return F.relu(self.layers(x) + (self.short(x) if self.short else x))


def network_r50():
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, blocks in enumerate([3, 4, 6, 3]):
        for block in range(blocks):
            filters = 64 * 2**stage
            layers.append(Bottleneck(channels, filters, 2 if block == 0 and stage > 0 else 1, block == 0))
            channels = 4 * filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), (3, 224, 224), None, 2048


def network_m1():
    layers, channels = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6()], 32
    for i, filters in enumerate([64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]):
        stride = 2 if i in (1, 3, 5, 11) else 1
        layers += [nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False), nn.BatchNorm2d(channels), nn.ReLU6()]
        layers += [nn.Conv2d(channels, filters, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU6()]
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), (3, 224, 224), None, 1024


NETWORKS = {"A": network_a, "B": network_b, "C": network_c, "M": network_m, "R": network_r, "R50": network_r50, "M1": network_m1}
model, shape, task, outputs = NETWORKS[NAME]()
x = torch.rand(BATCH, *shape)
y = torch.randint(0, outputs, (BATCH,)) if task == "classes" else (torch.rand(BATCH, outputs) > 0.5).float()
loss_of = nn.CrossEntropyLoss() if task == "classes" else nn.BCEWithLogitsLoss()
if task is None:
    model.eval()
else:
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)


def step():
    if task is None:
        with torch.no_grad():
            return model(x)[0, 0].item()
    optimizer.zero_grad()
    loss = loss_of(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def say(value):
    print(json.dumps(value), flush=True)


step()
say({"ready": (time.time() - START) * 1e3, "version": torch.__version__})
for line in sys.stdin:
    if line.strip() == "end":
        break
    start, before = time.perf_counter(), time.process_time()
    value = step()
    say({"ms": (time.perf_counter() - start) * 1e3, "cpuMs": (time.process_time() - before) * 1e3, "value": value})
say({"peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})
