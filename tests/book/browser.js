// What test_pages.py asks of every page, answered inside the page: a list of complaints.
([theme, smallest]) => {
  const complaints = [];
  const article = document.querySelector("article") ?? document.createElement("article");
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });

  if (document.documentElement.dataset.theme !== theme) complaints.push(`not in ${theme} mode`);
  const excess = document.documentElement.scrollWidth - window.innerWidth;
  if (excess > 0) complaints.push(`the page scrolls sideways by ${excess} pixels`);

  // every picture says what it shows
  for (const picture of article.querySelectorAll("img, canvas, [role=img]")) {
    const text = (picture.alt ?? picture.getAttribute("aria-label") ?? "").trim();
    if (text.length < 15 || /^\S+\.\w{2,4}$/.test(text) || text.includes("_images/"))
      complaints.push(`a picture has no alternative text but "${text}"`);
  }

  // one of the two drawings of a figure, and the one of this theme
  for (const figure of article.querySelectorAll(".ssad-figure")) {
    const shown = [...figure.querySelectorAll("img")].filter(seen).map((image) => image.className);
    if (shown.join() !== `ssad-${theme}`) complaints.push(`a figure shows ${shown.join() || "nothing"}`);
    for (const image of figure.querySelectorAll("img")) {
      if (!image.complete || !image.naturalWidth) complaints.push("a figure's image is broken");
      if (getComputedStyle(image).filter !== "none") complaints.push("a figure is dimmed");
    }
  }

  // tables and figures fit their column
  const column = (node) => {
    const style = getComputedStyle(node);
    return node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  };
  const fits = (node, place, what) => {
    const wider = Math.ceil(node.getBoundingClientRect().width - column(place));
    if (wider > 1) complaints.push(`${what} is wider than its column by ${wider} pixels`);
  };
  const said = (table) => table.caption?.textContent ?? table.textContent.trim().slice(0, 40);
  for (const table of article.querySelectorAll("table"))
    if (seen(table)) fits(table, table.parentElement, `the table "${said(table)}"`);
  for (const box of article.querySelectorAll(".ssad-table, .ssad-scroll, .pst-scrollable-table-container"))
    if (box.scrollWidth > box.clientWidth + 1) complaints.push(`a box scrolls sideways: "${box.textContent.trim().slice(0, 40)}"`);
  for (const image of article.querySelectorAll(".ssad-figure img"))
    if (seen(image)) fits(image, image.closest("figure"), `the figure "${image.alt.slice(0, 40)}"`);

  // rows of images: whole, as sharp as they are, in their column, as bright on dark pages
  for (const image of article.querySelectorAll(".ssad-panels img")) {
    if (!image.complete || !image.naturalWidth) complaints.push("an image of a panel is broken");
    if (getComputedStyle(image).filter !== "none") complaints.push("an image of a panel is dimmed");
    const beyond = Math.ceil(image.getBoundingClientRect().right - image.closest("figure").getBoundingClientRect().right);
    if (beyond > 1) complaints.push(`the panel "${image.alt.slice(0, 40)}" leaves its column by ${beyond} pixels`);
  }

  // words are large enough, in text and in figures as they are scaled
  for (const image of article.querySelectorAll(".ssad-figure img")) {
    if (!seen(image)) continue;
    const other = image.parentElement.querySelector("source");
    const drawn = other && matchMedia(other.media).matches ? other : image;
    const height = drawn.dataset.text * (image.clientWidth / drawn.getAttribute("width"));
    if (!(height >= smallest - 0.1)) complaints.push(`words of ${height.toFixed(1)} pixels in "${image.alt.slice(0, 40)}"`);
  }
  const small = new Set();
  const speaking = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (speaking.nextNode()) {
    const above = speaking.currentNode.parentElement;
    if (!speaking.currentNode.data.trim() || above.closest("mjx-container, script, style, noscript") || !seen(above)) continue;
    const height = parseFloat(getComputedStyle(above).fontSize);
    if (height && height < smallest) small.add(speaking.currentNode.data.trim().slice(0, 40));
  }
  for (const text of small) complaints.push(`"${text}" is smaller than ${smallest} pixels`);

  // numbers are written for readers: no exponent, no digits that mean nothing
  const numbers = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (numbers.nextNode()) {
    const text = numbers.currentNode.data;
    if (numbers.currentNode.parentElement.closest("pre, code, script, style, mjx-container, .citation, [role=doc-biblioentry]")) continue;
    for (const [number] of text.matchAll(/(?<![\w.:/])\d+(?:\.\d+)?e[+−-]?\d+(?!\w)/gi)) complaints.push(`${number} has an exponent`);
    for (const [number] of text.matchAll(/(?<![\w.:/])\d[\d,]*\.\d+(?!\.?\w)/g))
      if (number.replace(/[.,]/g, "").replace(/^0+/, "").length > 5) complaints.push(`${number} has too many digits`);
  }

  // formulas and widgets are drawn
  const formulas = article.querySelectorAll(".math").length;
  if (article.querySelectorAll("mjx-container").length < formulas) complaints.push("a formula is not drawn");
  if (article.querySelector("mjx-merror")) complaints.push("a formula is wrong");
  const views = document.querySelectorAll("script[type$='widget-view+json']").length;
  const widgets = article.querySelectorAll(".ssad-widget").length;
  if (views !== widgets) complaints.push(`${widgets} of ${views} widgets are drawn`);
  for (const field of article.querySelectorAll(".ssad-widget :is(select, input)")) {
    if (!field.labels.length) complaints.push("a control has no label");
    if (field.getBoundingClientRect().height < 44) complaints.push("a control is too small for a finger");
  }
  for (const table of article.querySelectorAll(".ssad-table, .ssad-heat"))
    if (!table.querySelector("th[scope]") && !table.matches(":has(th[scope])"))
      complaints.push("a table has no header scopes");

  // words can be read: WCAG's contrast ratio of at least 4.5 in what we draw ourselves
  const scratch = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const over = (colours) => {
    scratch.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      scratch.fillStyle = colour;
      scratch.fillRect(0, 0, 1, 1);
    }
    return [...scratch.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ours = ".ssad-table :is(caption, th, td), :is(.ssad-figure, .ssad-panels) figcaption, .ssad-panels span, .ssad-widget *";
  for (const node of article.querySelectorAll(ours)) {
    const speaks = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!speaks || !seen(node) || node.tagName === "OPTION") continue;
    const grounds = [];
    for (let up = node; up; up = up.parentElement) grounds.unshift(getComputedStyle(up).backgroundColor);
    const ground = luminance(over(["white", ...grounds]));
    const ink = luminance(over(["white", ...grounds, getComputedStyle(node).color]));
    const ratio = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
    if (ratio < 4.5) complaints.push(`"${node.textContent.trim()}" has a contrast of ${ratio.toFixed(1)}`);
  }
  return complaints;
}
