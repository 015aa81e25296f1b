// Other files: chosen, or dropped on the page.  Their text goes to the server of this page only.

import { h } from "page/dom.js";

const PAUSE = 1500; // milliseconds from one look at the file to the next

export function openFile(app) {
  const input = h("input", {
    type: "file",
    class: "visually-hidden",
    accept: ".prototxt,.pbtxt,.txt",
    onchange: () => take(app, input.files[0]),
  });
  return h("label", { class: "button" }, "Open…", input);
}

export function acceptDrops(app) {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    take(app, event.dataTransfer.files[0]);
  });
}

async function take(app, file) {
  if (!file) return;
  try {
    app.take(await app.ask("open", { name: file.name, text: await file.text() }));
  } catch (error) {
    app.tell("trouble", error.message);
  }
}

// Take the file anew when another program has written it, while the page is in view.
export function watch(app) {
  setInterval(async () => {
    const { saves, saved, stamp } = app.document;
    if (document.hidden || !saves || !saved) return;
    try {
      const found = await app.ask(`file?seen=${stamp}`);
      if (found.states && app.document.stamp === stamp) app.take(found);
    } catch (error) {
      app.tell("trouble", error.message);
    }
  }, PAUSE);
}
