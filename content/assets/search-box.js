/* The theme's search box, asking our engine (search/engine.js). Added to it: a name and
   announcements for screen readers, filters, what to do when nothing was found, marks on the page
   that was opened, and answers for pages opened from a disk, where there are no workers. */
(() => {
  "use strict";
  const QUERY = 2;
  const RESULT = 3;
  const config = JSON.parse(document.getElementById("__config").textContent);
  const base = new URL(config.base, location.href);
  const onDisk = location.protocol === "file:";

  /** The part of a worker that the theme uses, with the engine in the page. */
  class EngineInPage extends EventTarget {
    constructor(address) {
      super();
      this._answer = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL("engine.js", address).href;
        script.onload = () => {
          const { Engine, loaderOver, answering } = globalThis.siteSearch;
          resolve(answering(new Engine(loaderOver(new URL(".", address).href)), "index.html"));
        };
        script.onerror = reject;
        document.head.append(script);
      });
    }

    async postMessage(message) {
      const answer = await this._answer;
      const reply = await answer(message);
      if (reply) this.dispatchEvent(new MessageEvent("message", { data: reply }));
    }
  }

  const box = document.querySelector(".md-search");
  if (!box) return;
  const query = box.querySelector(".md-search__input");
  const results = box.querySelector(".md-search-result");
  const wanted = {};
  let worker = null;

  const NativeWorker = globalThis.Worker;
  globalThis.Worker = function (address, options) {
    if (!String(address).includes("search/worker.js")) return new NativeWorker(address, options);
    worker = new (onDisk ? EngineInPage : NativeWorker)(new URL(address, location.href).href);
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message) => {
      if (message.type !== QUERY) post(message);
      else post({ ...message, data: `${message.data}\n${JSON.stringify(wanted)}` });
    };
    worker.addEventListener("message", ({ data }) => data.type === RESULT && answered(data.data));
    return worker;
  };

  function ask(words = query.value) {
    worker?.postMessage({ type: QUERY, data: words });
  }

  // What screen readers are told

  box.setAttribute("aria-label", "Tìm kiếm");
  results.querySelector(".md-search-result__meta").setAttribute("role", "status");

  // Filters

  const filters = document.createElement("div");
  filters.className = "qms-search-filters";
  filters.innerHTML =
    '<select aria-label="Loại"><option value="">Mọi loại</option></select>' +
    '<select aria-label="Đơn vị"><option value="">Mọi đơn vị</option></select>' +
    '<label><input type="checkbox"> Cả bản hết hiệu lực, dự thảo</label>';
  results.querySelector(".md-search-result__meta").after(filters);
  const [kind, unit] = filters.querySelectorAll("select");
  const all = filters.querySelector("input");
  filters.addEventListener("change", () => {
    Object.assign(wanted, { kind: kind.value, unit: unit.value, all: all.checked });
    ask();
  });

  function offer(select, words) {
    if (select.options.length > 1) return;
    for (const word of [...words].filter(Boolean).sort((a, b) => a.localeCompare(b, "vi"))) {
      select.add(new Option(word));
    }
  }

  /* The theme leaves the box at Tab and moves through results at arrow keys; within the filters and
     on the way to them the keys are the browser's. */
  box.addEventListener("keydown", (event) => {
    if (event.key === "Tab" || (filters.contains(event.target) && event.key !== "Escape")) {
      event.stopPropagation();
    }
  });
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (!relatedTarget || box.contains(relatedTarget)) return;
    const toggle = document.querySelector("[data-md-toggle=search]");
    if (toggle.checked) toggle.click();
  });

  // Nothing found

  const nothing = document.createElement("div");
  nothing.className = "qms-search-nothing";
  nothing.hidden = true;
  results.querySelector(".md-search-result__list").before(nothing);

  function answered({ query: asked, items, nearest, facets }) {
    if (facets) {
      offer(kind, facets.kind);
      offer(unit, facets.unit);
    }
    nothing.hidden = items.length > 0 || !asked.trim();
    if (nothing.hidden) return;
    const tell = new URL("bao-cao/gop-y/", base);
    tell.searchParams.set("summary", `Tìm không thấy: ${asked.trim()}`);
    nothing.replaceChildren(
      ...meant(nearest),
      paragraph(
        link(new URL("tai-lieu/", base), "Xem danh mục tài liệu"),
        " hoặc ",
        link(tell, "cho biết bạn cần tìm gì"),
        ".",
      ),
    );
  }

  function meant(words) {
    if (!words.length) return [];
    const buttons = words.flatMap((word) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: word });
      button.addEventListener("click", () => {
        query.value = word;
        query.focus();
        query.dispatchEvent(new KeyboardEvent("keyup"));
      });
      return [button, " "];
    });
    return [paragraph("Có phải bạn tìm: ", ...buttons)];
  }

  function paragraph(...parts) {
    const made = document.createElement("p");
    made.append(...parts);
    return made;
  }

  function link(address, text) {
    if (onDisk && address.pathname.endsWith("/")) address.pathname += "index.html";
    return Object.assign(document.createElement("a"), { href: address.href, textContent: text });
  }

  // Marks on the page that was opened

  function mark() {
    const asked = new URLSearchParams(location.search).get("h");
    const article = document.querySelector("article.md-content__inner");
    if (!asked || !article) return;
    const words = asked.split(" ").map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
    const whole = new RegExp(`(?<![\\p{L}\\p{Nd}])(?:${words.join("|")})(?:\\s+(?:${words.join("|")}))*(?![\\p{L}\\p{Nd}])`, "giu");
    const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
      if (!texts.currentNode.parentElement.closest("script, style, select, svg, mark")) found.push(texts.currentNode);
    }
    for (const text of found) {
      const parts = [];
      let at = 0;
      for (const match of text.data.matchAll(whole)) {
        parts.push(text.data.slice(at, match.index));
        parts.push(Object.assign(document.createElement("mark"), { textContent: match[0] }));
        at = match.index + match[0].length;
      }
      if (parts.length) text.replaceWith(...parts, text.data.slice(at));
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (globalThis.document$) globalThis.document$.subscribe(mark);
    else mark();
  });
})();
