// The ROC curve: the share of anomalies that are found over the share of false alarms, and where the threshold stands on it.

/** Draws in a canvas. roc: roc.js's; at: [false alarms, found] at the threshold. */
export function drawCurve(canvas, roc, at) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
  if (!width) return;
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const room = 5 * ratio;
  const place = (alarms, found) => [room + alarms * (width - 2 * room), height - room - found * (height - 2 * room)];
  const path = (points, colour, wide) => {
    context.beginPath();
    points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    Object.assign(context, { strokeStyle: colour, lineWidth: wide * ratio, lineJoin: "round" });
    context.stroke();
  };
  path([place(0, 0), place(1, 1)], style.getPropertyValue("--line"), 1);
  path(roc.false.map((alarms, index) => place(alarms, roc.true[index])), style.getPropertyValue("--accent"), 2);
  if (!at) return;
  context.beginPath();
  context.arc(...place(...at), 4.5 * ratio, 0, 2 * Math.PI);
  Object.assign(context, { fillStyle: style.getPropertyValue("--accent"), strokeStyle: style.getPropertyValue("--st-background-color"), lineWidth: 2 * ratio });
  context.fill();
  context.stroke();
}
