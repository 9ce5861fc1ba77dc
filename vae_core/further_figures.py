"""The figures of an evaluation beyond the ELBO, in words: one list for the screen and the model card."""

from __future__ import annotations

import math
from typing import Any

Row = tuple[str, str, str]  # figure, value with its unit, how it was measured


def further_figures(evaluation: dict[str, Any]) -> list[Row]:
    """A row for each figure that evaluation.json holds of these; [] for one from before there were any."""
    rows = _latent_rows(evaluation) + _picture_rows(evaluation)
    for key, described in (("probe", _probe_rows), ("factors", _factor_rows), ("generation", _generation_rows)):
        if evaluation.get(key):
            rows += described(evaluation[key])
    return rows


def _latent_rows(evaluation: dict[str, Any]) -> list[Row]:
    names = {
        "mutual_information": "mutual information, at least",
        "total_correlation": "total correlation, at most",
        "dimension_wise_kl": "dimension-wise KL",
    }
    count = evaluation.get("decomposition_images") or 1
    how = f"{count:,} images, which show at most {math.log(count):.2f} nats of mutual information"
    found = [(name, evaluation[key]) for key, name in names.items() if evaluation.get(key) is not None]
    return [(name, f"{value:.2f} nats", how) for name, value in found]


def _picture_rows(evaluation: dict[str, Any]) -> list[Row]:
    how = f"E[x given z] at the posterior mean, {evaluation.get('picture_images', 0):,} images"
    rows = [("PSNR", f"{evaluation['psnr']:.1f} dB", how)] if "psnr" in evaluation else []
    return rows + ([("SSIM", f"{evaluation['ssim']:.3f}", how)] if "ssim" in evaluation else [])


def _probe_rows(probe: dict[str, Any]) -> list[Row]:
    how = f"{probe['fitted']:,} images fitted, {probe['held_out']:,} judged; chance {probe['chance']:.1%}"
    return [
        ("labels read by a linear probe", f"{probe['linear']:.1%}", how),
        ("labels read by neighbours", f"{probe['neighbours']:.1%}", how),
    ]


def _factor_rows(scores: dict[str, Any]) -> list[Row]:
    names = ", ".join(factor["name"] for factor in scores["factors"])
    forests = f"DCI, {scores['dci_images']:,} images"
    gaps = ", ".join(f"{factor['name']} {factor['mig']:.2f}" for factor in scores["factors"])
    return [
        ("MIG", f"{scores['mig']:.3f}", f"mean gap; {gaps}"),
        ("disentanglement", f"{scores['disentanglement']:.3f}", forests),
        ("completeness", f"{scores['completeness']:.3f}", forests),
        ("informativeness", f"{scores['informativeness']:.3f}", forests),
        ("SAP", f"{scores['sap']:.3f}", f"mean gap over {names}"),
        ("FactorVAE score", f"{scores['factor_vae']:.3f}", f"chance {scores['factor_vae_chance']:.2f}"),
    ]


def _generation_rows(quality: dict[str, Any]) -> list[Row]:
    how = f"{quality['generated_images']:,} images, {quality['features']}"
    return [
        ("Fréchet distance (no FID)", f"{quality['frechet_distance']:.2f}", how),
        ("precision of generated images", f"{quality['precision']:.3f}", how),
        ("recall of generated images", f"{quality['recall']:.3f}", how),
    ]
