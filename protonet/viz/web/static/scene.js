// From a net to places: boxes of layers, frames of open groups, lines and their words.

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
  scene.width = placed.width + 2 * MARGIN;
  scene.height = placed.height + 2 * MARGIN;
  return scene;
}

// -- places ---------------------------------------------------------------------------------------

// Lay out one level.  A blob is a node too, its words beside the line that goes through it, so
// that words have room of their own.  Inside a frame the blobs that come in start at its head and
// those that leave end at its foot: nodes for these two keep all else between them.
function placeLevel(net, level, framed = false) {
  const { nodes, wires } = level;
  const places = nodes.map((node) => placeNode(net, node));
  const coming = wires.filter((wire) => wire.source === null);
  const leaving = wires.filter((wire) => wire.leaves);
  const order = []; // keys in an order in which edges go from smaller numbers to larger ones
  const add = (key, size, narrow) => order.push({ key, size, narrow }) - 1;
  const number = new Map(),
    edges = [],
    drawn = [];
  const join = (a, b, of) => {
    edges.push([a, b]);
    drawn.push(of);
  };
  const bySource = new Map();
  wires.forEach((wire, i) => bySource.set(wire.source, [...(bySource.get(wire.source) ?? []), i]));
  const wireNode = (i) => {
    const wire = wires[i];
    number.set(
      `w${i}`,
      add(
        `w${i}`,
        wire.text
          ? { left: 1, right: ASIDE + measure(wire.text, SMALL), height: LINE }
          : { left: 1, right: 1, height: 0 },
        true,
      ),
    );
  };
  const head = coming.length ? add("head", bar(coming.length), coming.length === 1) : null;
  for (const i of bySource.get(null) ?? []) wireNode(i);
  nodes.forEach((node, n) => {
    number.set(n, add(n, places[n].size, false));
    for (const i of bySource.get(n) ?? []) wireNode(i);
  });
  const foot = leaving.length ? add("foot", bar(leaving.length), leaving.length === 1) : null;
  wires.forEach((wire, i) => {
    const at = number.get(`w${i}`);
    join(wire.source === null ? head : number.get(wire.source), at, { wire: i, arrow: false });
    for (const target of wire.targets) join(at, number.get(target), { wire: i, arrow: true, into: target });
    if (wire.leaves) join(at, foot, { wire: i, arrow: false });
  });
  if (framed) hold(order, edges, join, head, foot);
  const pins = new Map();
  drawn.forEach((of, e) => of && pins.set(e, pinsOf(of, wires, places)));
  const layout = arrange(
    order.map((item) => item.size),
    edges,
    order.map((item) => item.narrow),
    pins,
  );
  return {
    nodes,
    places,
    wires,
    number,
    order,
    drawn,
    layout,
    head,
    foot,
    width: layout.width,
    height: layout.height,
  };
}

// Size of the head or foot of a frame that so many lines go through.
const bar = (lines) => ({ left: lines === 1 ? 1 : 7 * lines, right: lines === 1 ? 1 : 7 * lines, height: 0 });

// Edges that are not drawn, so that the head stands above all and the foot below all.
function hold(order, edges, join, head, foot) {
  const reached = new Set(edges.map(([, b]) => b)),
    left = new Set(edges.map(([a]) => a));
  order.forEach((_, n) => {
    if (head !== null && n !== head && n !== foot && !reached.has(n)) join(head, n, null);
    if (foot !== null && n !== head && n !== foot && !left.has(n)) join(n, foot, null);
  });
}

// Where the line of an edge has to leave or reach an open group: [from, to], pixels from its left.
function pinsOf(of, wires, places) {
  const wire = wires[of.wire];
  const from = !of.arrow && wire.source !== null ? places[wire.source].exits?.get(wire.number) : undefined;
  const to = of.arrow ? places[of.into].entries?.get(wire.number) : undefined;
  return [from, to];
}

function placeNode(net, node) {
  if (node.group === undefined) return boxPlace(node.layers.map((layer) => part(net, layer)));
  const group = net.groups[node.group];
  const title = { layer: null, lines: [`${group.name}    `, `${node.layers.length} layers`] };
  if (node.closed) return boxPlace([title]);
  const inside = placeLevel(net, node, true);
  const width = Math.max(inside.width + 2 * INSIDE, measure(headText(group, node), FONT, true) + 44);
  const shift = (width - inside.width) / 2;
  const ends = (bar, side) => {
    const found = new Map();
    inside.drawn.forEach((of, e) => {
      const points = of && inside.layout.lines[e];
      const edge = inside.layout.edges[e];
      if (of && bar !== null && edge[side] === bar)
        found.set(inside.wires[of.wire].number, shift + (side ? points.at(-1)[0] : points[0][0]));
    });
    return found;
  };
  const entries = ends(inside.head, 0),
    exits = ends(inside.foot, 1);
  const middle = entries.size === 1 ? [...entries.values()][0] : width / 2;
  const height = HEAD + inside.height + (inside.foot === null ? INSIDE : 0);
  return { inside, shift, entries, exits, size: { left: middle, right: width - middle, height } };
}

export const headText = (group, node) => `${group.name}  ·  ${node.layers.length} layers`;

function part(net, layer) {
  return { layer, lines: [net.layers[layer].name, ...net.layers[layer].words] };
}

function boxPlace(parts) {
  const widths = parts.flatMap((p) => p.lines.map((text, i) => measure(text, i ? SMALL : FONT, !i)));
  const half = Math.max(...widths) / 2 + PAD[0];
  parts.forEach((p, i) => (p.height = LINE * p.lines.length + PAD[1] * (i ? 1 : 2)));
  return { parts, size: { left: half, right: half, height: parts.reduce((sum, p) => sum + p.height, 0) } };
}

// -- all together -----------------------------------------------------------------------------------

// Move what was laid out to its place in the picture.
function put(scene, placed, x, y) {
  const { nodes, places, wires, number, drawn, layout } = placed;
  nodes.forEach((node, n) => {
    const box = layout.boxes[number.get(n)],
      at = { x: x + box.x, y: y + box.y, width: box.width, height: box.height };
    if (!places[n].inside) {
      scene.boxes.push({ ...at, node, parts: places[n].parts });
      return;
    }
    scene.frames.push({ ...at, node });
    put(scene, places[n].inside, at.x + places[n].shift, at.y + HEAD);
  });
  wires.forEach((wire, i) => {
    const box = layout.boxes[number.get(`w${i}`)];
    if (!wire.text) return;
    scene.words.push({
      x: x + box.middle + ASIDE,
      y: y + box.y + box.height / 2,
      text: wire.text,
      wire: wire.number,
    });
    if (wire.targets.length || wire.leaves)
      scene.lines.push({
        points: [
          [x + box.middle, y + box.y],
          [x + box.middle, y + box.y + box.height],
        ],
        arrow: false,
        wire: wire.number,
      });
  });
  drawn.forEach((of, e) => {
    if (!of) return;
    const points = layout.lines[e].map(([px, py]) => [x + px, y + py]);
    scene.lines.push({ points, arrow: of.arrow, wire: wires[of.wire].number });
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
