// Two distributions of scores and a threshold between them: what it finds, and what it costs.

const NAMES = ["normal", "augmented", "anomaly"];

// Share of the scores of a group at or above every level, from the counts of the levels.
function above(counts) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  return counts.map((_, i) => (sum += counts[counts.length - 1 - i]) / total).reverse();
}

// Heights of broad bars from the counts of fine levels; the last level lies beyond the axis.
function bars(counts, fold) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const heights = [];
  for (let i = 0; i + fold < counts.length; i += fold)
    heights.push(counts.slice(i, i + fold).reduce((sum, count) => sum + count, 0) / total);
  return heights;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function fact(name, explain) {
  const value = element("dd", {});
  return { row: element("div", {}, element("dt", { textContent: name, title: explain }), value), value };
}

function render({ model, el }) {
  const [panels, marks] = [model.get("panels"), marksOf(model)];
  const { levels, fold } = model.get("scale");
  const panel = () => panels[model.get("panel")];
  const threshold = (level) => {
    const { low, high } = panel();
    return (low + (level * (high - low)) / levels).toPrecision(3);
  };
  const choice = list(model.get("label"), model.get("names"), (name) => set(model, "panel", name));
  const pick = (level) => set(model, "level", level);
  const cut = slider("Threshold", levels, threshold, pick);

  const histogram = element("div", { className: "ssad-histogram" });
  const curve = element("div", { className: "ssad-roc" });
  const [names, words] = [element("div", {}), announcement()];
  const facts = [
    fact("TPR", "true positive rate: share of the anomalies at or above the threshold"),
    fact("FPR", "false positive rate: share of the normals at or above the threshold"),
    fact("Precision", "share of anomalies among what is flagged, with as many anomalies as normals"),
    fact("AUC", "area under the ROC curve, from the scores themselves"),
  ];
  const numbers = element("dl", { className: "ssad-facts" }, ...facts.map(({ row }) => row));

  const line = svg("line", { class: "ssad-cut", y1: 0, y2: 100 });
  const dot = element("b", { className: "ssad-dot" });
  let rates = {};

  const fill = () => {
    const { counts, auc, low, high } = panel();
    const groups = NAMES.filter((name) => counts[name]);
    const heights = Object.fromEntries(groups.map((name) => [name, bars(counts[name], fold)]));
    const top = Math.max(...Object.values(heights).flat());
    const shapes = groups.map((name) => density(name, marks.get(name), heights[name], top));
    histogram.replaceChildren(plot("", ...shapes, line), ruler(low, high));
    names.replaceChildren(densityLegend(marks, groups));
    rates = { tpr: above(counts.anomaly), fpr: above(counts.normal) };
    const points = rates.fpr.map((fpr, i) => `${100 * fpr},${100 - 100 * rates.tpr[i]}`);
    const roc = svg("polyline", { points: [...points, "0,100"].join(" ") });
    const chance = svg("line", { class: "ssad-zero", x1: 0, y1: 100, x2: 100, y2: 0 });
    const labels = ["TPR", "FPR"].map((textContent) => element("span", { textContent }));
    curve.replaceChildren(plot("", chance, roc), ...labels, dot);
    facts[3].value.textContent = auc;
    choice.show(model.get("panel"));
  };
  const show = () => {
    const level = model.get("level");
    const [tpr, fpr] = [rates.tpr[level], rates.fpr[level]];
    const precision = tpr + fpr ? (tpr / (tpr + fpr)).toFixed(3) : "–";
    [tpr.toFixed(3), fpr.toFixed(3), precision].forEach((text, i) => (facts[i].value.textContent = text));
    line.setAttribute("x1", (100 * level) / levels);
    line.setAttribute("x2", (100 * level) / levels);
    dot.style.left = `${100 * fpr}%`;
    dot.style.top = `${100 - 100 * tpr}%`;
    cut.show(level);
    words.textContent =
      `${model.get("panel")}, threshold ${threshold(level)}: ${percent(tpr)} of the anomalies and ` +
      `${percent(fpr)} of the normals are flagged.`;
  };
  const drag = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const { left, width } = histogram.firstChild.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    pick(Math.round(share * levels));
  };
  for (const event of ["pointerdown", "pointermove"]) histogram.addEventListener(event, drag);

  el.classList.add("ssad-widget");
  el.append(controls(choice), element("div", { className: "ssad-explorer" }, histogram, curve), names, controls(cut), numbers, words);
  const ends = [follow(model, ["panel"], () => (fill(), show())), follow(model, ["level"], show)];
  return () => ends.forEach((end) => end());
}

export default { render };
