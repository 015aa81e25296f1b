// What a solver file says, and its learning rate drawn.

import { h, table } from "page/dom.js";
import { plot } from "page/plot.js";

export default {
  id: "solver",
  label: "Solver",
  order: 5,
  available: (app) => app.document.solver !== null,
  make(app, element) {
    const show = () => {
      const { solver, title } = app.document;
      if (!solver) return;
      const place = h("div", { class: "plot" });
      element.replaceChildren(
        h("h2", {}, title),
        h("h3", {}, "Learning rate"),
        place,
        solver.unknown ? h("p", { class: "faint" }, solver.unknown) : "",
        h("h3", {}, "Settings"),
        table("Settings of the solver", ["field", "value"], solver.fields, { class: "blobs" }),
      );
      if (!solver.iterations.length) return;
      const [first, last] = [solver.rates[0], solver.rates.at(-1)];
      plot(place, {
        x: solver.iterations,
        curves: [{ label: "learning rate", values: solver.rates }],
        label: `Learning rate from ${first} at iteration 0 to ${last} at iteration ${solver.iterations.at(-1)}`,
      });
    };
    app.on("document", show);
    show();
  },
};
