#!/usr/bin/env python3
"""Time scoring of synthetic ICU time series with scipy, scikit-learn and numpy.

Real R, holdout H and synthetic S: N stays x 24 hours x 40 features each, 60 % of the cells missing
(NaN), seeded; float32 values. One JSON line per part on stdout and one with the total.
"""
import argparse
import json
import os
import statistics
import sys
import time
import warnings

import environment

T, F, LATENT, MISSING, LAGS, BINS = 24, 40, 12, 0.6, 5, 20


def cohort(rng, n, loadings, slope, rho, noise):
    """AR(1) latent factors, linear loadings, a binary outcome, cells missing at random."""
    import numpy as np

    z = np.empty((n, T, LATENT))
    z[:, 0] = rng.standard_normal((n, LATENT))
    for t in range(1, T):
        z[:, t] = rho * z[:, t - 1] + np.sqrt(1 - rho**2) * rng.standard_normal((n, LATENT))
    x = z @ loadings + noise * rng.standard_normal((n, T, F))
    y = rng.random(n) < 1 / (1 + np.exp(-(z.mean(axis=1) @ slope - 2.0)))
    x[rng.random(x.shape) < MISSING] = np.nan
    return x.astype(np.float32).astype(float), y.astype(int)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("-n", "--n", type=int, default=2000, help="stays in each of R, H and S")
    p.add_argument("--threads", type=int, default=1, help="OpenMP, OpenBLAS and joblib threads")
    p.add_argument("--repeats", type=int, default=3, help="runs of each part; seconds is the median")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--blas-core", default="auto",
                   help="OpenBLAS kernels: auto (correct a fallback to pre-AVX kernels), default, or a core name")
    p.add_argument("--write", metavar="FOLDER", help="write the inputs of every part there, little-endian without header")
    args = p.parse_args()
    environment.prepare(args.threads, args.threads, args.blas_core)  # before numpy is imported

    import numpy as np
    import scipy
    import sklearn
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import ks_2samp, wasserstein_distance
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.neighbors import NearestNeighbors
    from sklearn.preprocessing import StandardScaler

    info = {"scipy": scipy.__version__, "sklearn": sklearn.__version__, **environment.describe()}
    print("# " + json.dumps(info), file=sys.stderr, flush=True)

    rng = np.random.default_rng(args.seed)
    loadings = rng.standard_normal((LATENT, F)) / np.sqrt(LATENT)
    slope = 1.5 * rng.standard_normal(LATENT)
    R, yR = cohort(rng, args.n, loadings, slope, 0.8, 0.5)
    H, yH = cohort(rng, args.n, loadings, slope, 0.8, 0.5)
    drift = loadings + 0.1 * rng.standard_normal(loadings.shape)
    S, yS = cohort(rng, args.n, drift, slope, 0.7, 0.6)

    def write(name, array, kind):
        if args.write:
            array.astype(kind).tofile(os.path.join(args.write, name))

    for name, X, y in (("R", R, yR), ("H", H, yH), ("S", S, yS)):
        write(name + ".f32", X, "<f4")
        write("y" + name + ".u8", y, "u1")

    total = 0.0

    def part(name, fn):
        nonlocal total
        times, used = [], []
        for _ in range(args.repeats):
            t0, p0 = time.perf_counter(), time.process_time()
            out = fn()
            times.append(time.perf_counter() - t0)
            used.append(time.process_time() - p0)
        seconds = statistics.median(times)
        total += seconds
        value = out[1] if isinstance(out, tuple) else out
        print(json.dumps({"part": name, "n": args.n, "threads": args.threads, "seconds": round(seconds, 5),
                          "processor": round(statistics.median(used), 5),
                          "min": round(min(times), 5), "max": round(max(times), 5),
                          "value": round(float(value), 6)}), flush=True)
        return out

    def observed(X):
        flat = X.reshape(-1, F)
        return [flat[~np.isnan(flat[:, f]), f] for f in range(F)]

    def ks():
        r, s = observed(R), observed(S)
        return np.mean([ks_2samp(a, b, method="asymp").statistic for a, b in zip(r, s)])

    def wasserstein():
        r, s = observed(R), observed(S)
        return np.mean([wasserstein_distance(a, b) for a, b in zip(r, s)])

    def js():
        out = []
        for a, b in zip(observed(R), observed(S)):
            edges = np.quantile(a, np.linspace(0, 1, BINS + 1))[1:-1]
            pa = np.bincount(np.searchsorted(edges, a, side="right"), minlength=BINS)
            pb = np.bincount(np.searchsorted(edges, b, side="right"), minlength=BINS)
            out.append(jensenshannon(pa, pb, base=2))
        return np.mean(out)

    def pearson(X):
        """Pairwise-complete Pearson correlation over all hours, by matrix products."""
        x = X.reshape(-1, F)
        m = (~np.isnan(x)).astype(float)
        x = np.where(m > 0, x, 0.0)
        x = (x - x.sum(axis=0) / m.sum(axis=0)) * m  # centred for accuracy
        n, sx, sxx, sxy = m.T @ m, x.T @ m, (x * x).T @ m, x.T @ x
        cov = sxy - sx * sx.T / n
        var = sxx - sx * sx / n
        return cov / np.sqrt(var * var.T)

    def correlation():
        d = np.abs(pearson(R) - pearson(S))
        return d[np.triu_indices(F, 1)].mean()

    def acf(X):
        """Masked autocorrelation, lags 1..5: pairs with both ends observed."""
        m = ~np.isnan(X)
        c = np.where(m, X - np.nanmean(X, axis=(0, 1)), 0.0)
        var = (c * c).sum(axis=(0, 1)) / m.sum(axis=(0, 1))
        return np.array([(c[:, lag:] * c[:, :-lag]).sum(axis=(0, 1))
                         / (m[:, lag:] & m[:, :-lag]).sum(axis=(0, 1)) / var for lag in range(1, LAGS + 1)])

    def autocorrelation():
        return np.abs(acf(R) - acf(S)).mean()

    def summarise(X):
        """7 features a channel: mean, sd, min, max, first, last observed value, share observed."""
        m = ~np.isnan(X)
        first, last = m.argmax(axis=1), T - 1 - m[:, ::-1].argmax(axis=1)
        take = lambda idx: np.take_along_axis(X, idx[:, None, :], axis=1)[:, 0]  # noqa: E731
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # channels never observed in a stay
            parts = [np.nanmean(X, axis=1), np.nanstd(X, axis=1), np.nanmin(X, axis=1), np.nanmax(X, axis=1),
                     take(first), take(last), m.mean(axis=1)]
        return np.concatenate(parts, axis=1)

    def summaries():
        r, h, s = summarise(R), summarise(H), summarise(S)
        fill = np.nanmedian(r, axis=0)
        r, h, s = (np.where(np.isnan(v), fill, v) for v in (r, h, s))
        scaler = StandardScaler().fit(r)
        r, h, s = scaler.transform(r), scaler.transform(h), scaler.transform(s)
        return (r, h, s), r.mean()

    def nearest(query, ref):
        nn = NearestNeighbors(n_neighbors=1, algorithm="brute", n_jobs=args.threads).fit(ref)
        return nn.kneighbors(query)[0][:, 0]

    def neighbours():
        return np.mean([np.median(nearest(a, b)) for a, b in ((s, r), (s, h), (r, s), (h, s))])

    def tstr(model):
        return roc_auc_score(yH, model.fit(s, yS).predict_proba(h)[:, 1])

    part("ks", ks)
    part("wasserstein", wasserstein)
    part("js_20_bins", js)
    part("correlation", correlation)
    part("autocorrelation", autocorrelation)
    (r, h, s), _ = part("summary_features", summaries)
    for name, table in (("r", r), ("h", h), ("s", s)):
        write("summary_" + name + ".f32", table, "<f4")
    part("nearest_neighbours", neighbours)
    part("logistic_regression_tstr", lambda: tstr(LogisticRegression(max_iter=1000)))
    part("random_forest_tstr", lambda: tstr(RandomForestClassifier(
        n_estimators=100, max_depth=12, n_jobs=args.threads, random_state=args.seed)))
    print(json.dumps({"part": "total", "n": args.n, "threads": args.threads, "seconds": round(total, 5)}), flush=True)


if __name__ == "__main__":
    main()
