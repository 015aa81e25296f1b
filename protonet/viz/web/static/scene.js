// From a net to places: boxes of layers, frames of open groups, lines and their words.

import { count } from "page/format.js";
import { arrange } from "page/layout/layered.js";
import { outline } from "page/outline.js";

export const FONT = 12,
  SMALL = 10.5; // pixels: of names, and of all other words
export const FAMILY = "DejaVu Sans, Verdana, Arial, Helvetica, sans-serif";
const LINE = 15; // from one line of words to the next
const PAD = [10, 6]; // between words and the edge of their box
const ASIDE = 5; // from a line to the words of its blob
export const HEAD = 24; // of a frame
const INSIDE = 12; // from a frame to what is in it
const MARGIN = 16;

// Returns { boxes, frames, lines, words, width, height }.  A box has parts, each of a layer, or is
// a closed group.
export function makeScene(net, { fold, closed }) {
  const level = outline(net, fold, closed);
  const scene = { boxes: [], frames: [], lines: [], words: [], width: 0, height: 0 };
  const placed = placeLevel(net, level);
  put(scene, placed, MARGIN, MARGIN);
  scene.width = placed.layout.width + 2 * MARGIN;
  scene.height = placed.layout.height + 2 * MARGIN;
  return scene;
}

// -- places ---------------------------------------------------------------------------------------

// Lay out one level.  A blob is a node too, its words beside the line that goes through it, so
// that words have room of their own.  Inside a frame the blobs that come in start at its head and
// those that leave end at its foot: nodes for these two keep all else between them.
function placeLevel(net, { nodes, wires }, framed = false) {
  const places = nodes.map((node) => placeNode(net, node));
  const draft = new Draft(),
    boxAt = [],
    wireAt = []; // numbers in the draft
  const bySource = groupBy(wires.keys(), (i) => wires[i].source);
  const addWires = (source) => {
    for (const i of bySource.get(source) ?? []) wireAt[i] = draft.add(wireSize(wires[i]), true);
  };
  const head = draft.addBar(bySource.get(null)?.length);
  addWires(null);
  nodes.forEach((_, n) => {
    boxAt[n] = draft.add(places[n].size, false);
    addWires(n);
  });
  const foot = draft.addBar(wires.filter((wire) => wire.leaves).length);
  wires.forEach((wire, i) => {
    const exit = wire.source === null ? undefined : places[wire.source].exits?.get(wire.number);
    draft.join(wire.source === null ? head : boxAt[wire.source], wireAt[i], { wire: i, arrow: false }, [
      exit,
    ]);
    for (const target of wire.targets) {
      const entry = places[target].entries?.get(wire.number);
      draft.join(wireAt[i], boxAt[target], { wire: i, arrow: true }, [undefined, entry]);
    }
    if (wire.leaves) draft.join(wireAt[i], foot, { wire: i, arrow: false });
  });
  if (framed) draft.hold(head, foot);
  return { nodes, places, wires, boxAt, wireAt, head, foot, drawn: draft.drawn, layout: draft.arrange() };
}

// What is given to the layout: nodes, in an order in which edges go from smaller numbers to larger
// ones.  drawn: of each edge, the position of its wire and whether it ends in an arrow; null for
// one that nobody sees.
class Draft {
  sizes = [];
  narrow = [];
  edges = [];
  drawn = [];
  pins = new Map();

  add(size, narrow) {
    this.narrow.push(narrow);
    return this.sizes.push(size) - 1;
  }

  // The head or foot of a frame that so many lines go through; null for none.
  addBar(lines = 0) {
    if (!lines) return null;
    const half = lines === 1 ? 1 : 7 * lines;
    return this.add({ left: half, right: half, height: 0 }, lines === 1);
  }

  // pins: where the line has to leave and arrive, pixels from the left of its box; open groups say.
  join(source, target, drawn, pins = []) {
    const number = this.edges.push([source, target]) - 1;
    this.drawn.push(drawn);
    this.pins.set(number, [pins[0], pins[1]]);
  }

  // Keep the head above all and the foot below all, by edges that are not drawn.
  hold(head, foot) {
    const reached = new Set(this.edges.map(([, b]) => b)),
      left = new Set(this.edges.map(([a]) => a));
    this.sizes.forEach((_, n) => {
      if (n === head || n === foot) return;
      if (head !== null && !reached.has(n)) this.join(head, n, null);
      if (foot !== null && !left.has(n)) this.join(n, foot, null);
    });
  }

  arrange() {
    return arrange(this.sizes, this.edges, this.narrow, this.pins);
  }
}

function groupBy(items, key) {
  const found = new Map();
  for (const item of items) {
    if (!found.has(key(item))) found.set(key(item), []);
    found.get(key(item)).push(item);
  }
  return found;
}

function wireSize({ text }) {
  return text
    ? { left: 1, right: ASIDE + measure(text, SMALL), height: LINE }
    : { left: 1, right: 1, height: 0 };
}

function placeNode(net, node) {
  if (node.group === undefined) return placeBox(node.layers.map((layer) => part(net, layer)));
  const { name } = net.groups[node.group];
  if (node.closed) return placeBox([{ layer: null, lines: [`${name}    `, ...told(net, node.layers)] }]);
  const inside = placeLevel(net, node, true);
  const width = Math.max(
    inside.layout.width + 2 * INSIDE,
    measure(headText({ name }, node), FONT, true) + 44,
  );
  const shift = (width - inside.layout.width) / 2;
  const entries = ends(inside, inside.head, 0, shift),
    exits = ends(inside, inside.foot, 1, shift);
  const middle = entries.size === 1 ? [...entries.values()][0] : width / 2;
  const height = HEAD + inside.layout.height + (inside.foot === null ? INSIDE : 0);
  return { inside, shift, entries, exits, size: { left: middle, right: width - middle, height } };
}

// Where lines meet the head (side 0) or foot (1) of a frame: number of the wire -> pixels from the
// frame's left.
function ends({ drawn, layout, wires }, bar, side, shift) {
  const found = new Map();
  layout.edges.forEach((edge, e) => {
    if (drawn[e] && edge[side] === bar) {
      const [x] = layout.lines[e].at(side ? -1 : 0);
      found.set(wires[drawn[e].wire].number, shift + x);
    }
  });
  return found;
}

// What a closed group says of its layers.
function told(net, layers) {
  const parameters = layers.reduce((sum, layer) => sum + net.layers[layer].parameters, 0);
  return [`${layers.length} layers`, ...(parameters ? [`${count(parameters)} parameters`] : [])];
}

export const headText = (group, node) => `${group.name}  ·  ${node.layers.length} layers`;

function part(net, layer) {
  return { layer, lines: [net.layers[layer].name, ...net.layers[layer].words] };
}

function placeBox(parts) {
  const widths = parts.flatMap((p) => p.lines.map((text, i) => measure(text, i ? SMALL : FONT, !i)));
  const half = Math.max(...widths) / 2 + PAD[0];
  parts.forEach((p, i) => (p.height = LINE * p.lines.length + PAD[1] * (i ? 1 : 2)));
  return { parts, size: { left: half, right: half, height: parts.reduce((sum, p) => sum + p.height, 0) } };
}

// -- all together -----------------------------------------------------------------------------------

// Move what was laid out to its place in the picture.
function put(scene, { nodes, places, wires, boxAt, wireAt, drawn, layout }, x, y) {
  nodes.forEach((node, n) => {
    const { x: left, y: top, width, height } = layout.boxes[boxAt[n]],
      { parts, inside, shift } = places[n];
    const at = { x: x + left, y: y + top, width, height, node };
    if (!inside) return scene.boxes.push({ ...at, parts });
    scene.frames.push(at);
    put(scene, inside, at.x + shift, at.y + HEAD);
  });
  wires.forEach(({ text, number, targets, leaves }, i) => {
    if (!text) return;
    const box = layout.boxes[wireAt[i]],
      middle = x + box.middle,
      top = y + box.y;
    scene.words.push({ x: middle + ASIDE, y: top + box.height / 2, text, wire: number });
    const points = [
      [middle, top],
      [middle, top + box.height],
    ];
    if (targets.length || leaves) scene.lines.push({ points, arrow: false, wire: number });
  });
  drawn.forEach((of, e) => {
    const points = of && layout.lines[e].map(([px, py]) => [x + px, y + py]);
    if (of) scene.lines.push({ points, arrow: of.arrow, wire: wires[of.wire].number });
  });
}

// Pixels of a line of text.
const widths = new Map();
let pen = null;
export function measure(text, size, bold = false) {
  const key = `${size}${bold}${text}`;
  if (!widths.has(key)) {
    pen ??= document.createElement("canvas").getContext("2d");
    pen.font = `${bold ? "bold " : ""}${size}px ${FAMILY}`;
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}

// The path of a line for SVG: straight where x stays, else a curve that leaves and arrives
// vertically.
export function pathOf(points) {
  let path = "";
  points.forEach(([x, y], i) => {
    const [x0, y0] = points[i - 1] ?? [];
    const at = (...numbers) => numbers.map((n) => n.toFixed(1)).join(" ");
    if (!i) path += `M${at(x, y)}`;
    else if (x === x0) path += `L${at(x, y)}`;
    else path += `C${at(x0, (y0 + y) / 2, x, (y0 + y) / 2, x, y)}`;
  });
  return path;
}
