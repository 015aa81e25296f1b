// What is asked for when it is looked at, and pictures made of numbers.

import { h } from "page/dom.js";

// Ask for `path` and fill the element with what `show` makes of the answer: the newest question
// wins, and one that is hidden is not asked before it is seen.
export async function later(place, app, path, query, show) {
  if (place.closest("[hidden]")) return whenSeen(place, app, () => later(place, app, path, query, show));
  const question = `${path}?${new URLSearchParams(query)}`;
  const number = (place.question = (place.question ?? 0) + 1);
  const said = h("p", { role: "status" }, "One moment …");
  const timer = setTimeout(() => number === place.question && place.replaceChildren(said), 250);
  try {
    const found = await app.ask(question.endsWith("?") ? path : question);
    if (number === place.question) place.replaceChildren(...[show(found)].flat(Infinity).filter(Boolean));
  } catch (error) {
    if (number === place.question)
      place.replaceChildren(h("p", { class: "warning", role: "status" }, error.message));
  } finally {
    clearTimeout(timer);
  }
}

// Do it when the panel is shown; of several things the last.
function whenSeen(place, app, action) {
  if (!("waiting" in place)) {
    app.on("panel", () => {
      const waiting = place.closest("[hidden]") ? null : place.waiting;
      if (!waiting) return;
      place.waiting = null;
      waiting();
    });
  }
  place.waiting = action;
}

// A picture of numbers, enlarged by whole times as long as there is room.
export function picture({ address, words, width, height }) {
  const made = h("img", { src: address, alt: words, class: "numbers" });
  const times = Math.max(1, Math.min(24, Math.floor(460 / width), Math.floor(900 / height)));
  made.style.width = `${width * times}px`;
  return h("figure", {}, made, h("figcaption", {}, words));
}
