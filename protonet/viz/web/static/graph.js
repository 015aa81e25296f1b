// The picture of the net: draws a scene, and lets mouse, touch and keys walk in it.

import { paint } from "page/shapes.js";
import { makeScene } from "page/scene.js";

const ZOOMS = [0.05, 4];

export class Graph {
  // holder: the element that scrolls.
  constructor(app, holder) {
    this.app = app;
    this.holder = holder;
    this.zoom = 1;
    this.layerElements = new Map();
    this.groupElements = new Map();
    this.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.svg.setAttribute("role", "group");
    holder.append(this.svg);
    app.on("document state", () => this.draw());
    app.on("select", ({ reveal }) => this.mark(reveal));
    this.listen();
    this.draw();
  }

  // -- drawing ------------------------------------------------------------------------------------

  draw() {
    const { app } = this,
      anchor = this.anchor();
    this.holder.classList.toggle("stale", !app.net);
    if (!app.net) return; // the last picture stays while a text cannot be read
    this.scene = makeScene(app.net, app);
    this.svg.setAttribute(
      "aria-label",
      `Diagram of ${app.net.name || "the net"}, ${app.document.states[app.state].label}: ${app.net.layers.length} layers.  Arrow keys go from box to box, Enter opens one.`,
    );
    this.svg.replaceChildren(...paint(this.scene, app));
    const found = (name) =>
      new Map([...this.svg.querySelectorAll(`[data-${name}]`)].map((e) => [Number(e.dataset[name]), e]));
    this.layerElements = found("layer");
    this.groupElements = found("group");
    this.items = [...this.svg.querySelectorAll("[role=button]")];
    if (this.items.length) this.items[0].setAttribute("tabindex", "0");
    this.setZoom(this.zoom);
    this.mark(false);
    this.restore(anchor);
    app.tell("drawn", this.scene);
  }

  // -- what is chosen -------------------------------------------------------------------------------

  mark(reveal) {
    for (const element of this.svg.querySelectorAll(".selected, .near"))
      element.classList.remove("selected", "near");
    const chosen = this.chosenElement();
    if (!chosen || !this.app.net) return;
    chosen.classList.add("selected");
    this.makeTabbable(chosen);
    const { net, selected } = this.app;
    if (selected.layer !== undefined) {
      net.wires.forEach((wire, i) => {
        if (wire.source !== selected.layer && !wire.targets.includes(selected.layer)) return;
        for (const path of this.svg.querySelectorAll(`[data-wire="${i}"]`)) path.classList.add("near");
      });
    }
    if (reveal) this.bringIntoView(chosen);
  }

  chosenElement() {
    const { selected } = this.app;
    return selected && (this.layerElements.get(selected.layer) ?? this.groupElements.get(selected.group));
  }

  bringIntoView(element) {
    const box = element.getBoundingClientRect(),
      view = this.holder.getBoundingClientRect();
    this.holder.scrollBy({
      left: box.x + box.width / 2 - view.x - view.width / 2,
      top: box.y + box.height / 2 - view.y - view.height / 2,
    });
  }

  // -- zoom -----------------------------------------------------------------------------------------

  // at: the point of the window that stays where it is, else the middle.
  setZoom(zoom, at = null) {
    if (!this.scene) return;
    const { holder } = this,
      before = this.zoom,
      view = holder.getBoundingClientRect();
    this.zoom = Math.min(Math.max(zoom, ZOOMS[0]), ZOOMS[1]);
    const x = at ? at[0] - view.x : view.width / 2,
      y = at ? at[1] - view.y : view.height / 2;
    const corner = this.svg.getBoundingClientRect();
    const inside = [(x + view.x - corner.x) / before, (y + view.y - corner.y) / before];
    this.svg.setAttribute("viewBox", `0 0 ${this.scene.width} ${this.scene.height}`);
    this.svg.setAttribute("width", this.scene.width * this.zoom);
    this.svg.setAttribute("height", this.scene.height * this.zoom);
    if (before !== this.zoom) {
      const now = this.svg.getBoundingClientRect();
      holder.scrollBy(now.x + inside[0] * this.zoom - x - view.x, now.y + inside[1] * this.zoom - y - view.y);
    }
    this.app.tell("zoom", this.zoom);
  }

  // The whole width, or all of it.
  fit(all = false) {
    if (!this.scene) return;
    const { clientWidth, clientHeight } = this.holder,
      { width, height } = this.scene;
    const zoom = Math.min(clientWidth / width, all ? clientHeight / height : 1);
    this.setZoom(Math.min(zoom, 1));
  }

  // What stays where it is when boxes open and close: what is chosen, else nothing.
  anchor() {
    const element = this.chosenElement();
    return element?.isConnected ? element.getBoundingClientRect() : null;
  }

  restore(before) {
    const now = before && this.chosenElement()?.getBoundingClientRect();
    if (now) this.holder.scrollBy(now.x - before.x, now.y - before.y);
  }

  // -- mouse and keys -------------------------------------------------------------------------------

  listen() {
    const { svg, holder, app } = this;
    svg.addEventListener("click", (event) => this.activate(event.target.closest("[role=button]")));
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("pointerover", (event) => {
      const over = event.target.closest("[data-layer]");
      app.tell("hover", {
        layer: over ? Number(over.dataset.layer) : null,
        x: event.clientX,
        y: event.clientY,
      });
    });
    svg.addEventListener("pointerleave", () => app.tell("hover", { layer: null }));
    holder.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.setZoom(this.zoom * Math.exp(-event.deltaY / 300), [event.clientX, event.clientY]);
      },
      { passive: false },
    );
    this.drag();
  }

  // Pull the picture about with the mouse; touch scrolls by itself.
  drag() {
    const { holder } = this;
    let from = null;
    holder.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button || event.target.closest("[role=button]")) return;
      from = [event.clientX, event.clientY];
      holder.classList.add("dragged");
      holder.setPointerCapture(event.pointerId);
    });
    holder.addEventListener("pointermove", (event) => {
      if (!from) return;
      holder.scrollBy(from[0] - event.clientX, from[1] - event.clientY);
      from = [event.clientX, event.clientY];
    });
    const stop = () => {
      from = null;
      holder.classList.remove("dragged");
    };
    holder.addEventListener("pointerup", stop);
    holder.addEventListener("pointercancel", stop);
  }

  activate(element) {
    if (!element) return;
    if (element.dataset.layer !== undefined) {
      this.app.select({ layer: Number(element.dataset.layer) });
      return;
    }
    const group = Number(element.dataset.group);
    this.app.selected = { group };
    this.app.setClosed(group, !this.app.closed.has(group));
    this.app.select({ group });
    this.groupElements.get(group)?.focus({ preventScroll: true });
  }

  key(event) {
    const here = event.target.closest("[role=button]");
    const ways = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };
    if (!here || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") this.activate(here);
    else if (event.key === "Home") this.focus(this.items[0]);
    else if (event.key === "End") this.focus(this.items.at(-1));
    else if (ways[event.key]) this.focus(nearest(here, this.items, ways[event.key]));
    else return;
    event.preventDefault();
  }

  focus(element) {
    if (!element) return;
    this.makeTabbable(element);
    element.focus({ preventScroll: true });
    this.bringIntoView(element);
  }

  // One stop for the Tab key in the whole picture.
  makeTabbable(element) {
    for (const other of this.svg.querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    element.setAttribute("tabindex", "0");
  }
}

// The nearest element in a direction, that aside counting double.
function nearest(here, items, [dx, dy]) {
  const from = middleOf(here);
  let best = null,
    least = Infinity;
  for (const item of items) {
    if (item === here) continue;
    const to = middleOf(item),
      x = to[0] - from[0],
      y = to[1] - from[1];
    const ahead = dx * x + dy * y,
      aside = Math.abs(dx * y) + Math.abs(dy * x);
    if (ahead < 4 || (dx && aside > 60) || ahead + 2 * aside >= least) continue;
    least = ahead + 2 * aside;
    best = item;
  }
  return best;
}

function middleOf(element) {
  const box = element.getBBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}
