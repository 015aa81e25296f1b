// Where the nodes of ordered rows stand from left to right, as protonet/viz/layout/position.py has
// it: Brandes and Koepf, "Fast and Simple Horizontal Coordinate Assignment" (2001).

// The middle of each node, as an array: of neighbours a, b in a row b stands separation(a, b)
// right of a, or more.
export function positions(graph, separation) {
  const marked = conflicts(graph),
    found = [];
  for (const downwards of [true, false]) {
    for (const rightwards of [true, false]) {
      let order = graph.rows.map((row) => (rightwards ? row : [...row].reverse()));
      if (!downwards) order = order.reverse();
      const { root, align } = alignment(order, downwards ? graph.up : graph.down, marked, graph);
      const apart = rightwards ? separation : (a, b) => separation(b, a);
      const x = compact(order, root, align, apart);
      found.push(rightwards ? x : x.map((place) => -place));
    }
  }
  return balance(found);
}

const isBend = (graph, node) => node >= graph.real;
const key = (graph, a, b) => Math.min(a, b) * graph.rowOf.length + Math.max(a, b);

// Lines that cross one between two bends: these have to stay straight.
function conflicts(graph) {
  const marked = new Set();
  for (let r = 0; r + 1 < graph.rows.length; r++) {
    const above = graph.rows[r],
      row = graph.rows[r + 1];
    const place = new Map(above.map((node, i) => [node, i]));
    let left = 0,
      done = 0;
    row.forEach((node, i) => {
      const inner = isBend(graph, node) ? graph.up[node].find((u) => isBend(graph, u)) : undefined;
      if (inner === undefined && i + 1 < row.length) return;
      const right = inner === undefined ? above.length : place.get(inner);
      for (const other of row.slice(done, i + 1)) {
        for (const u of graph.up[other]) {
          const both = isBend(graph, other) && isBend(graph, u);
          if (!both && !(left <= place.get(u) && place.get(u) <= right)) marked.add(key(graph, u, other));
        }
      }
      done = i + 1;
      left = right;
    });
  }
  return marked;
}

// Blocks of nodes that stand above each other: the root of each node, and the next of its block.
function alignment(order, neighbours, marked, graph) {
  const root = graph.rowOf.map((_, node) => node),
    align = [...root];
  for (let r = 1; r < order.length; r++) {
    const place = new Map(order[r - 1].map((node, i) => [node, i]));
    let last = -1;
    for (const node of order[r]) {
      const near = [...neighbours[node]].sort((a, b) => place.get(a) - place.get(b));
      if (!near.length) continue;
      const middle = (near.length - 1) / 2;
      for (const m of new Set([Math.floor(middle), Math.floor(middle + 0.5)])) {
        const upper = near[m];
        if (align[node] !== node || marked.has(key(graph, upper, node))) continue;
        if (last < place.get(upper)) {
          align[upper] = node;
          root[node] = root[upper];
          align[node] = root[node];
          last = place.get(upper);
        }
      }
    }
  }
  return { root, align };
}

// Blocks as far left as they go, then as near to their right neighbours as they go.
function compact(order, root, align, apart) {
  const before = new Map(),
    after = new Map(),
    blocks = new Set();
  const add = (map, from, entry) => (map.has(from) ? map.get(from).push(entry) : map.set(from, [entry]));
  for (const row of order) {
    row.forEach((node, i) => {
      blocks.add(root[node]);
      if (!i) return;
      const gap = apart(row[i - 1], node);
      add(before, root[node], [root[row[i - 1]], gap]);
      add(after, root[row[i - 1]], [root[node], gap]);
    });
  }
  const sequence = sorted(blocks, before),
    x = new Map();
  for (const block of sequence) {
    let place = before.has(block) ? -Infinity : 0;
    for (const [a, gap] of before.get(block) ?? []) place = Math.max(place, x.get(a) + gap);
    x.set(block, place);
  }
  for (const block of sequence.reverse()) {
    let room = Infinity;
    for (const [b, gap] of after.get(block) ?? []) room = Math.min(room, x.get(b) - gap);
    if (room !== Infinity) x.set(block, Math.max(x.get(block), room));
  }
  return root.map((block) => x.get(block));
}

// Each block after all those left of it.
function sorted(blocks, before) {
  const done = new Set();
  for (const start of blocks) {
    const waiting = [start];
    while (waiting.length) {
      const block = waiting[waiting.length - 1];
      const missing = (before.get(block) ?? []).map(([a]) => a).filter((a) => !done.has(a));
      if (missing.length) waiting.push(...missing);
      else {
        done.add(block);
        waiting.pop();
      }
    }
  }
  return [...done];
}

// The mean of the two middle ones of four, each moved to the narrowest of them.
function balance(found) {
  if (!found[0].length) return [];
  const ends = found.map((x) => [x.reduce((a, b) => Math.min(a, b)), x.reduce((a, b) => Math.max(a, b))]);
  const [left, right] = ends.reduce((best, end) => (end[1] - end[0] < best[1] - best[0] ? end : best));
  const moved = found.map((x, i) => {
    const shift = i % 2 === 0 ? left - ends[i][0] : right - ends[i][1];
    return x.map((place) => place + shift);
  });
  return found[0].map((_, node) => {
    const places = moved.map((x) => x[node]).sort((a, b) => a - b);
    return (places[1] + places[2]) / 2;
  });
}
