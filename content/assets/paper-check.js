/* The paper check: says what a printed sheet is, from the registry beside the page. Nothing is asked
   of a server, so that it works from a disk as well. */
(() => {
  "use strict";
  const form = document.querySelector("[data-paper-check]");
  const answer = document.querySelector("[data-paper-answer]");
  const root = new URL("../", document.currentScript.src);

  /** A code as it counts: without marks, signs and leading zeros. */
  const key = (text) =>
    text.toUpperCase().replaceAll("Đ", "D").normalize("NFD").replace(/\p{M}/gu, "")
      .match(/[A-Z]+|\d+/g)?.map((part) => (/\d/.test(part) ? `#${Number(part)}` : part)).join("") ?? "";
  /** A check code as it counts; what is mistaken for a letter on paper becomes it. */
  const checkKey = (text) =>
    text.toUpperCase().replace(/[^A-Z0-9]/g, "").replaceAll("0", "O").replaceAll("1", "I").replaceAll("8", "B");

  function element(name, text, attributes = {}) {
    const made = Object.assign(document.createElement(name), attributes);
    made.textContent = text;
    return made;
  }

  const link = (page, text) =>
    element("a", text, { href: new URL(location.protocol === "file:" ? `${page}index.html` : page, root).href });

  function say(tone, title, ...lines) {
    const box = element("div", "", { className: `qms-summary qms-summary--${tone}` });
    box.append(element("p", title, { className: "qms-summary__title" }));
    for (const parts of lines) {
      const line = element("p", "");
      line.append(...[parts].flat());
      box.append(line);
    }
    answer.replaceChildren(box);
  }

  const newestOf = (found) => found.revisions.find(({ status }) => status === "in_force");
  const named = (found, revision) => `${found.code} lần ${revision.revision}: ${found.title}.`;

  /** How the words on the sheet compare with those of the portal; null when they differ. */
  function compared(revision, check) {
    if (!revision.check) return "Cổng không giữ lời văn của lần này, nên không đối chiếu được nội dung.";
    if (!check) return "Chưa đối chiếu nội dung: hãy gõ thêm mã kiểm tra in trên giấy.";
    return checkKey(revision.check) === check ? "Nội dung trên giấy đúng với nội dung của lần ban hành này." : null;
  }

  function inForce(found) {
    const newest = newestOf(found);
    return newest ? ["Bản đang có hiệu lực: ", link(found.page, `${found.code} lần ${newest.revision}`), "."] : [];
  }

  function tell(found, revision, check) {
    const match = compared(revision, check);
    const since = revision.ended ? ` từ ngày ${revision.ended}` : "";
    if (match === null)
      return say("bad", "Không khớp: đừng dùng tờ giấy này", named(found, revision),
        "Mã kiểm tra không phải của lần ban hành này: có thể gõ nhầm, có thể nội dung trên giấy khác nội dung đã ban hành. Hãy đối chiếu với trang của tài liệu.",
        inForce(found));
    if (revision.status === "in_force")
      return say("good", `Đang có hiệu lực từ ngày ${revision.from}`, named(found, revision), match,
        ["Xem ", link(found.page, "trang của tài liệu"), "."]);
    if (revision.status === "draft")
      return say("bad", "Dự thảo, chưa ban hành: chưa được dùng", named(found, revision), match, inForce(found));
    if (revision.status === "withdrawn") {
      const next = found.successor ? [`Thay bằng ${found.successor}.`] : [];
      return say("bad", `Đã hủy bỏ${since}`, named(found, revision), match, next, inForce(found));
    }
    return say("bad", `Đã được thay thế${since}`, named(found, revision), match, inForce(found));
  }

  /** A paper set from registers: it has no revision, and the registers go on. */
  function tellPaper(found, check) {
    const name = `${found.code}: ${found.title}.`;
    const page = ["Xem ", link(found.page, "số liệu hiện nay trên cổng"), "."];
    if (!check) return say("bad", "Chưa biết có còn đúng không", name, "Giấy này lập từ các sổ, không có lần ban hành: hãy gõ thêm mã kiểm tra in trên giấy.", page);
    if (check === checkKey(found.check)) return say("good", "Đúng với các sổ hiện nay", name, "Mọi dòng trên giấy giống với cổng.", page);
    say("bad", "Không giống các sổ hiện nay", name, "Các sổ đã thay đổi từ khi in, hoặc mã gõ nhầm. Giấy đã ký vẫn là bằng chứng của ngày ký; để làm việc hôm nay hãy dùng số liệu trên cổng.", page);
  }

  function check(typed) {
    const code = key(typed.ma);
    const found = window.qmsPaper.find((each) => key(each.code) === code);
    const documents = ["Xem ", link("tai-lieu/", "danh mục tài liệu"), "."];
    if (!found)
      return say("bad", "Không phải tài liệu của hệ thống này", `Cổng không có tài liệu nào mang mã hiệu “${typed.ma}”. Hãy xem lại mã hiệu ở đầu tờ giấy.`, documents);
    if (!found.revisions) return tellPaper(found, checkKey(typed.kt));
    const revision = found.revisions.find((each) => Number(each.revision) === Number(typed.lan));
    if (!revision) {
      const all = found.revisions.map((each) => each.revision).sort().join(", ");
      return say("bad", "Không có lần ban hành này", `${found.code} có các lần: ${all || "chưa ban hành lần nào"}.`, inForce(found));
    }
    return tell(found, revision, checkKey(typed.kt));
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = Object.fromEntries(new FormData(form));
    history.replaceState(null, "", `?${new URLSearchParams(typed)}`);
    check(typed);
  });
  const asked = new URLSearchParams(location.search);
  for (const name of ["ma", "lan", "kt"]) form.elements[name].value = asked.get(name) ?? "";
  if (asked.get("ma") && asked.get("lan")) check(Object.fromEntries(new FormData(form)));
})();
