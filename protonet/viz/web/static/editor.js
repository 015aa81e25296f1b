// The text of the file: drawn anew while one types, with what check says at its lines, and saved.

import { button, download, h } from "page/dom.js";
import { openFile } from "page/open.js";
import {
  EditorState,
  EditorView,
  HighlightStyle,
  StreamLanguage,
  basicSetup,
  indentWithTab,
  keymap,
  lintGutter,
  setDiagnostics,
  syntaxHighlighting,
  tags,
} from "vendor/codemirror.js";

const PAUSE = 300; // milliseconds of rest before a text is read

export class Editor {
  constructor(app) {
    this.app = app;
    this.timer = 0;
    this.asked = 0; // number of the newest question to the server
    this.said = h("span", { role: "status", class: "faint" });
    this.saveButton = button("Save", () => this.save(), { title: "Ctrl-S" });
    this.bar = h(
      "div",
      { class: "bar" },
      app.server ? [this.saveButton, openFile(app)] : null,
      button("Save a copy", () => download(app.document.title, this.view.state.doc.toString(), "text/plain")),
      this.said,
    );
    this.view = new EditorView({ state: this.stateOf(app.document.text) });
    this.saved = app.document.saved;
    this.showSaved();
    if (!app.server) this.said.textContent = "To look at only: there is no server to read it anew.";
  }

  stateOf(text) {
    return EditorState.create({
      doc: text,
      extensions: [
        basicSetup,
        EditorView.lineWrapping,
        lintGutter(),
        language(),
        look(),
        keymap.of([indentWithTab, { key: "Mod-s", run: () => (this.save(), true), preventDefault: true }]),
        EditorState.readOnly.of(!this.app.server),
        EditorView.contentAttributes.of({
          tabindex: "0",
          "aria-label": "Text of the file.  Escape and then Tab leave it.",
        }),
        this.app.nonce ? EditorView.cspNonce.of(this.app.nonce) : [],
        EditorView.updateListener.of((update) => this.changed(update)),
      ],
    });
  }

  changed(update) {
    if (update.docChanged && !this.taking) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.parse(), PAUSE);
      this.saved = this.app.document.saved = false;
      this.showSaved();
    } else if (update.selectionSet && !this.going) {
      this.showLayer(update.state.doc.lineAt(update.state.selection.main.head).number);
    }
  }

  // The layer that a line belongs to, in the picture.
  showLayer(line) {
    const { net, document } = this.app;
    if (!net || net.file !== document.file) return;
    let found = -1;
    net.layers.forEach((layer, i) => {
      if (layer.line !== null && layer.line <= line && (found < 0 || layer.line >= net.layers[found].line))
        found = i;
    });
    if (found >= 0 && this.app.selected?.layer !== found)
      this.quietly(() => this.app.select({ layer: found }, true));
  }

  goTo(line, column = 1, focus = false) {
    if (this.going || line > this.view.state.doc.lines) return;
    const at = this.view.state.doc.line(line);
    this.quietly(() =>
      this.view.dispatch({
        selection: { anchor: Math.min(at.from + column - 1, at.to) },
        effects: EditorView.scrollIntoView(at.from, { y: "center" }),
      }),
    );
    if (focus) this.view.focus();
  }

  quietly(action) {
    this.going = true;
    action();
    this.going = false;
  }

  async send(path, then) {
    const number = ++this.asked,
      text = this.view.state.doc.toString();
    try {
      const found = await this.app.ask(path, { text });
      if (number !== this.asked) return; // the text has gone on
      this.said.textContent = "";
      this.saved = found.saved;
      this.own = true;
      this.app.take(found);
      this.own = false;
      then?.();
    } catch (error) {
      this.said.textContent = error.message;
    }
    this.showSaved();
  }

  parse() {
    return this.send("parse");
  }

  save() {
    if (!this.app.document.saves) return;
    clearTimeout(this.timer);
    return this.send("save", () => (this.said.textContent = "Saved."));
  }

  showSaved() {
    this.saveButton.disabled = this.saved || !this.app.document.saves;
  }

  // Another document is shown: its text, if it is not the one that was sent from here.
  follow() {
    if (!this.own && this.view.state.doc.toString() !== this.app.document.text) {
      this.view.setState(this.stateOf(this.app.document.text));
      this.saved = this.app.document.saved;
      this.showSaved();
    }
    this.diagnose();
  }

  diagnose() {
    const { doc } = this.view.state,
      { findings, file } = this.app.document;
    const here = findings
      .filter((f) => f.file === file && f.line <= doc.lines)
      .map((f) => {
        const line = doc.line(f.line),
          from = Math.min(line.from + f.column - 1, line.to);
        const word = /^\w+|^./.exec(line.text.slice(from - line.from));
        return {
          from,
          to: Math.min(from + (word ? word[0].length : 0), line.to),
          severity: f.severity === "note" ? "info" : f.severity,
          message: [f.what, f.hint].filter(Boolean).join(": "),
          source: f.code,
        };
      });
    this.view.dispatch(setDiagnostics(this.view.state, here));
  }
}

// Prototxt: names of fields, strings, numbers, words, comments.
function language() {
  return StreamLanguage.define({
    name: "prototxt",
    token(stream, state) {
      if (stream.eatSpace()) return null;
      if (stream.match(/#.*/)) return "comment";
      if (stream.match(/"(\\.|[^"\\])*"?|'(\\.|[^'\\])*'?/)) return "string";
      if (stream.match(/[A-Za-z_]\w*(?=\s*[:{<])/)) return "propertyName";
      if (stream.match(/-?\s*(0x[0-9a-f]+|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?f?)/i)) return "number";
      if (stream.match(/[A-Za-z_]\w*/)) return "atom";
      const sign = stream.next();
      if (sign === "{") state.depth++;
      if (sign === "}" && state.depth) state.depth--;
      return null;
    },
    startState: () => ({ depth: 0 }),
    indent: (state, after, { unit }) => Math.max(0, state.depth - /^\s*\}/.test(after)) * unit,
    languageData: { commentTokens: { line: "#" }, indentOnInput: /^\s*\}$/ },
  });
}

// Colours of the page, so that light and dark follow it.
function look() {
  return [
    EditorView.theme({
      "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "13px" },
      ".cm-scroller": { fontFamily: '"DejaVu Sans Mono", ui-monospace, monospace' },
      ".cm-content": { caretColor: "var(--ink)" },
      ".cm-cursor": { borderLeftColor: "var(--ink)" },
      ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--faint)", borderColor: "var(--rule)" },
      ".cm-activeLine, .cm-activeLineGutter": {
        backgroundColor: "color-mix(in srgb, var(--chosen) 10%, transparent)",
      },
      "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
        backgroundColor: "color-mix(in srgb, var(--chosen) 28%, transparent) !important",
      },
      ".cm-tooltip, .cm-panels": {
        backgroundColor: "var(--ground)",
        color: "var(--ink)",
        borderColor: "var(--rule)",
      },
      ".cm-tooltip-autocomplete ul li[aria-selected]": {
        backgroundColor: "var(--accent)",
        color: "var(--paper)",
      },
      ".cm-textfield, .cm-button": {
        backgroundColor: "var(--paper)",
        color: "var(--ink)",
        backgroundImage: "none",
        borderColor: "var(--line)",
      },
    }),
    syntaxHighlighting(
      HighlightStyle.define([
        { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
        { tag: tags.string, color: "var(--string)" },
        { tag: tags.number, color: "var(--number)" },
        { tag: tags.atom, color: "var(--number)" },
        { tag: tags.propertyName, color: "var(--accent)" },
      ]),
    ),
  ];
}
