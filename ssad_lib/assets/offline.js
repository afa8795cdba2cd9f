// Runs before require.js and tells it where the vendored modules are, so that a page asks nobody else.
(() => {
  const here = new URL(".", document.currentScript.src).href;
  window.require = { baseUrl: here, paths: { anywidget: `${here}anywidget` } };

  // The widgets' base module speaks to MathJax 2 (`MathJax.Hub.Queue(["Typeset", MathJax.Hub, node])`)
  // and throws on a page that has MathJax 3. MathJax replaces its global while it starts, so the
  // translation can only be hung on once all deferred scripts have run.
  document.addEventListener("DOMContentLoaded", () => {
    const mathjax = window.MathJax;
    if (!mathjax || mathjax.Hub) return;
    mathjax.Hub = {
      Queue: (...calls) => {
        const nodes = calls.filter(([name]) => name === "Typeset").map(([, , node]) => node);
        mathjax.startup?.promise.then(() => mathjax.typesetPromise(nodes));
      },
    };
  });
})();
