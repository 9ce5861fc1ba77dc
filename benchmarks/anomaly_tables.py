"""Which anomaly score is chosen for each digit, and the tables of the anomaly benchmark."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence

PUBLISHED = {
    2: (0.96, 0.73, 0.97, 0.94, 0.73, 0.92, 0.95, 0.77, 0.92, 0.66),
    32: (0.81, 0.09, 0.92, 0.87, 0.78, 0.86, 0.87, 0.51, 0.89, 0.58),
}  # Tonnaer's thesis, Table 3.3: −ELBO of models with so many latent dimensions, digits 0 to 9
GOAL = 0.90
SHOWN = 12  # rows of the table of scores

Pair = tuple[int, int]
Aurocs = Mapping[str, float]  # of each score by its name
Nested = Mapping[Pair, Mapping[str, Aurocs]]  # of each pair that is left out, of each of the two as the anomaly


def nested_means(nested: Nested, target: int) -> dict[str, float]:
    """Each score's mean AUROC over the digits that play the anomaly in place of the target; the target never does."""
    stand_ins = [
        aurocs[str(digit)] for pair, aurocs in nested.items() if target in pair for digit in pair if digit != target
    ]
    return {name: statistics.fmean(aurocs[name] for aurocs in stand_ins) for name in stand_ins[0]}


def choose(nested: Nested, digits: Iterable[int]) -> dict[int, str]:
    """For each target the score with the highest nested mean."""
    means = {digit: nested_means(nested, digit) for digit in digits}
    return {digit: max(of_digit, key=of_digit.__getitem__) for digit, of_digit in means.items()}


def report(nested: Nested, final: Mapping[int, Sequence[Aurocs]], chosen: Mapping[int, str]) -> dict:
    """What the JSON file keeps: per digit the chosen score and its AUROC per seed, and every score's means."""
    seeds = range(len(next(iter(final.values()))))
    per_seed = [statistics.fmean(final[digit][seed][chosen[digit]] for digit in final) for seed in seeds]
    means = {digit: nested_means(nested, digit) for digit in final}
    return {
        "goal": GOAL,
        "mean": round(statistics.fmean(per_seed), 4),
        "mean_per_seed": [round(value, 4) for value in per_seed],
        "digits": {
            str(digit): {
                "chosen": chosen[digit],
                "nested_mean": round(means[digit][chosen[digit]], 4),
                "test_auroc": [round(aurocs[chosen[digit]], 4) for aurocs in final[digit]],
                "test_auroc_negative_elbo": [round(aurocs["negative_elbo"], 4) for aurocs in final[digit]],
            }
            for digit in final
        },
        "scores": {
            name: {
                "nested_mean": round(statistics.fmean(of_digit[name] for of_digit in means.values()), 4),
                "chosen_for": [digit for digit in chosen if chosen[digit] == name],
                "test": [round(statistics.fmean(a[name] for a in aurocs), 4) for aurocs in final.values()],
            }
            for name in next(iter(means.values()))
        },
    }


def tables(figures: Mapping) -> str:
    """Two Markdown tables: the ten digits beside the published rows, then the scores by their nested mean."""
    return f"{digit_table(figures)}\n\n{score_table(figures)}"


def digit_table(figures: Mapping) -> str:
    """The ten digits; which score was chosen stands above them where it is one for all, else in a column."""
    rows = figures["digits"]
    chosen = {row["chosen"] for row in rows.values()}
    names = {digit: f" {_words(row['chosen'])} |" if len(chosen) > 1 else "" for digit, row in rows.items()}
    lines = [] if len(chosen) > 1 else [f"Chosen for every digit: {_words(*chosen)}.", ""]
    column = " chosen on training data |" if len(chosen) > 1 else ""
    lines += [
        f"| anomaly |{column} AUROC, mean ± sd over seeds | −ELBO of the same models "
        "| published, latent 2 | published, latent 32 |",
        "|---|---|---|---|---|" + "---|" * bool(column),
    ]
    for place, (digit, row) in enumerate(rows.items()):
        lines.append(
            f"| {digit} |{names[digit]} {_spread(row['test_auroc'])}"
            f" | {statistics.fmean(row['test_auroc_negative_elbo']):.3f}"
            f" | {PUBLISHED[2][place]:.2f} | {PUBLISHED[32][place]:.2f} |"
        )
    plain = statistics.fmean(statistics.fmean(r["test_auroc_negative_elbo"]) for r in rows.values())
    published = [f"{statistics.fmean(PUBLISHED[size]):.3f}" for size in (2, 32)]
    gap = " |" if column else ""
    lines.append(f"| **mean** |{gap} **{_spread(figures['mean_per_seed'])}** | {plain:.3f} | {' | '.join(published)} |")
    return "\n".join(lines)


def score_table(figures: Mapping) -> str:
    singles = {name for name in figures["scores"] if " + " not in name}
    ordered = sorted(figures["scores"].items(), key=lambda item: -item[1]["nested_mean"])
    shown = [
        (name, row) for rank, (name, row) in enumerate(ordered) if rank < SHOWN or name in singles or row["chosen_for"]
    ]
    lines = ["| score | AUROC, nested, training images | chosen for | AUROC, test set |", "|---|---|---|---|"]
    lines += [
        f"| {_words(name)} | {row['nested_mean']:.3f} | {', '.join(map(str, row['chosen_for'])) or '–'}"
        f" | {statistics.fmean(row['test']):.3f} |"
        for name, row in shown
    ]
    return "\n".join(lines)


def _words(name: str) -> str:
    return name.replace("_", " ").replace("negative elbo", "−ELBO").replace("nll", "NLL")


def _spread(values: Sequence[float]) -> str:
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.fmean(values):.3f} ± {spread:.3f}"
