/* In a copy of the portal on a disk: links that scripts make lead to pages rather than folders,
   whoever wants to send something is told where, and what the theme would ask a server for is given
   to it here. */
(() => {
  "use strict";
  const portal = "{{ site }}";
  const NO_PAGES = "data:text/xml,<urlset/>";

  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    const asked = String(url).endsWith("/sitemap.xml") ? NO_PAGES : url;
    return open.call(this, method, asked, ...rest);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.protocol !== "file:" || !link.pathname.endsWith("/")) return;
    const to = new URL(link.href);
    to.pathname += "index.html";
    link.href = to.href;
  }, true);

  document.addEventListener("DOMContentLoaded", () => {
    for (const region of document.querySelectorAll("[data-region=intake]")) {
      const note = document.createElement("div");
      note.className = "qms-summary qms-summary--calm";
      const link = Object.assign(document.createElement("a"), { href: portal, textContent: portal });
      const line = document.createElement("p");
      line.append("Đây là bản chép để đọc, không gửi được từ đây. Muốn gửi phiếu, tra cứu hoặc xử lý phiếu, hãy mở cổng trong mạng của cơ quan: ", link, ".");
      note.append(line);
      region.replaceChildren(note);
    }
  });
})();
