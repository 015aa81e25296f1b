// The rows of a layered layout, as protonet/viz/layout/ranks.py has them: the row of each node,
// and what long edges pass through.  An edge is [source, target], from a smaller number to a
// larger one.

export function rank(count, edges) {
  const sources = lists(count),
    targets = lists(count);
  for (const [a, b] of edges) {
    sources[b].push(a);
    targets[a].push(b);
  }
  const rows = new Array(count).fill(0);
  for (let node = 0; node < count; node++)
    for (const a of sources[node]) rows[node] = Math.max(rows[node], rows[a] + 1);
  // What has more readers than sources stands right above the first reader.
  for (let node = count - 1; node >= 0; node--) {
    if (targets[node].length <= sources[node].length) continue;
    let first = Infinity;
    for (const b of targets[node]) first = Math.min(first, rows[b]);
    rows[node] = Math.max(rows[node], first - 1);
  }
  return rows;
}

// Nodes by row.  Numbers from `real` on are bends: places in a row that an edge passes.
// up, down: of a node, its neighbours one row above and below.  path: of the edge at the same
// position, all nodes from its source to its target.
export function makeRows(count, edges) {
  const rowOf = rank(count, edges);
  const rows = lists(Math.max(-1, ...tail(rowOf)) + 1);
  rowOf.forEach((row, node) => rows[row].push(node));
  const up = lists(count),
    down = lists(count),
    path = [];
  const trunks = new Map(); // the edges of one source go together as far as they can
  for (const [a, b] of edges) {
    const way = [a];
    for (let row = rowOf[a] + 1; row < rowOf[b]; row++) {
      const key = a * rows.length + row;
      if (!trunks.has(key)) {
        const bend = rowOf.length,
          before = way[way.length - 1];
        trunks.set(key, bend);
        rowOf.push(row);
        rows[row].push(bend);
        up.push([before]);
        down.push([]);
        down[before].push(bend);
      }
      way.push(trunks.get(key));
    }
    const before = way[way.length - 1];
    down[before].push(b);
    up[b].push(before);
    path.push([...way, b]);
  }
  return { real: count, rowOf, rows, up, down, path };
}

const lists = (count) => Array.from({ length: count }, () => []);

// The largest number, as a list of one: Math.max takes no million arguments.
function tail(numbers) {
  return numbers.length ? [numbers.reduce((a, b) => Math.max(a, b))] : [];
}
