// The text of the file in an editor.  That is large, so it is loaded when it is shown first.

export default {
  id: "editor",
  label: "Text",
  order: 40,
  setup(app) {
    app.hasEditor = true;
    app.on("line", (place) => {
      app.place = place;
      app.panels.show("editor");
    });
  },
  async make(app, element) {
    element.classList.add("editor");
    const { Editor } = await import("page/editor.js");
    const editor = new Editor(app);
    element.append(editor.bar, editor.view.dom);
    app.on("line", (place) => editor.goTo(place.line, place.column, true));
    app.on(
      "select",
      () => app.layer?.line && app.net.file === app.document.file && editor.goTo(app.layer.line),
    );
    app.on("document", () => editor.follow());
    editor.diagnose();
    if (app.place) editor.goTo(app.place.line, app.place.column, true);
    else if (app.layer?.line) editor.goTo(app.layer.line);
  },
};
