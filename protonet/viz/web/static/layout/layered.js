// Boxes in rows from top to bottom, with lines between them that touch no other box: the layout of
// protonet/viz/layout/layered.py, number for number, here because boxes open and close in the page.

import { orderRows } from "page/layout/order.js";
import { positions } from "page/layout/position.js";
import { makeRows } from "page/layout/ranks.js";

const BETWEEN = 16; // pixels from a box to the next one of its row
const BEND = 12; // from a line to what stands beside it
const DROP = [16, 44]; // the least and the most from a row to the next one
const SLOPE = 0.06; // of a line that goes far to the side, at the least
const KINK = 4; // less than BEND: nothing touches what moves by so little
const PORT = 10; // between the ends of two lines at one box, and from its corner

// sizes: of each node {left, right, height}, to the sides of its middle line.  edges: [source,
// target], from a smaller number to a larger one.  narrow: of a node, whether its lines all end at
// its middle.  Returns boxes {x, y, width, height, middle}, lines (of each edge its points, between
// two of one x straight, else a curve that leaves and arrives vertically), width and height.
// pins: edge's number -> [from, to], how far from the left of its boxes it has to leave and arrive,
// undefined where that is free; Python's layout has no such thing.
export function arrange(sizes, edges, narrow = [], pins = new Map()) {
  const graph = makeRows(sizes.length, edges);
  orderRows(graph);
  const extents = graph.rowOf.map((_, node) => sizes[node] ?? { left: 0, right: 0, height: 0 });
  const bend = (node) => node >= graph.real;
  const middle = positions(
    graph,
    (a, b) => extents[a].right + extents[b].left + (bend(a) || bend(b) ? BEND : BETWEEN),
  );
  straighten(graph, middle, narrow);
  const start = least(middle.map((x, node) => x - extents[node].left));
  middle.forEach((x, node) => (middle[node] = x - start));
  const { tops, bottoms } = heights(graph, extents, middle);
  const boxes = sizes.map((size, node) => {
    const row = graph.rowOf[node];
    const y = tops[row] + (bottoms[row] - tops[row] - size.height) / 2;
    return {
      x: middle[node] - size.left,
      y,
      width: size.left + size.right,
      height: size.height,
      middle: middle[node],
    };
  });
  const ends = ports(graph, boxes, middle, edges, narrow);
  for (const [i, pair] of pins)
    pair.forEach((x, side) => x !== undefined && (ends[i][side] = boxes[edges[i][side]].x + x));
  const lines = graph.path.map((path, i) => line(path, ends[i], boxes, middle, tops, bottoms, graph));
  const width = -least(middle.map((x, node) => -(x + extents[node].right)));
  return { boxes, lines, edges, width, height: bottoms.at(-1) ?? 0 };
}

const least = (numbers) => (numbers.length ? numbers.reduce((a, b) => Math.min(a, b)) : 0);

// Take out kinks of a few pixels.
function straighten(graph, middle, narrow) {
  for (const path of graph.path) {
    for (let i = 1; i < path.length; i++) {
      const before = path[i - 1],
        node = path[i];
      const thin = node >= graph.real || (narrow[node] && graph.up[node].length === 1);
      if (thin && Math.abs(middle[node] - middle[before]) <= KINK) middle[node] = middle[before];
    }
  }
}

// Top and bottom of each row; lines that go far to the side get more room below it.
function heights(graph, extents, middle) {
  const tops = [],
    bottoms = [];
  let y = 0;
  for (const row of graph.rows) {
    tops.push(y);
    let height = 0,
      aside = 0;
    for (const node of row) {
      height = Math.max(height, extents[node].height);
      for (const below of graph.down[node]) aside = Math.max(aside, Math.abs(middle[node] - middle[below]));
    }
    bottoms.push(y + height);
    y += height + Math.min(Math.max(DROP[0], SLOPE * aside), DROP[1]);
  }
  return { tops, bottoms };
}

// Where each edge leaves and arrives: [x, x].
function ports(graph, boxes, middle, edges, narrow) {
  const ends = edges.map(() => [0, 0]);
  const gather = (side, wanted) => {
    const at = new Map();
    edges.forEach((edge, i) => at.set(edge[side], [...(at.get(edge[side]) ?? []), i]));
    for (const [node, list] of at) {
      const places = list.map((i) => middle[wanted(graph.path[i])]);
      spread(boxes[node], places, narrow[node]).forEach((x, n) => (ends[list[n]][side] = x));
    }
  };
  gather(0, (path) => path[1]);
  gather(1, (path) => path.at(-2));
  return ends;
}

// Ends of lines along a side of a box, each as near to where it is wanted as the others let it be;
// the only one is at the middle.
function spread(box, wanted, narrow) {
  if (narrow || wanted.length === 1) return wanted.map(() => box.middle);
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const apart = Math.min(PORT, (box.width - 8) / order.length);
  const low = box.x + apart / 2 + 2,
    high = box.x + box.width - apart / 2 - 2;
  const places = [];
  order.forEach((i, n) => {
    const first = n ? places[n - 1] + apart : low,
      last = high - apart * (order.length - 1 - n);
    places.push(Math.max(Math.min(wanted[i], last), first));
  });
  for (let n = places.length - 2; n >= 0; n--) places[n] = Math.min(places[n], places[n + 1] - apart);
  const found = [];
  order.forEach((i, n) => (found[i] = places[n]));
  return found;
}

// The points of an edge: it goes to the side only between two rows.
function line(path, [from, to], boxes, middle, tops, bottoms, graph) {
  const first = graph.rowOf[path[0]],
    last = graph.rowOf[path.at(-1)];
  const points = [
    [from, boxes[path[0]].y + boxes[path[0]].height],
    [from, bottoms[first]],
  ];
  for (const bend of path.slice(1, -1)) {
    const row = graph.rowOf[bend];
    points.push([middle[bend], tops[row]], [middle[bend], bottoms[row]]);
  }
  points.push([to, tops[last]], [to, boxes[path.at(-1)].y]);
  return withoutRepeats(points);
}

// Fewer points for the same line.
function withoutRepeats(points) {
  const kept = [points[0]];
  for (let i = 1; i < points.length; i++) {
    const [x, y] = points[i],
      before = kept.at(-1),
      after = points[i + 1];
    if (Math.max(Math.abs(x - before[0]), Math.abs(y - before[1])) < 1e-6) continue;
    if (after && before[0] === x && after[0] === x) continue;
    kept.push(points[i]);
  }
  return kept;
}
