#!/usr/bin/env python3
"""An external trainer that needs nothing but Python: independent marginals.

fedehr gives it one cohort folder a hospital (CSV) and asks for stays of each. Every cell of a synthetic stay is drawn by itself from the
cells of the same column and step at the same hospital, so distributions and missing rates are right and nothing depends on anything: a floor
for other generators, and the contract in a hundred lines. See docs/tutorial-external.md.
"""

import csv
import json
import os
import pathlib
import random
import shutil
import sys

train = pathlib.Path(os.environ["FEDEHR_TRAIN"])
out = pathlib.Path(os.environ["FEDEHR_OUT"])
wanted = json.loads(pathlib.Path(os.environ["FEDEHR_STAYS"]).read_text(encoding="utf-8"))["hospitals"]
seed = int(os.environ["FEDEHR_SEED"])

KEYS = ("patient_id", "hospital_id", "stay_id", "t")


def rows_of(file):
    with open(file, encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


class Hospital:
    """The cells of one hospital, column by column."""

    def __init__(self, folder):
        self.statics = {}  # column -> values over stays
        self.cells = {}  # step -> column -> values over the stays that have a row there
        self.lengths = {}  # stay -> last step + 1
        self.rows = {}  # step -> stays that have a row there
        for row in rows_of(folder / "static.csv"):
            for column, value in row.items():
                if column not in KEYS:
                    self.statics.setdefault(column, []).append(value)
        for row in rows_of(folder / "dynamic.csv"):
            stay, step = row.get("stay_id") or row["patient_id"], int(row["t"])
            self.lengths[stay] = max(self.lengths.get(stay, 0), step + 1)
            self.rows[step] = self.rows.get(step, 0) + 1
            for column, value in row.items():
                if column not in KEYS:
                    self.cells.setdefault(step, {}).setdefault(column, []).append(value)
        self.all_lengths = list(self.lengths.values())

    def draw(self, chance):
        """Statics and the rows of one stay."""
        length = chance.choice(self.all_lengths)
        statics = {column: chance.choice(values) for column, values in self.statics.items()}
        steps = []
        for step in range(length):
            reach = sum(1 for one in self.all_lengths if one > step)
            # A step without any observation has no row; the last one always has, since it tells the length.
            present = step in self.cells and chance.random() * reach < self.rows[step]
            if present:
                steps.append((step, {column: chance.choice(values) for column, values in self.cells[step].items()}))
            elif step == length - 1:
                steps.append((step, {}))
        return statics, steps


def main():
    chance = random.Random(seed)
    description = None
    header = None
    with open(out / "dynamic.csv", "w", encoding="utf-8", newline="") as dynamic_file, open(
        out / "static.csv", "w", encoding="utf-8", newline=""
    ) as static_file:
        dynamic, static = csv.writer(dynamic_file), csv.writer(static_file)
        count = 0
        for number, entry in enumerate(wanted, start=1):
            if entry["stays"] == 0:
                continue
            folder = train / entry["folder"]
            hospital = Hospital(folder)
            description = folder / "cohort.json"
            columns = json.loads(description.read_text(encoding="utf-8"))
            features = [one["name"] for one in columns["features"]]
            others = [one["name"] for one in columns["statics"] + columns["labels"]]
            if header is None:
                header = True
                dynamic.writerow(["patient_id", "hospital_id", "t", *features])
                static.writerow(["patient_id", "hospital_id", *others])
            for _ in range(entry["stays"]):
                count += 1
                patient = f"synthetic-{count}"
                statics, steps = hospital.draw(chance)
                static.writerow([patient, entry["id"], *(statics[name] for name in others)])
                for step, cells in steps:
                    dynamic.writerow([patient, entry["id"], step, *(cells.get(name, "") for name in features)])
            # One JSON object a line; fedehr shows it as progress and keeps it in events.jsonl.
            print(json.dumps({"kind": "round", "stage": "hospitals", "round": number, "rounds": len(wanted), "loss": 0}))
    shutil.copy(description, out / "cohort.json")  # the same columns
    return 0


if __name__ == "__main__":
    sys.exit(main())
