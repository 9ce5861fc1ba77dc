// Where points may lie when all are shown: beside the buttons over the field, inside the figures of its axes.

const EDGE = 12; // CSS pixels at each side
const FIGURES = { bottom: 38, left: 30 }; // the figures of the axes, and the name of the one across
const APART = 6; // CSS pixels between the buttons and the points

/** {top, right, bottom, left}: CSS pixels of a field that stay free. In space there are no figures. */
export function roomOver(field, inSpace) {
  const room = { top: EDGE, right: EDGE, bottom: EDGE, left: EDGE, ...(inSpace ? {} : FIGURES) };
  const box = field.getBoundingClientRect();
  for (const buttons of groupsOver(field)) {
    const reach = { top: buttons.bottom - box.top, right: box.right - buttons.left, bottom: box.bottom - buttons.top, left: buttons.right - box.left };
    const share = (side) => reach[side] / (side === "top" || side === "bottom" ? box.height : box.width);
    const side = Object.keys(reach).reduce((least, each) => (share(each) < share(least) ? each : least));
    room[side] = Math.max(room[side], reach[side] + APART);
  }
  return room;
}

/** The boxes of what stands beside the field, lies over it and holds buttons. */
function groupsOver(field) {
  const beside = [...(field.parentElement?.children ?? [])].filter((element) => element !== field && element.querySelector("button"));
  const [own, ...boxes] = [field, ...beside].map((element) => element.getBoundingClientRect());
  return boxes.filter(({ left, right, top, bottom, width }) => width > 0 && left < own.right && right > own.left && top < own.bottom && bottom > own.top);
}
