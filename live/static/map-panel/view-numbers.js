// The view of a map as numbers of a link: centre, width of what is seen, and the turn in space. Width, since fields differ in size.

/** Those of the view; null where all points are shown. */
export function viewNumbers(view) {
  if (view.whole) return null;
  const { centre, scale, turn } = view.view;
  return [...centre, view.field.clientWidth / scale, ...(turn ?? [])];
}

/** What MapView's `view` takes, of the numbers. */
export function viewFrom([x, y, width, ...turn], field) {
  return { centre: [x, y], scale: field.clientWidth / Math.max(width, 1e-9), turn: turn.length === 9 ? turn : undefined };
}
