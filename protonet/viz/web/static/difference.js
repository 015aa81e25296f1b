// Two nets beside each other: the second in a page of its own, both in step.

import { App } from "page/app.js";
import { Graph } from "page/graph.js";

// The second net; null where there is nothing to compare.  holder: where its picture goes.
export function besides(app, holder) {
  if (!app.document.other) return null;
  const other = new App(app.document.other, { server: false, nonce: app.nonce });
  app.markOf = (layer) => markOf(app, "left", layer);
  other.markOf = (layer) => markOf(app, "right", layer);
  inStep(app, other);
  const graph = new Graph(other, holder);
  return { app: other, graph };
}

export const changesOf = (app) => app.document.changes?.[app.state] ?? { pairs: [], changes: [] };

function markOf(app, side, layer) {
  if (!app.document.changes?.length) return null; // there is no second net to read
  const { pairs, changes } = changesOf(app),
    at = side === "left" ? 0 : 1;
  if (!pairs.some((pair) => pair[at] === layer)) return at ? "added" : "removed";
  const change = changes.find((each) => each[side] === layer);
  return change ? (change.derived ? "derived" : "changed") : null;
}

// What is chosen, folded and opened in one is so in the other.
function inStep(app, other) {
  let busy = false;
  const once = (action) => () => {
    if (busy) return;
    busy = true;
    action();
    busy = false;
  };
  const follow = (from, to, at) =>
    from.on(
      "select",
      once(() => {
        const pair = changesOf(app).pairs.find((each) => each[at] === from.selected?.layer);
        to.select(pair ? { layer: pair[1 - at] } : null, true);
      }),
    );
  follow(app, other, 0);
  follow(other, app, 1);
  const copy = (from, to) =>
    once(() => {
      to.fold = from.fold;
      const names = from.closedNames();
      to.closed = new Set();
      if (from === app) to.state = changesOf(app).state ?? to.state;
      to.net?.groups.forEach((group, i) => names.has(group.name) && to.closed.add(i));
      to.tell("state");
    });
  app.on("state", copy(app, other));
  other.on("state", copy(other, app));
  app.on(
    "document",
    once(() => app.document.other && other.take(app.document.other)),
  );
  copy(app, other)();
}

// A list of the differences in words: text and the layers that it is about.
export function listed(app) {
  const { pairs, changes, state } = changesOf(app),
    left = app.net,
    right = app.document.other.nets[state];
  const [lefts, rights] = [0, 1].map((at) => new Set(pairs.map((pair) => pair[at])));
  const gone = left.layers.flatMap((layer, i) =>
    lefts.has(i) ? [] : [{ mark: "removed", layer, left: i, fields: [] }],
  );
  const fresh = right.layers.flatMap((layer, j) =>
    rights.has(j) ? [] : [{ mark: "added", layer, right: j, fields: [] }],
  );
  const other = changes.map((each) => ({
    mark: each.derived ? "derived" : "changed",
    layer: left.layers[each.left],
    ...each,
  }));
  return [
    ...gone,
    ...fresh,
    ...other.filter((each) => !each.derived),
    ...other.filter((each) => each.derived),
  ];
}
