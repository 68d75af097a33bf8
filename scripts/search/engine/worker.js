/* The worker that pages name. It loads the engine when somebody searches, not with the page. */
(() => {
  "use strict";
  const SETUP = 0;
  const READY = 1;
  const RESULT = 3;
  let answer = null;

  addEventListener("message", async ({ data: message }) => {
    if (message.type === SETUP) return postMessage({ type: READY });
    if (message.data.startsWith("\n") || !message.data) {
      return postMessage({ type: RESULT, data: { items: [], suggest: [], nearest: [], query: "" } });
    }
    if (!answer) {
      importScripts(`engine.js${location.search}`);
      const { Engine, loaderOver, answering } = globalThis.siteSearch;
      answer = answering(new Engine(loaderOver(location.href)), "");
    }
    const reply = await answer(message);
    if (reply) postMessage(reply);
  });
})();
