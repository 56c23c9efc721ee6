"""Writes three cohort folders for `fedehr score`: python3 write_csv_cohorts.py FOLDER (needs numpy and pandas)."""
import json
import pathlib
import sys

import numpy as np
import pandas as pd

STAYS, HOURS = 120, 12
DESCRIPTION = {
    "format": "fedehr-cohort", "version": 1, "stepHours": 1, "steps": HOURS,
    "features": [{"name": "HR", "kind": "continuous", "unit": "bpm", "range": [0, 300]},
                 {"name": "MAP", "kind": "continuous", "unit": "mmHg", "range": [0, 250]},
                 {"name": "lactate", "kind": "continuous", "unit": "mmol/L", "range": [0, 40]},
                 {"name": "ventilated", "kind": "binary"}],
    "statics": [{"name": "age", "kind": "continuous", "unit": "years", "range": [0, 120]}],
    "labels": [{"name": "death", "kind": "binary"}],
    "provenance": {"source": "made up", "licence": "CC0-1.0", "created_by": "write_csv_cohorts.py"},
}


def write_part(folder, part, seed, persistence):
    """120 stays, 60 a hospital; persistence is the correlation of severity from one hour to the next."""
    rng = np.random.default_rng(seed)
    stays = pd.DataFrame({"patient_id": [f"{part}-{i:03d}" for i in range(STAYS)],
                          "hospital_id": np.repeat(["north", "south"], STAYS // 2),
                          "age": rng.normal(65, 12, STAYS).clip(18, 100).round(1),
                          "death": rng.binomial(1, 0.3, STAYS)})
    hourly = stays[["patient_id", "hospital_id"]].loc[np.repeat(stays.index, HOURS)]
    hourly["t"] = np.tile(np.arange(HOURS), STAYS)
    severity = rng.normal(size=(STAYS, HOURS))
    for t in range(1, HOURS):
        severity[:, t] = persistence * severity[:, t - 1] + np.sqrt(1 - persistence**2) * severity[:, t]
    severity += stays[["death"]].to_numpy() + 0.3 * (stays[["hospital_id"]] == "north").to_numpy()
    severity = severity.ravel()
    hourly["HR"] = (85 + 12 * severity + rng.normal(0, 4, len(hourly))).clip(0, 300).round(1)
    hourly["MAP"] = (82 - 8 * severity + rng.normal(0, 6, len(hourly))).clip(0, 250).round(1)
    hourly["lactate"] = np.exp(0.5 + 0.3 * severity).round(2)
    hourly.loc[rng.random(len(hourly)) > 0.4, "lactate"] = np.nan  # not observed: an empty cell, never 0 or -1
    hourly["ventilated"] = (severity > 1).astype(int)
    out = pathlib.Path(folder, part)
    out.mkdir(parents=True, exist_ok=True)
    hourly.to_csv(out / "dynamic.csv", index=False)
    stays.to_csv(out / "static.csv", index=False)
    (out / "cohort.json").write_text(json.dumps({**DESCRIPTION, "name": part}, indent=2) + "\n")


write_part(sys.argv[1], "real", seed=1, persistence=0.9)
write_part(sys.argv[1], "holdout", seed=2, persistence=0.9)
write_part(sys.argv[1], "synthetic", seed=3, persistence=0.0)  # a generator that has no idea of time
