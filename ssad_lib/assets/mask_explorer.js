// Heat maps over images and a threshold: which pixels it marks, which images it flags, at what rate.

const VIEWS = ["marked pixels", "heat map", "image"];
const HEAT = [[38, 147, 255], [255, 221, 87], [229, 54, 0]]; // below, at and far above the threshold
const [MARKED, TRUE_EDGE, EDGE] = [[229, 115, 0, 110], [0, 214, 255, 255], [140, 60, 0, 255]];

function loaded(url) {
  const image = new Image();
  image.src = url;
  return image.decode().then(() => image);
}

// The grey values of a picture; it is drawn on nothing, so that they stay what they are.
async function greys(url, width, height) {
  const board = element("canvas", { width, height });
  const pen = board.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingEnabled = false;
  pen.drawImage(await loaded(url), 0, 0, width, height);
  return pen.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 === 0);
}

// Whether a pixel inside has a neighbour outside; the border of the image is no edge.
function isEdge(inside, x, y, width, height) {
  return (
    inside(x, y) &&
    ((x > 0 && !inside(x - 1, y)) || (x + 1 < width && !inside(x + 1, y)) ||
      (y > 0 && !inside(x, y - 1)) || (y + 1 < height && !inside(x, y + 1)))
  );
}

// A colour from blue over yellow, which is the threshold, to red; what is far below stays clear.
function heat(value, level, top) {
  const share = value < level ? value / level : 1 + (value - level) / Math.max(1, top - level);
  const i = Math.min(1, Math.floor(share));
  const part = Math.min(1, share - i);
  return [...HEAT[i].map((one, c) => one + part * (HEAT[i + 1][c] - one)), 60 + 60 * Math.min(2, share)];
}

function drawCard(card, view, level) {
  const { pen, width, height, picture, map, truth, top } = card;
  pen.drawImage(picture, 0, 0, width, height);
  const shown = pen.getImageData(0, 0, width, height);
  const marked = (x, y) => map[y * width + x] >= level;
  const real = (x, y) => truth[y * width + x] > 127;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      let colour = null;
      if (truth && isEdge(real, x, y, width, height)) colour = TRUE_EDGE;
      else if (view === VIEWS[1]) colour = heat(map[at], level, top);
      else if (view === VIEWS[0] && map[at] >= level)
        colour = isEdge(marked, x, y, width, height) ? EDGE : MARKED;
      if (!colour) continue;
      const opacity = colour[3] / 255;
      for (let c = 0; c < 3; c++)
        shown.data[4 * at + c] += opacity * (colour[c] - shown.data[4 * at + c]);
    }
  pen.putImageData(shown, 0, 0);
}

function fact(name, title) {
  const value = element("dd", {});
  return { row: element("div", {}, element("dt", { textContent: name, title }), value), value };
}

const share = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : "–");

function render({ model, el }) {
  const { width, height, ratio } = model.get("shape");
  const [thresholds, held, pixels] = ["thresholds", "held", "pixels"].map((name) => model.get(name));
  const last = thresholds.length - 1;
  const cards = model.get("images").map(([name, text, peak, isBad, ...urls]) => {
    const canvas = element("canvas", { width, height });
    canvas.setAttribute("role", "img");
    if (ratio) canvas.style.aspectRatio = ratio;
    const words = element("p", {});
    const row = element("li", {}, canvas, words);
    return { name, text, peak, isBad, urls, canvas, words, row, top: last, seen: false };
  });

  const view = list("Show", VIEWS, (name) => set(model, "view", name));
  const cut = slider("Threshold", last, (level) => thresholds[level], (level) => set(model, "level", level));
  const facts = [
    fact("Flagged", "images with a pixel at or above the threshold"),
    fact("False alarms", "share of normal images that are flagged, from those held out"),
    fact("Precision", "share of the marked pixels that are defective"),
    fact("Recall", "share of the defective pixels that are marked"),
  ].slice(0, pixels.defective ? 4 : 2);
  const words = announcement();

  const draw = (card) => card.map && card.seen && drawCard(card, model.get("view"), model.get("level"));
  const load = async (card) => {
    card.loading = true;
    card.pen = card.canvas.getContext("2d", { willReadFrequently: true });
    Object.assign(card, { width, height });
    card.picture = await loaded(card.urls[0]);
    card.truth = card.urls[2] ? await greys(card.urls[2], width, height) : null;
    card.map = await greys(card.urls[1], width, height);
    draw(card);
  };
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const card = cards.find(({ canvas }) => canvas === target);
        card.seen = isIntersecting;
        if (isIntersecting && !card.loading) load(card);
        draw(card);
      }
    },
    { rootMargin: "200px" }
  );

  const say = (card, level) => {
    const flagged = card.peak >= level;
    const lines = [`${flagged ? "▲ flagged" : "not flagged"} · ${card.text}`, card.name];
    if (card.isBad !== null) lines.push(card.isBad ? "has a defect" : "has no defect");
    card.row.classList.toggle("ssad-flagged", flagged);
    card.words.textContent = lines.join("\n");
    card.canvas.setAttribute("aria-label", `Map of ${lines.join(", ")}`);
  };
  const show = () => {
    const level = model.get("level");
    for (const card of cards) say(card, level);
    cards.forEach(draw);
    const flagged = model.get("flagged")[level];
    const count = held.counts[level];
    facts[0].value.textContent = `${flagged} of ${model.get("total")} images`;
    facts[1].value.textContent = `${count} of ${held.total} held out, 95 % interval ${held.intervals[count]}`;
    if (pixels.defective) {
      const [found, marked] = [pixels.found[level], pixels.marked[level]];
      facts[2].value.textContent = share(found, marked);
      facts[3].value.textContent = share(found, pixels.defective);
    }
    cut.show(level);
    words.textContent =
      `Threshold ${thresholds[level]}: ${flagged} of ${model.get("total")} images are flagged; of the ` +
      `normal images held out, ${count} of ${held.total} are.`;
  };

  const numbers = element("dl", { className: "ssad-facts" }, ...facts.map(({ row }) => row));
  const bar = element("div", { className: "ssad-localised" }, controls(cut, view));
  words.classList.add("ssad-unseen"); // says again what the facts show
  el.classList.add("ssad-widget");
  el.append(numbers, bar, words, element("ol", { className: "ssad-cards" }, ...cards.map(({ row }) => row)));
  cards.forEach(({ canvas }) => watcher.observe(canvas));
  const ends = [
    follow(model, ["level"], show),
    follow(model, ["view"], () => (view.show(model.get("view")), cards.forEach(draw))),
  ];
  return () => (watcher.disconnect(), ends.forEach((end) => end()));
}

export default { render };
