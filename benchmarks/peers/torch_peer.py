"""PyTorch in eager mode, without a DataLoader: tensors indexed by a permutation."""

from __future__ import annotations

import torch
from torch import nn

from benchmarks import cases


class Peer:
    """The usual loop; loss and accuracy are summed on tensors, read once an epoch."""

    def __init__(self, threads):
        torch.set_num_threads(threads)
        torch.manual_seed(cases.SEED)

    def version(self):
        return torch.__version__

    def train_case(self, case, data):
        model = build(case)
        optimizer = torch.optim.Adam(
            model.parameters(),
            lr=cases.LEARNING_RATE,
            betas=(cases.BETA_1, cases.BETA_2),
            eps=cases.EPSILON,
        )
        x = torch.from_numpy(data.x)
        y = torch.from_numpy(data.labels if case.classify else data.y)

        def run(epochs):
            for _ in range(epochs):
                loss = train_epoch(model, optimizer, x, y, case)
            return loss

        return run

    def predict_case(self, case):
        model = build(case, with_softmax=True).eval()

        def predict(x):
            with torch.inference_mode():
                return model(torch.from_numpy(x)).numpy()

        return predict


def build(case, with_softmax=False):
    layers = []
    for inputs, units in zip(case.widths[:-1], case.widths[1:], strict=True):
        layers += [nn.Linear(inputs, units), nn.ReLU()]
    layers.pop()
    if with_softmax and case.classify:
        layers.append(nn.Softmax(dim=1))
    model = nn.Sequential(*layers)
    with torch.no_grad():
        pairs = zip(model.parameters(), cases.first_weights(case), strict=True)
        for parameter, weight in pairs:
            parameter.copy_(torch.from_numpy(weight.T))
    return model


def train_epoch(model, optimizer, x, y, case):
    loss_function = nn.CrossEntropyLoss() if case.classify else nn.MSELoss()
    total = torch.zeros(())
    correct = torch.zeros((), dtype=torch.int64)
    for index in torch.randperm(case.rows).split(case.batch_size):
        target = y[index]
        optimizer.zero_grad(set_to_none=True)
        out = model(x[index])
        loss = loss_function(out, target)
        loss.backward()
        optimizer.step()
        total += loss.detach()
        if case.classify:
            correct += (out.detach().argmax(dim=1) == target).sum()
    return total.item() * case.batch_size / case.rows
