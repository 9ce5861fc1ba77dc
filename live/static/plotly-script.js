// Plotly, loaded once per tab from the app itself.

const STYLE = "plotly.js-style-global"; // what Plotly calls the style element that it puts into the page
let loading = null;

// Gives the Plotly object; after a failure the next call tries again.
export function loadPlotly(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("The script holds no Plotly.")));
    script.onerror = () => reject(new Error("The script did not arrive."));
    document.head.append(script);
  }).catch((problem) => {
    loading = null;
    throw problem;
  });
  return loading;
}

// Plotly styles the page; a shadow root needs the same rules inside.
export function plotlyStyle() {
  const rules = document.getElementById(STYLE)?.sheet?.cssRules ?? [];
  const style = document.createElement("style");
  style.textContent = Array.from(rules, (rule) => rule.cssText).join("\n");
  return style;
}
