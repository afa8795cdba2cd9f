// A machine that tries augmentations on a benchmark and reports the best: what that adds to the truth.

const PEEKS = ["not at all", "once, for all tasks", "for every task"];

// A small generator of numbers in [0, 1) (mulberry32): the same seed always gives the same draws.
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(count, seed) {
  const [order, next] = [[...Array(count).keys()], random(seed)];
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// One draw of a benchmark: what is honest and what is without augmentation, for each of its tasks.
function benchmark(panel, { draw, tasks, seeds }) {
  const { auc, plain, augmentations } = panel;
  const chosen = shuffled(plain[0].length, 3 * draw).slice(0, tasks);
  return {
    order: shuffled(augmentations.length, 3 * draw + 1),
    seeds: shuffled(auc.length, 3 * draw + 2).slice(0, seeds),
    of: (augmentation, seed) => chosen.map((task) => auc[seed][task][augmentation]),
    honest: chosen.map((task) => mean(auc.flatMap((table) => table[task]))),
    plain: chosen.map((task) => mean(plain.map((values) => values[task]))),
  };
}

// What would be reported after 1, 2, ... augmentations: the AUC of every task.
function reports(drawn, peek) {
  const { order, seeds, of } = drawn;
  let best = of(order[0], seeds[0]);
  return order.map((augmentation) => {
    if (peek === PEEKS[0]) return best;
    for (const seed of seeds) {
      const values = of(augmentation, seed);
      if (peek === PEEKS[2]) best = best.map((value, i) => Math.max(value, values[i]));
      else if (mean(values) > mean(best)) best = values;
    }
    return best;
  });
}

// Wins over no augmentation, and those among them that an honest choice does not have on average.
function wins(values, { honest, plain }) {
  const won = values.map((value, i) => value > plain[i]);
  return [won, won.map((win, i) => win && honest[i] <= plain[i])].map((hits) => hits.filter(Boolean).length);
}

function render({ model, el }) {
  const [panels, marks] = [model.get("panels"), marksOf(model)];
  const panel = () => panels[model.get("panel")];
  const colour = (name) => marks.get(name)[0];
  const count = (trait) => (at) => set(model, trait, at + 1);
  const choice = list(model.get("label"), model.get("names"), (name) => set(model, "panel", name));
  const peek = list("Peek at the labels", PEEKS, (name) => set(model, "peek", name));
  const of = (most) => (at) => `${at + 1} of ${most()}`;
  const most = {
    tried: () => panel().augmentations.length,
    tasks: () => panel().plain[0].length,
    seeds: () => panel().auc.length,
  };
  const sliders = Object.entries({ tried: "Augmentations tried", tasks: "Tasks", seeds: "Seeds tried" }).map(
    ([trait, text]) => [trait, slider(text, 1, of(most[trait]), count(trait))],
  );
  const again = element("button", { type: "button", textContent: "Try again" });
  again.addEventListener("click", () => set(model, "draw", model.get("draw") + 1));

  const field = element("div", { className: "ssad-tries" });
  const knobs = controls();
  const edges = ["1 tried", "all tried"].map((textContent) => element("span", { textContent }));
  const texts = ["Reported AUC", "Honest AUC", "Without augmentation", "Wins", "False wins"];
  const values = texts.map(() => element("dd", {}));
  const rows = texts.map((text, i) => element("div", {}, element("dt", { textContent: text }), values[i]));
  const words = announcement();
  let [before, settings] = [[], ""]; // what earlier draws with the same settings reported

  const fill = () => {
    const there = sliders.filter(([trait]) => most[trait]() > 1);
    for (const [trait, { range }] of there) range.max = most[trait]() - 1;
    knobs.replaceChildren(...there.map(([, { row }]) => row));
    choice.show(model.get("panel"));
  };
  const counted = (trait) => Math.min(Math.max(model.get(trait), 1), most[trait]());
  const show = () => {
    const [tried, tasks, seeds] = ["tried", "tasks", "seeds"].map(counted);
    for (const [trait, { show: move }] of sliders) move(counted(trait) - 1);
    peek.show(model.get("peek"));

    const drawn = benchmark(panel(), { draw: model.get("draw"), tasks, seeds });
    const curves = PEEKS.map((name) => reports(drawn, name).map(mean));
    const told = reports(drawn, model.get("peek"))[tried - 1];
    const [reported, honest, plain] = [told, drawn.honest, drawn.plain].map(mean);
    const [won, lucky] = wins(told, drawn);

    const now = [model.get("panel"), model.get("peek"), tried, tasks, seeds].join();
    before = now === settings ? before : [];
    settings = now;
    const all = [...curves.flat(), ...before, honest, plain];
    const margin = 0.08 * (Math.max(...all) - Math.min(...all) || 0.1);
    const [low, high] = [Math.min(...all) - margin, Math.max(...all) + margin];
    const x = (value) => (100 * (value - low)) / (high - low);
    const y = (at) => 6 + (88 * at) / Math.max(1, most.tried() - 1);
    const upright = (value, name, style) =>
      svg("line", { class: style, x1: x(value), x2: x(value), y1: 0, y2: 100, stroke: colour(name) });
    const path = (points, style) =>
      svg("polyline", { class: style, points: points.join(" "), stroke: colour("reported") });
    const points = curves[PEEKS.indexOf(model.get("peek"))].map((value, at) => `${x(value)},${y(at)}`);
    const shadows = before.map((value) => upright(value, "reported", "ssad-earlier"));
    field.replaceChildren(
      plot(
        "",
        ...shadows,
        upright(plain, "without augmentation", "ssad-plain"),
        upright(honest, "honest", "ssad-honest"),
        path(points.slice(tried - 1), "ssad-later"),
        path(points.slice(0, tried), "ssad-reported"),
      ),
      ...edges,
      dotAt(x(reported), y(tried - 1), colour("reported")),
      ruler(low, high),
    );
    before = [...before, reported].slice(-40);

    const facts = [reported, honest, plain].map((value) => value.toFixed(3));
    [...facts, `${won} of ${tasks}`, `${lucky} of ${won}`].forEach((text, i) => (values[i].textContent = text));
    words.textContent =
      `Draw ${model.get("draw")}: ${facts[0]} reported, ${facts[1]} on average over all augmentations, ` +
      `${facts[2]} without. ${won} of ${tasks} tasks are won, ${lucky} of them only by the choice.`;
  };

  el.classList.add("ssad-widget");
  el.append(
    controls(choice, peek),
    knobs,
    controls({ row: again }),
    field,
    legend(marks, [...marks.keys()]),
    element("dl", { className: "ssad-facts" }, ...rows),
    words,
  );
  const ends = [
    follow(model, ["panel"], () => (fill(), show())),
    follow(model, ["peek", "tried", "tasks", "seeds", "draw"], show),
  ];
  return () => ends.forEach((end) => end());
}

function dotAt(left, top, background) {
  const dot = element("b", { className: "ssad-pick" });
  Object.assign(dot.style, { left: `${left}%`, top: `${top / 10}rem`, background });
  return dot;
}

export default { render };
