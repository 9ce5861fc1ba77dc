// What the page of the odd ones shows, as its link carries it: source=all  score=negative_elbo,kl  threshold=160.5  anomaly=7

export function readLink(search) {
  const link = new URLSearchParams(search);
  const threshold = Number(link.get("threshold") || NaN);
  return {
    source: link.get("source") || "reference",
    parts: (link.get("score") ?? "").split(",").filter(Boolean).slice(0, 6),
    threshold: Number.isFinite(threshold) ? threshold : null,
    anomaly: link.get("anomaly"),
    weights: link.get("weights"),
  };
}

export function linkOf({ source, parts, threshold, anomaly }, weights) {
  return {
    weights,
    source: source === "reference" ? null : source,
    score: parts.join(",") || null,
    threshold: threshold === null ? null : String(Number(threshold.toPrecision(7))),
    anomaly: anomaly || null,
  };
}
