// The curves of a training, drawn anew while its log grows.

import { h } from "page/dom.js";
import { join, plot } from "page/plot.js";

const PAUSE = 2000; // milliseconds from one look at the log to the next

export default {
  id: "training",
  label: "Training",
  order: 7,
  available: (app) => app.document.log !== null,
  make(app, element) {
    const said = h("p", { role: "status" }),
      place = h("div", {});
    element.append(h("h2", {}, app.document.log), said, place);
    let size = null,
      plots = [];
    const look = async () => {
      try {
        const found = await app.ask(size === null ? "log" : `log?size=${size}`);
        if (found.panels) {
          size = found.size;
          plots = draw(place, plots, found.panels);
          const open = found.ended || !app.server;
          said.textContent = found.panels.length
            ? open
              ? ""
              : "It goes on: the curves grow."
            : "No number is in it yet.";
          if (found.ended) return;
        }
      } catch (error) {
        said.textContent = error.message;
        return;
      }
      if (app.server) setTimeout(look, PAUSE);
    };
    look();
  },
};

// New numbers into the plots that are there, if they have the same curves.
function draw(place, plots, panels) {
  const shapes = panels.map((panel) =>
    [panel.title, panel.log, ...panel.curves.map((c) => c.label)].join("\n"),
  );
  const data = panels.map((panel) => join(panel.curves));
  if (shapes.join() === plots.map((p) => p.shape).join()) {
    plots.forEach((each, i) => each.made.setData(data[i]));
    return plots;
  }
  place.replaceChildren();
  return panels.map((panel, i) => {
    const spot = h("div", { class: "plot" }),
      [x, ...columns] = data[i];
    place.append(h("h3", {}, panel.title), spot);
    const curves = panel.curves.map((curve, n) => ({
      label: curve.label,
      values: columns[n],
      points: columns[n].length < 40,
    }));
    return {
      shape: shapes[i],
      made: plot(spot, {
        x,
        curves,
        log: panel.log,
        label: `Curves of ${panel.title}: ${panel.curves.map((c) => c.label).join(", ")}`,
      }),
    };
  });
}
