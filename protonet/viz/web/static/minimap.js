// The whole net in a corner, and the part of it that is in view.

import { h } from "page/dom.js";

const SIZE = [110, 190];

export class Minimap {
  constructor(app, graph, holder) {
    this.graph = graph;
    this.view = h("div", { class: "view" });
    this.canvas = h("canvas", {});
    this.element = h("div", { class: "minimap", "aria-hidden": "true" }, this.canvas, this.view);
    holder.append(this.element);
    app.on("drawn", () => this.draw());
    app.on("zoom", () => this.follow());
    graph.holder.addEventListener("scroll", () => this.follow());
    new ResizeObserver(() => this.follow()).observe(graph.holder);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    for (const name of ["pointerdown", "pointermove"])
      this.element.addEventListener(
        name,
        (event) => (event.buttons || name === "pointerdown") && this.go(event),
      );
    this.draw();
  }

  draw() {
    const { scene } = this.graph;
    if (!scene) return;
    // Of a net that is much higher than wide, its width is shown larger than its height.
    const high = Math.min(SIZE[1] / scene.height, 1),
      wide = Math.min(SIZE[0] / scene.width, Math.max(high, 40 / scene.width));
    this.scale = [wide, high];
    const size = [Math.ceil(scene.width * wide), Math.ceil(scene.height * high)],
      dots = devicePixelRatio;
    [this.canvas.width, this.canvas.height] = size.map((n) => n * dots);
    [this.canvas.style.width, this.canvas.style.height] = size.map((n) => `${n}px`);
    const pen = this.canvas.getContext("2d");
    pen.scale(wide * dots, high * dots);
    for (const box of scene.boxes) {
      let y = box.y;
      for (const part of box.parts) {
        const height = part.height ?? box.height;
        const element =
          part.layer === null
            ? this.graph.groupElements.get(box.node.group)
            : this.graph.layerElements.get(part.layer);
        const style = getComputedStyle(element.querySelector(".face"));
        pen.fillStyle = style.stroke;
        pen.fillRect(box.x, y, box.width, height);
        y += height;
      }
    }
    this.follow();
  }

  follow() {
    const { holder, zoom, svg, scene } = this.graph;
    if (!scene) return;
    const [wide, high] = this.scale,
      origin = svg.getBoundingClientRect(),
      window = holder.getBoundingClientRect();
    const left = Math.max(0, (window.x - origin.x) / zoom),
      top = Math.max(0, (window.y - origin.y) / zoom);
    const width = Math.min(scene.width - left, holder.clientWidth / zoom),
      height = Math.min(scene.height - top, holder.clientHeight / zoom);
    Object.assign(this.view.style, {
      left: `${left * wide}px`,
      top: `${top * high}px`,
      width: `${Math.max(4, width * wide)}px`,
      height: `${Math.max(4, height * high)}px`,
    });
    const whole = width >= scene.width - 1 && height >= scene.height - 1;
    this.element.classList.toggle("hidden", whole);
  }

  go(event) {
    const { holder, zoom, svg } = this.graph,
      corner = this.canvas.getBoundingClientRect();
    const x = (event.clientX - corner.x) / this.scale[0],
      y = (event.clientY - corner.y) / this.scale[1];
    const origin = svg.getBoundingClientRect(),
      window = holder.getBoundingClientRect();
    holder.scrollBy(
      origin.x + x * zoom - window.x - window.width / 2,
      origin.y + y * zoom - window.y - window.height / 2,
    );
  }
}
