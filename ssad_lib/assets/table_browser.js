// One of several coloured tables, chosen from a native list. No kernel, no library.

let made = 0;

function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function cell(text, shade) {
  const node = element("td", { textContent: text });
  if (shade !== null) node.style.setProperty("--ssad-shade", `${shade * 100}%`);
  return node;
}

function drawn({ caption, corner, columns, index, texts, shades }) {
  const names = columns.map((name) => element("th", { scope: "col", textContent: name }));
  const rows = index.map((name, row) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", textContent: name }),
      ...texts[row].map((text, column) => cell(text, shades[row][column])),
    ),
  );
  const head = element("tr", {}, element("td", { textContent: corner }), ...names);
  return element(
    "table",
    { className: "ssad-heat" },
    element("caption", { textContent: caption }),
    element("thead", {}, head),
    element("tbody", {}, ...rows),
  );
}

function render({ model, el }) {
  const tables = model.get("tables");
  const id = `ssad-table-${made++}`;
  const options = Object.keys(tables).map((name) => element("option", { textContent: name }));
  const select = element("select", { id }, ...options);
  const label = element("label", { htmlFor: id, textContent: model.get("label") });
  const summary = element("p", { className: "ssad-caption" });
  summary.setAttribute("aria-live", "polite");
  // focusable, so that a keyboard can scroll it where the screen is narrow
  const frame = element("div", { className: "ssad-scroll", tabIndex: 0 });
  frame.setAttribute("role", "region");

  const update = () => {
    const chosen = model.get("chosen");
    select.value = chosen;
    frame.replaceChildren(drawn(tables[chosen]));
    frame.setAttribute("aria-label", tables[chosen].caption);
    summary.textContent = tables[chosen].summary;
  };
  select.addEventListener("change", () => {
    model.set("chosen", select.value);
    model.save_changes();
  });

  el.classList.add("ssad-widget");
  const row = element("div", { className: "ssad-control" }, label, select);
  el.append(element("div", { className: "ssad-controls" }, row), frame, summary);
  update();
  model.on("change:chosen", update);
  return () => model.off("change:chosen", update);
}

export default { render };
