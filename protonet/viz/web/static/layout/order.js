// The order in the rows, so that few lines cross, as protonet/viz/layout/order.py has it:
// barycentres, then exchanges of neighbours.

const SWEEPS = [2, 12]; // the fewest and the most
const LINES = 60000; // that are looked at in all sweeps together, about

export function orderRows(graph) {
  firstOrder(graph);
  let best = graph.rows.map((row) => [...row]),
    fewest = crossings(graph);
  const lines = graph.down.reduce((sum, list) => sum + list.length, 0);
  const sweeps = Math.min(Math.max(SWEEPS[0], Math.floor(LINES / Math.max(lines, 1))), SWEEPS[1]);
  for (let i = 0; i < sweeps && fewest; i++) {
    sweep(graph, i % 2 === 0);
    exchange(graph);
    const count = crossings(graph);
    if (count < fewest) {
      best = graph.rows.map((row) => [...row]);
      fewest = count;
    }
  }
  graph.rows = best;
}

// As a walk from the sources meets the nodes: what belongs together is together.
function firstOrder(graph) {
  const place = new Map();
  for (const row of graph.rows) {
    for (const start of row) {
      if (graph.up[start].length) continue;
      const waiting = [start];
      while (waiting.length) {
        const node = waiting.pop();
        if (place.has(node)) continue;
        place.set(node, place.size);
        for (let i = graph.down[node].length - 1; i >= 0; i--) waiting.push(graph.down[node][i]);
      }
    }
  }
  for (const row of graph.rows) row.sort((a, b) => place.get(a) - place.get(b));
}

// Sort each row by the mean place of its neighbours in the row before.
function sweep(graph, downwards) {
  const order = downwards ? graph.rows : [...graph.rows].reverse();
  const neighbours = downwards ? graph.up : graph.down;
  for (let r = 1; r < order.length; r++) {
    const before = order[r - 1],
      row = order[r];
    const place = places(before),
      mean = new Map();
    row.forEach((node, i) => {
      const near = neighbours[node];
      const sum = near.reduce((total, n) => total + place.get(n), 0);
      mean.set(node, near.length ? sum / near.length : (i * before.length) / row.length);
    });
    row.sort((a, b) => mean.get(a) - mean.get(b));
  }
}

// Let neighbours change places where fewer lines cross then.
function exchange(graph) {
  graph.rows.forEach((row, index) => {
    if (row.length < 2) return;
    const above = places(graph.rows[index - 1] ?? []),
      below = places(graph.rows[index + 1] ?? []);
    const ends = (near, place) => near.map((n) => place.get(n)).sort((a, b) => a - b);
    const up = new Map(row.map((n) => [n, ends(graph.up[n], above)]));
    const down = new Map(row.map((n) => [n, ends(graph.down[n], below)]));
    for (let better = true; better;) {
      better = false;
      for (let i = 0; i + 1 < row.length; i++) {
        const a = row[i],
          b = row[i + 1];
        const now = crossing(up.get(a), up.get(b)) + crossing(down.get(a), down.get(b));
        const then = crossing(up.get(b), up.get(a)) + crossing(down.get(b), down.get(a));
        if (then < now) {
          row[i] = b;
          row[i + 1] = a;
          better = true;
        }
      }
    }
  });
}

const places = (row) => new Map(row.map((node, i) => [node, i]));

// How often lines of two neighbours cross, whose other ends are at these sorted places.
function crossing(left, right) {
  let total = 0;
  for (const place of right) total += left.length - after(left, place);
  return total;
}

// How many of sorted numbers are at most `value`.
function after(sorted, value) {
  let low = 0,
    high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function crossings(graph) {
  let total = 0;
  for (let r = 0; r + 1 < graph.rows.length; r++) {
    const place = places(graph.rows[r + 1]),
      met = [];
    for (const node of graph.rows[r]) {
      const ends = graph.down[node].map((n) => place.get(n)).sort((a, b) => a - b);
      for (const end of ends) total += met.length - after(met, end);
      for (const end of ends) met.splice(after(met, end), 0, end);
    }
  }
  return total;
}
