#!/usr/bin/env python3
"""An external trainer around a PyTorch model: a small variational autoencoder over whole stays, one for all hospitals.

It shows what wrapping your own generator takes: read the cohort folders, make tensors with masks, train, draw, clip to the plausible ranges,
write a cohort folder. Change `Model`; leave the rest. See docs/tutorial-external.md.
"""

import csv
import json
import os
import pathlib
import shutil

import torch
from torch import nn

train_folder = pathlib.Path(os.environ["FEDEHR_TRAIN"])
out = pathlib.Path(os.environ["FEDEHR_OUT"])
wanted = json.loads(pathlib.Path(os.environ["FEDEHR_STAYS"]).read_text(encoding="utf-8"))["hospitals"]
epochs = int(os.environ.get("EPOCHS", "30"))
torch.manual_seed(int(os.environ["FEDEHR_SEED"]))
torch.set_num_threads(int(os.environ["FEDEHR_THREADS"]))


def rows_of(file):
    with open(file, encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


class Columns:
    """Variables as numbers between 0 and 1 and back: a continuous one by its observed minimum and maximum, a level as one of n parts."""

    def __init__(self, variables):
        self.variables = variables
        self.low = {one["name"]: float("inf") for one in variables}
        self.high = {one["name"]: float("-inf") for one in variables}

    def number(self, variable, text):
        if variable["kind"] == "categorical":
            return float(variable["levels"].index(text))
        return float(text)

    def see(self, row):
        for one in self.variables:
            if row[one["name"]] != "":
                value = self.number(one, row[one["name"]])
                self.low[one["name"]] = min(self.low[one["name"]], value)
                self.high[one["name"]] = max(self.high[one["name"]], value)

    def scaled(self, row):
        """Values (0 where unobserved) and mask."""
        values, mask = [], []
        for one in self.variables:
            name, text = one["name"], row.get(one["name"], "")
            mask.append(0.0 if text == "" else 1.0)
            span = self.high[name] - self.low[name]
            values.append(0.0 if text == "" or not span > 0 else (self.number(one, text) - self.low[name]) / span)
        return values, mask

    def text(self, one, value):
        """A cell in the file; `value` between 0 and 1."""
        name = one["name"]
        if self.high[name] < self.low[name]:
            return ""  # never observed
        number = self.low[name] + min(1.0, max(0.0, value)) * (self.high[name] - self.low[name])
        if one["kind"] == "binary":
            return str(int(number >= 0.5))
        if one["kind"] == "categorical":
            return one["levels"][round(number)]
        return repr(number)


class Model(nn.Module):
    """A variational autoencoder; half of its outputs are values, half the log-odds of being observed."""

    def __init__(self, width, hospitals, hidden=64, latent=8):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(2 * width + hospitals, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent + hospitals, hidden), nn.ReLU(), nn.Linear(hidden, 2 * width))
        self.latent = latent

    def loss(self, values, mask, place):
        mean, log_variance = self.encoder(torch.cat([values, mask, place], 1)).chunk(2, 1)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        drawn, odds = self.decoder(torch.cat([z, place], 1)).chunk(2, 1)
        fit = (mask * (torch.sigmoid(drawn) - values) ** 2).sum(1) * 20
        seen = nn.functional.binary_cross_entropy_with_logits(odds, mask, reduction="none").sum(1)
        divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1)
        return (fit + seen + divergence).mean()

    @torch.no_grad()
    def draw(self, place):
        drawn, odds = self.decoder(torch.cat([torch.randn(len(place), self.latent), place], 1)).chunk(2, 1)
        return torch.sigmoid(drawn), torch.rand_like(odds) < torch.sigmoid(odds)


def main():
    folders = [train_folder / one["folder"] for one in wanted if (train_folder / one["folder"]).is_dir()]
    description = json.loads((folders[0] / "cohort.json").read_text(encoding="utf-8"))
    steps, features = description["steps"], description["features"]
    others = description["statics"] + description["labels"]
    dynamic, static = Columns(features), Columns(others)
    for folder in folders:
        for row in rows_of(folder / "dynamic.csv"):
            dynamic.see(row)
        for row in rows_of(folder / "static.csv"):
            static.see(row)

    # A stay is one vector: steps x features, then statics and labels, then its length as a share of the grid.
    per_step = len(features)
    width = steps * per_step + len(others) + 1
    values, mask, places = [], [], []
    for place, one in enumerate(wanted):
        folder = train_folder / one["folder"]
        if not folder.is_dir():
            continue
        stays = {}
        for row in rows_of(folder / "static.csv"):
            known, seen = static.scaled(row)
            key = row.get("stay_id") or row["patient_id"]
            stays[key] = ([0.0] * (steps * per_step) + known + [0.0], [0.0] * (steps * per_step) + seen + [1.0])
        for row in rows_of(folder / "dynamic.csv"):
            value, seen = stays[row.get("stay_id") or row["patient_id"]]
            step = int(row["t"])
            value[step * per_step : (step + 1) * per_step], seen[step * per_step : (step + 1) * per_step] = dynamic.scaled(row)
            value[-1] = max(value[-1], (step + 1) / steps)
        for value, seen in stays.values():
            values.append(value)
            mask.append(seen)
            places.append(place)
    values, mask = torch.tensor(values), torch.tensor(mask)
    place_of = torch.eye(len(wanted))
    places = place_of[torch.tensor(places)]

    model = Model(width, len(wanted))
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for batch in torch.randperm(len(values)).split(64):
            optimiser.zero_grad()
            loss = model.loss(values[batch], mask[batch], places[batch])
            loss.backward()
            optimiser.step()
            total += loss.item() * len(batch)
        print(json.dumps({"kind": "round", "stage": "vae", "round": epoch, "rounds": epochs, "loss": total / len(values)}))

    with open(out / "dynamic.csv", "w", encoding="utf-8", newline="") as dynamic_file, open(
        out / "static.csv", "w", encoding="utf-8", newline=""
    ) as static_file:
        hours, stays = csv.writer(dynamic_file), csv.writer(static_file)
        hours.writerow(["patient_id", "hospital_id", "t", *(one["name"] for one in features)])
        stays.writerow(["patient_id", "hospital_id", *(one["name"] for one in others)])
        count = 0
        for place, one in enumerate(wanted):
            if one["stays"] == 0:
                continue
            drawn, seen = model.draw(place_of[place].repeat(one["stays"], 1))
            for value, there in zip(drawn.tolist(), seen.tolist()):
                count += 1
                patient = f"synthetic-{count}"
                length = min(steps, max(1, round(value[-1] * steps)))
                known = [
                    static.text(variable, value[steps * per_step + i]) if there[steps * per_step + i] else ""
                    for i, variable in enumerate(others)
                ]
                stays.writerow([patient, one["id"], *known])
                for step in range(length):
                    cells = [
                        dynamic.text(variable, value[step * per_step + i]) if there[step * per_step + i] else ""
                        for i, variable in enumerate(features)
                    ]
                    hours.writerow([patient, one["id"], step, *cells])
    shutil.copy(folders[0] / "cohort.json", out / "cohort.json")


main()
