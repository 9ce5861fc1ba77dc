// Round figures for an axis, and figures in words.

/** Round values within low..high, about `most` of them. */
export function ticks(low, high, most) {
  const step = niceStep((high - low) / Math.max(most, 1));
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, index) => (first + index) * step);
}

/** Powers of ten within low..high (both above 0), with 2 and 5 between where there are few. */
export function logTicks(low, high) {
  const found = [];
  const wide = Math.log10(high / low) > 2;
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1)
    for (const factor of wide ? [1] : [1, 2, 5]) found.push(factor * 10 ** power);
  const within = found.filter((value) => value >= low && value <= high);
  return within.length > 1 ? within : ticks(low, high, 3).filter((value) => value > 0);
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
}

/** A figure short enough for an axis or a line of text: 1234 → 1,234; 0.00100 → 0.001; 12345678 → 12.3 M. */
export function figure(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e6) return signed(`${(value / 1e6).toFixed(1)} M`);
  if (size >= 1000) return signed(Math.round(value).toLocaleString("en"));
  if (size === 0) return "0";
  if (size < 1e-4) return signed(value.toExponential(1).replace("e", "·10^").replace("^-", "⁻").replace(/(\^|⁻)(\d+)$/, (_, sign, power) => (sign === "⁻" ? "⁻" : "") + raised(power)));
  return signed(String(Number(value.toPrecision(digits))));
}

const signed = (text) => text.replaceAll("-", "−");
const raised = (digits) => [...digits].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");
