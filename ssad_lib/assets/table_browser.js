// One of several coloured tables, chosen from a native list.

// The name of the column is shown where the table is too wide for its place (`fit`).
function cell(text, shade, name) {
  const node = element("td", { textContent: text });
  node.dataset.name = name;
  if (shade !== null) node.style.setProperty("--ssad-shade", `${shade * 100}%`);
  return node;
}

function heat({ caption, corner, columns, index, texts, shades }) {
  const names = columns.map((name) => element("th", { scope: "col", textContent: name }));
  const rows = index.map((name, row) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", textContent: name }),
      ...texts[row].map((text, column) => cell(text, shades[row][column], columns[column])),
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

// Shows each row as a line of named cells if the table is wider than its place.
function fit(frame) {
  frame.classList.remove("ssad-rows");
  frame.classList.toggle("ssad-rows", frame.scrollWidth > frame.clientWidth);
}

function render({ model, el }) {
  const tables = model.get("tables");
  const choice = list(model.get("label"), model.get("names"), (name) => set(model, "chosen", name));
  const summary = announcement();
  // focusable, so that a keyboard can scroll it where the screen is narrow
  const frame = element("div", { className: "ssad-scroll", tabIndex: 0 });
  frame.setAttribute("role", "region");

  el.classList.add("ssad-widget");
  el.append(controls(choice), frame, summary);
  let width = 0;
  const watcher = new ResizeObserver(() => {
    if (frame.clientWidth === width) return; // only its height changed
    width = frame.clientWidth;
    fit(frame);
  });
  watcher.observe(frame);
  const end = follow(model, ["chosen"], () => {
    const chosen = model.get("chosen");
    choice.show(chosen);
    frame.replaceChildren(heat(tables[chosen]));
    frame.setAttribute("aria-label", tables[chosen].caption);
    summary.textContent = tables[chosen].summary;
    fit(frame);
  });
  return () => {
    watcher.disconnect();
    end();
  };
}

export default { render };
