// The side of the page: tabs of panels, each from a file of panels/, made when it is shown first.

import { h } from "page/dom.js";

export class Panels {
  constructor(app, side) {
    this.app = app;
    this.tabs = h("div", { role: "tablist", "aria-label": "Panels" });
    side.append(this.tabs);
    this.side = side;
    this.items = [];
    app.panels = this;
    app.on("document", () => this.refresh());
    this.tabs.addEventListener("keydown", (event) => this.key(event));
  }

  // names: of the modules in panels/.
  async load(names) {
    const modules = await Promise.all(names.map((name) => import(`page/panels/${name}.js`)));
    const all = modules.map((module) => module.default).sort((a, b) => a.order - b.order);
    for (const panel of all) {
      const id = `panel-${panel.id}`;
      const tab = h(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${panel.id}`,
          "aria-controls": id,
          onclick: () => this.show(panel.id),
        },
        panel.label,
      );
      const body = h("section", {
        role: "tabpanel",
        id,
        "aria-labelledby": tab.id,
        tabindex: "-1",
        hidden: true,
      });
      this.tabs.append(tab);
      this.side.append(body);
      this.items.push({ panel, tab, body, made: false });
      panel.setup?.(this.app);
    }
    this.refresh();
  }

  refresh() {
    for (const { panel, tab } of this.items)
      tab.hidden = panel.available ? !panel.available(this.app) : false;
    const there = this.items.filter((item) => !item.tab.hidden);
    if (there.some((item) => item.panel.id === this.shown)) return;
    const why = this.app.net ? undefined : there.find((item) => item.panel.id === "findings");
    this.show((why ?? there[0]).panel.id);
  }

  show(id) {
    for (const item of this.items) {
      const shown = item.panel.id === id;
      if (shown && !item.made) {
        item.made = true;
        item.panel.make(this.app, item.body);
      }
      item.body.hidden = !shown;
      item.tab.setAttribute("aria-selected", String(shown));
      item.tab.setAttribute("tabindex", shown ? "0" : "-1");
    }
    this.shown = id;
    this.app.tell("panel", id);
  }

  key(event) {
    const there = this.items.filter((item) => !item.tab.hidden);
    const at = there.findIndex((item) => item.tab === event.target);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at < 0 || !step) return;
    const next = there[(at + step + there.length) % there.length];
    this.show(next.panel.id);
    next.tab.focus();
    event.preventDefault();
  }
}

// The bar between picture and side, moved by mouse and arrow keys.
export function splitter(side) {
  const bar = h("div", {
    class: "splitter",
    role: "separator",
    tabindex: "0",
    "aria-label": "Width of the panels",
    "aria-orientation": "vertical",
    "aria-valuemin": "15",
    "aria-valuemax": "85",
  });
  const set = (percent) => {
    const wide = Math.min(Math.max(percent, 15), 85);
    side.style.flexBasis = `${wide}%`;
    bar.setAttribute("aria-valuenow", Math.round(wide));
  };
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: 3, ArrowRight: -3 }[event.key];
    if (step) set(Number(bar.getAttribute("aria-valuenow")) + step);
  });
  bar.addEventListener("pointerdown", (event) => bar.setPointerCapture(event.pointerId));
  bar.addEventListener("pointermove", (event) => {
    if (bar.hasPointerCapture(event.pointerId)) set(100 * (1 - event.clientX / innerWidth));
  });
  set(36);
  return bar;
}
