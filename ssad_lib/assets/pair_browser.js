// Pairs of a normal and an anomaly class in a grid: AUC without and with augmentation, and scores.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SHOWN = ["difference", "with augmentation", "without"];
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const heights = (code, peak) => [...code].map((digit) => (peak * DIGITS.indexOf(digit)) / 61);
const auc = (thousandths) => (thousandths / 1000).toFixed(3);
const signed = (text) => (text.startsWith("-") ? text.replace("-", "−") : `+${text}`);

function distributions(name, detector, [row, column], own, marks) {
  const groups = [["normal", own], ["anomaly", column]];
  const bars = groups.map(([, at]) => heights(detector.codes[row][at], detector.peaks[row][at]));
  const top = Math.max(...bars.flat());
  const shapes = groups.map(([group], i) => density(group, marks.get(group), bars[i], top));
  const title = element("p", { textContent: `${name}: AUC ${auc(detector.aucs[row][column])}` });
  return element("div", {}, title, plot("", ...shapes), ruler(...detector.ranges[row]));
}

// A cell per pair; a class is no anomaly to itself, so such a cell stays empty.
function gridOf(normals, anomalies, choose) {
  const cells = normals.map((normal, row) =>
    anomalies.map((anomaly, column) => {
      if (normal === anomaly) return element("td", {});
      return element("td", { tabIndex: -1, onclick: () => choose(row, column) });
    }),
  );
  const names = anomalies.map((textContent) => element("span", { textContent }));
  const heads = names.map((name) => element("th", { scope: "col" }, name));
  const corner = element("td", { textContent: "normal" });
  const rows = normals.map((textContent, row) =>
    element("tr", {}, element("th", { scope: "row", textContent }), ...cells[row]),
  );
  const caption = element("caption", {});
  const head = element("thead", {}, element("tr", {}, corner, ...heads));
  const table = element("table", { className: "ssad-pairs" }, caption, head, element("tbody", {}, ...rows));
  table.setAttribute("role", "grid");
  return { table, caption, cells };
}

function render({ model, el }) {
  const traits = ["detectors", "baselines", "normals", "anomalies"];
  const [detectors, baselines, normals, anomalies] = traits.map((trait) => model.get(trait));
  const marks = marksOf(model);
  const isPair = (row, column) => normals[row] !== anomalies[column];
  const choose = (row, column) => set(model, "pair", [row, column]);
  // Name and numbers of the detector without augmentation, and of the chosen one.
  const both = () => {
    const chosen = model.get("detector");
    return [baselines[chosen], chosen].map((name) => ({ name, ...detectors[name] }));
  };

  const cases = list(model.get("label"), model.get("names"), (name) => set(model, "detector", name));
  const shown = list("Cells", SHOWN, (name) => set(model, "shown", name));
  // If a list asks for the class that the other one has, the two are swapped where that can be.
  const pick = (row, column) => {
    const [before, after] = model.get("pair");
    if (isPair(row, column)) return choose(row, column);
    const swapped = [normals.indexOf(anomalies[after]), anomalies.indexOf(normals[before])];
    return swapped.includes(-1) ? show() : choose(...swapped);
  };
  const normal = list("Normal class", normals, (name) => pick(normals.indexOf(name), model.get("pair")[1]));
  const anomaly = list("Anomaly class", anomalies, (name) => pick(model.get("pair")[0], anomalies.indexOf(name)));
  const { table, caption, cells } = gridOf(normals, anomalies, choose);
  const [histograms, words] = [element("div", { className: "ssad-both" }), announcement()];

  table.addEventListener("keydown", (event) => {
    if (!STEPS[event.key]) return;
    event.preventDefault();
    let [row, column] = model.get("pair");
    const [down, right] = STEPS[event.key];
    do [row, column] = [row + down, column + right];
    while (cells[row]?.[column] && !isPair(row, column));
    if (!cells[row]?.[column]) return;
    choose(row, column);
    cells[row][column].focus();
  });

  const fill = () => {
    const kind = model.get("shown");
    const [middle, most] = kind === SHOWN[0] ? [0, 300] : [500, 500];
    const [without, augmented] = both().map(({ aucs }) => aucs);
    cells.forEach((line, row) =>
      line.forEach((cell, column) => {
        if (!isPair(row, column)) return;
        const [a, b] = [without[row][column], augmented[row][column]];
        const number = { [SHOWN[0]]: b - a, [SHOWN[1]]: b, [SHOWN[2]]: a }[kind];
        const text = (Math.round(number / 10) || 0).toFixed(0);
        cell.textContent = kind === SHOWN[0] ? signed(text) : text;
        cell.className = number < middle ? "ssad-loss" : "";
        const shade = Math.min(100, (100 * Math.abs(number - middle)) / most);
        cell.style.setProperty("--ssad-shade", `${shade}%`);
      }),
    );
    const what = kind === SHOWN[0] ? "Difference of AUC" : `AUC ${kind}`;
    caption.textContent = `${what} × 100, ${model.get("detector")}: normal class by anomaly class`;
    cases.show(model.get("detector"));
    shown.show(kind);
  };
  const show = () => {
    const pair = model.get("pair");
    const [row, column] = pair;
    for (const cell of table.querySelectorAll("[tabindex]")) {
      const chosen = cell === cells[row][column];
      cell.tabIndex = chosen ? 0 : -1;
      cell.setAttribute("aria-selected", chosen);
    }
    normal.show(normals[row]);
    anomaly.show(anomalies[column]);
    const own = anomalies.indexOf(normals[row]);
    histograms.replaceChildren(
      ...both().map((detector) => distributions(detector.name, detector, pair, own, marks)),
    );
    const [without, augmented] = both().map(({ aucs }) => aucs[row][column]);
    const names = both().map(({ name }) => name);
    words.textContent =
      `${normals[row]} (normal) against ${anomalies[column]}: AUC ${auc(without)} of ${names[0]}, ` +
      `${auc(augmented)} of ${names[1]}, difference ${signed(auc(augmented - without))}.`;
  };

  const names = densityLegend(marks, ["normal", "anomaly"]);
  const frame = element("div", { className: "ssad-scroll" }, table);
  el.classList.add("ssad-widget");
  el.append(controls(cases, normal, anomaly, shown), words, histograms, names, frame);
  const ends = [
    follow(model, ["detector"], () => [fill, show].forEach((part) => part())),
    follow(model, ["shown"], fill),
    follow(model, ["pair"], show),
  ];
  return () => ends.forEach((end) => end());
}

export default { render };
