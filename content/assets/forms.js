/* Forms work without this script. With it: a draft survives a closed tab, a lost connection or a
   refused answer loses nothing, a double press sends once, links can fill in a field. */
(() => {
  "use strict";
  const DRAFT_DAYS = 7;
  const UNSENT = "Chưa biết phiếu đã tới nơi chưa vì mất kết nối. Những gì bạn điền vẫn còn đây: hãy bấm gửi lại, phiếu không bị ghi hai lần.";
  const TOO_LARGE = "Tệp gửi kèm quá lớn. Hãy bỏ bớt hoặc chọn tệp nhỏ hơn rồi gửi lại; phần chữ vẫn còn đây.";
  const RESTORED = "Đã điền lại bản nháp chưa gửi trên máy này.";

  const region = () => document.querySelector("[data-region=intake]");
  const form = () => region()?.querySelector("form[enctype]:not([data-plain])");
  const draftKey = `qms-draft:${region()?.dataset.form}`;

  function newToken() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function storage(action) {
    try { return action(localStorage); } catch { return null; } // full, or switched off
  }

  function readDraft() {
    const draft = storage((store) => JSON.parse(store.getItem(draftKey)));
    return draft && Date.now() - draft.at < DRAFT_DAYS * 86_400_000 ? draft : null;
  }

  function saveDraft() {
    const fields = [...new FormData(form())].filter(([, value]) => typeof value === "string");
    const draft = { at: Date.now(), fields };
    storage((store) => store.setItem(draftKey, JSON.stringify(draft)));
  }

  const dropDraft = () => storage((store) => store.removeItem(draftKey));

  function fill(fields) {
    for (const [name, value] of fields.filter(([name]) => name !== "_version")) {
      for (const input of form().querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (input.type === "checkbox" || input.type === "radio") input.checked ||= input.value === value;
        else if (input.type !== "file") input.value = value;
      }
    }
  }

  function ensureToken() {
    if (form().elements._token) return;
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "_token", value: newToken() });
    form().prepend(input);
  }

  function tell(text, role = "alert") {
    region().querySelector("[data-note]")?.remove();
    const note = document.createElement("div");
    note.className = "qms-summary" + (role === "status" ? " qms-summary--calm" : "");
    note.dataset.note = "";
    note.setAttribute("role", role);
    note.tabIndex = -1;
    note.textContent = text;
    region().prepend(note);
    return note;
  }

  function offerToDrop(note) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "md-button", textContent: "Xóa bản nháp" });
    button.addEventListener("click", () => { dropDraft(); location.reload(); });
    note.append(" ", button);
  }

  /** Put the answer's region in place of the present one. */
  function show(html) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    const next = answer.querySelector("[data-region=intake]");
    if (!next) return false;
    region().replaceWith(document.adoptNode(next));
    document.title = answer.title;
    region().querySelector("[data-focus]")?.focus();
    region().scrollIntoView({ block: "start" });
    return true;
  }

  async function send(event) {
    event.preventDefault();
    const sending = form();
    if (sending.dataset.sending) return;
    sending.dataset.sending = "yes";
    const button = event.submitter;
    button?.setAttribute("disabled", "");
    saveDraft();
    const body = new FormData(sending);
    if (button?.name) body.append(button.name, button.value);
    try {
      const answer = await fetch(sending.getAttribute("action") ?? location.pathname, { method: "POST", body });
      if (answer.redirected) {
        dropDraft();
        location.assign(answer.url);
      } else if (answer.status === 413) tell(TOO_LARGE).focus();
      else if (!show(await answer.text())) tell(UNSENT).focus();
      else if (answer.status === 201) dropDraft();
      else begin();
    } catch {
      tell(UNSENT).focus();
    } finally {
      delete sending.dataset.sending;
      button?.removeAttribute("disabled");
    }
  }

  /** Make the form at hand one that keeps a draft and sends once. */
  function begin() {
    if (!form()) return;
    ensureToken();
    saveDraft();
    form().addEventListener("input", saveDraft);
    form().addEventListener("change", saveDraft);
    form().addEventListener("submit", send);
  }

  if (!form()) return;
  const draft = readDraft();
  const typed = draft?.fields.some(([name, value]) => name !== "_token" && value.trim());
  if (draft) {
    ensureToken();
    fill(draft.fields);
  }
  const asked = [...new URLSearchParams(location.search)];
  fill(asked.filter(([name]) => !name.startsWith("_")));
  begin();
  if (typed) offerToDrop(tell(RESTORED, "status"));
})();
