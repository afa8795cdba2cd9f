// A forest plot as a table: a row has its mark, its interval and its numbers, and can be sorted.

const last = (value, worst) => value ?? worst;
const ORDERS = {
  effect: (a, b) => last(b.effect, -9) - last(a.effect, -9),
  category: (a, b) => a.rank - b.rank || ORDERS.effect(a, b),
  name: (a, b) => a.name.localeCompare(b.name),
  p: (a, b) => last(a.p, 9) - last(b.p, 9),
};

// From the lowest to the highest bound, with zero, and a margin for the marks.
function extent(rows) {
  const bounds = rows.flatMap(({ low, high }) => [low ?? 0, high ?? 0]);
  const [low, high] = [Math.min(0, ...bounds), Math.max(0, ...bounds)];
  const margin = 0.06 * (high - low || 1);
  return [low - margin, high + margin];
}

function drawing(row, marks, [low, high]) {
  const place = (value) => `${(100 * (value - low)) / (high - low)}%`;
  const zero = svg("line", { class: "ssad-zero", x1: place(0), x2: place(0), y1: 0, y2: "100%" });
  const whole = svg("svg", { "aria-hidden": "true" }, zero);
  if (row.effect === null) return whole;
  const [colour, shape] = marks.get(row.category);
  const at = svg("svg", { x: place(row.effect), y: "50%", overflow: "visible" });
  at.append(svg("path", { d: SHAPES[shape], fill: colour, transform: "scale(6)" }));
  const bar = { x1: place(row.low), x2: place(row.high), y1: "50%", y2: "50%", stroke: colour, "stroke-width": 2 };
  whole.append(svg("line", bar), at);
  return whole;
}

function said(row, name) {
  if (row.effect === null) return `${row.name} (${row.category}): not run.`;
  const [effect, interval, p, holm] = row.texts;
  return (
    `${row.name} (${row.category}): ${name} ${effect}, 95 % interval ${interval}, p ${p}, ` +
    `after Holm ${holm}, n = ${row.n}: ${row.verdict}.`
  );
}

function line(row, marks, range, choose) {
  const name = element("th", { scope: "row", textContent: row.name });
  const numbers = row.texts.slice(0, 3).map((text) => element("td", { textContent: text }));
  const node = element("tr", {}, name, element("td", {}, drawing(row, marks, range)), ...numbers);
  for (const event of ["pointerenter", "focus"]) node.addEventListener(event, () => choose(row.name));
  return node;
}

function moveFocus(event) {
  const rows = [...event.currentTarget.children];
  const at = rows.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rows[to]?.focus();
}

function render({ model, el }) {
  const [panels, effect, marks] = [model.get("panels"), model.get("effect"), marksOf(model)];
  const panel = () => panels[model.get("panel")];
  const choice = list(model.get("label"), model.get("names"), (name) => set(model, "panel", name));
  const order = list("Sorted by", Object.keys(ORDERS), (name) => set(model, "order", name));

  const heads = ["augmentation", effect, "effect", "95 % interval", "p"];
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col", textContent: text })));
  const [caption, body, foot] = ["caption", "tbody", "tfoot"].map((tag) => element(tag, {}));
  const table = element("table", { className: "ssad-forest" }, caption, element("thead", {}, head), body, foot);
  table.setAttribute("role", "grid");
  body.addEventListener("keydown", moveFocus);
  const names = element("div", {});
  const words = announcement();
  let lines = new Map();

  const fill = () => {
    const { rows, summary } = panel();
    const range = extent(rows);
    const choose = (name) => set(model, "chosen", name);
    lines = new Map(rows.map((row) => [row.name, line(row, marks, range, choose)]));
    const axis = element("td", {}, ruler(...range));
    foot.replaceChildren(element("tr", {}, element("td", {}), axis, element("td", { colSpan: 3 })));
    caption.textContent = `${model.get("panel")}: ${summary}`;
    const present = new Set(rows.map(({ category }) => category));
    names.replaceChildren(legend(marks, [...marks.keys()].filter((name) => present.has(name))));
    choice.show(model.get("panel"));
  };
  const sort = () => {
    const rows = [...panel().rows].sort(ORDERS[model.get("order")]);
    body.replaceChildren(...rows.map(({ name }) => lines.get(name)));
    order.show(model.get("order"));
  };
  const show = () => {
    const chosen = panel().rows.find(({ name }) => name === model.get("chosen"));
    const stop = lines.get(chosen?.name) ?? body.firstChild;
    for (const node of lines.values()) {
      node.tabIndex = node === stop ? 0 : -1;
      node.setAttribute("aria-selected", Boolean(chosen) && node === stop);
    }
    words.textContent = chosen ? said(chosen, effect) : "Point at a row, or move along the rows with the arrow keys.";
  };

  el.classList.add("ssad-widget");
  el.append(controls(choice, order), table, names, words);
  const ends = [
    follow(model, ["panel"], () => [fill, sort, show].forEach((step) => step())),
    follow(model, ["order"], sort),
    follow(model, ["chosen"], show),
  ];
  return () => ends.forEach((end) => end());
}

export default { render };
