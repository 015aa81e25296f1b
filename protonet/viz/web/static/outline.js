// What there is in a picture, before it has a place: boxes, groups, and the blobs between them.

// Nodes (boxes, closed groups, open groups with nodes of their own) and the blobs between them.
export function outline(net, fold, closed) {
  const home = fold ? net.hosts : net.hosts.map((_, i) => i); // the box of each layer
  const boxes = new Map();
  home.forEach((box, layer) =>
    boxes.has(box) ? boxes.get(box).layers.push(layer) : boxes.set(box, { layers: [layer] }),
  );
  const groupOf = new Map();
  net.groups.forEach((group, i) => {
    const members = [...boxes.keys()].filter((box) => group.start <= box && box < group.stop);
    if (members.length > 1) members.forEach((box) => groupOf.set(box, i));
  });
  const nodes = [],
    nodeOf = new Map(),
    inner = new Map();
  for (const [box, node] of boxes) {
    const group = groupOf.get(box);
    if (group === undefined) {
      nodeOf.set(box, nodes.push(node) - 1);
      continue;
    }
    if (!inner.has(group)) {
      const made = { group, layers: [], closed: closed.has(group), nodes: [], wires: [], nodeOf: new Map() };
      inner.set(group, made);
      made.at = nodes.push(made) - 1;
    }
    const made = inner.get(group);
    made.layers.push(...node.layers);
    made.nodeOf.set(box, made.nodes.push(node) - 1);
    nodeOf.set(box, made.at);
  }
  const wires = [];
  net.wires.forEach((wire, number) => {
    const from = home[wire.source];
    const to = [...new Set(wire.targets.map((target) => home[target]))].filter((box) => box !== from);
    if (wire.targets.length && !to.length) return; // inside a box
    addWire(wires, nodeOf, inner, groupOf, { number, from, to, text: wireText(net, wire, from) });
  });
  return { nodes, wires };
}

// Its shape, and its name where the box's does not tell it.
function wireText(net, wire, box) {
  const maker = net.layers[wire.source],
    sizes = maker.shapes[maker.tops.indexOf(wire.name)];
  const shape = sizes ? sizes.join("x") || "scalar" : "?";
  return maker.tops.length === 1 && wire.name === net.layers[box].name ? shape : `${wire.name}: ${shape}`;
}

// A blob, at the level of the net and inside the groups that it comes from or goes to.
function addWire(wires, nodeOf, inner, groupOf, { number, from, to, text }) {
  const own = inner.get(groupOf.get(from));
  const inside = to.filter((box) => own && groupOf.get(box) === own.group);
  const outside = to.filter((box) => !inside.includes(box));
  const leaves = outside.length > 0 || !to.length;
  if (own && !own.closed)
    own.wires.push({
      number,
      text: inside.length ? text : "",
      source: own.nodeOf.get(from),
      targets: inside.map((b) => own.nodeOf.get(b)),
      leaves,
    });
  if (!leaves) return;
  const targets = [...new Set(outside.map((box) => nodeOf.get(box)))];
  const shown = own && !own.closed && inside.length ? "" : text;
  wires.push({ number, text: shown, source: nodeOf.get(from), targets });
  const entered = new Map();
  for (const box of outside) {
    const group = inner.get(groupOf.get(box));
    if (group && !group.closed) entered.set(group, [...(entered.get(group) ?? []), group.nodeOf.get(box)]);
  }
  for (const [group, boxes] of entered)
    group.wires.push({ number, text: "", source: null, targets: boxes, leaves: false });
}
