// A small pill that says "Reconnecting…" while the live connection is lost; the last picture stays where it is.

import { latentSocket } from "./latent-socket.js";

const LOOK = {
  position: "absolute",
  insetBlockStart: "0.5rem",
  insetInlineEnd: "0.5rem",
  padding: "0.15rem 0.6rem",
  borderRadius: "999px",
  border: "1px solid var(--st-border-color, currentColor)",
  background: "var(--st-secondary-background-color, canvas)",
  color: "var(--st-text-color, canvastext)",
  font: "0.8rem var(--st-font, sans-serif)",
  pointerEvents: "none",
  zIndex: 1,
};

/** Puts the pill into `parent`, which should be positioned; gives back the function that takes it away. */
export function showConnection(parent, socket = latentSocket()) {
  const pill = document.createElement("div");
  pill.setAttribute("role", "status");
  pill.dataset.connection = "";
  Object.assign(pill.style, LOOK);
  parent.append(pill);
  const stop = socket.onState((state) => {
    pill.hidden = state !== "reconnecting";
    pill.style.display = pill.hidden ? "none" : "block";
    pill.textContent = pill.hidden ? "" : "Reconnecting…";
  });
  return () => {
    stop();
    pill.remove();
  };
}
