/* Two things the theme's search box lacks: a name for screen readers, and patience. The theme asks
   for the whole search index with every page; here the request waits until someone searches. */
(() => {
  "use strict";
  document.querySelector(".md-search")?.setAttribute("aria-label", "Tìm kiếm");

  const { open, send } = XMLHttpRequest.prototype;
  const waiting = new WeakSet();

  function whenSearchIsUsed(action) {
    const box = document.forms.namedItem("search");
    if (!box || box.contains(document.activeElement)) action();
    else if (new URLSearchParams(location.search).has("q")) action();
    else box.addEventListener("focusin", action, { once: true });
  }

  XMLHttpRequest.prototype.open = function (method, address, ...more) {
    if (String(address).endsWith("/search/search_index.json")) waiting.add(this);
    return open.call(this, method, address, ...more);
  };

  XMLHttpRequest.prototype.send = function (body) {
    if (waiting.delete(this)) whenSearchIsUsed(() => send.call(this, body));
    else send.call(this, body);
  };
})();
