/* Filters above the tables of registers: words typed with or without marks, and the values of the
   columns that are marked. What is filtered stands in the address, so that it can be sent (the words
   as `loc`: `q` is the theme's search); what is shown can be taken along as CSV, as a workbook or,
   by the browser's own print, as PDF, saying what it is: title, filters, day, check code. */
(() => {
  "use strict";
  const WORKBOOKS = new URL("vendor/write-excel-file-4.1.1.min.js", document.currentScript.src);
  const fold = (text) =>
    text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");
  const words = (cell) => cell.innerText.replace(/\s+/g, " ").trim();

  function labelled(title, input) {
    const label = document.createElement("label");
    label.append(title, document.createElement("br"), input);
    return label;
  }

  /** What a cell is filtered by: its words, or a coarser value such as the month of a day; each
      part of a list. */
  function valuesOf(cell, isList) {
    const text = cell.dataset.value ?? cell.textContent.replace(/\s+/g, " ").trim();
    return isList ? text.split(";").map((part) => part.trim()).filter(Boolean) : [text];
  }

  /** Choose a value; one that no row has is added, so that an old address shows nothing of it
      rather than everything. */
  function choose(input, value) {
    if (input.options && ![...input.options].some((option) => option.value === value))
      input.append(new Option(value));
    input.value = value;
  }

  function selectOf(header, column, rows) {
    const select = document.createElement("select");
    const isList = header.dataset.filter === "list";
    const values = new Set(rows.flatMap((row) => valuesOf(row.cells[column], isList)));
    const collator = new Intl.Collator("vi", { numeric: true });
    select.append(new Option("tất cả", ""));
    for (const value of [...values].filter(Boolean).sort(collator.compare)) select.append(new Option(value));
    select.name = header.textContent.trim();
    const accepts = (row) => !select.value || valuesOf(row.cells[column], isList).includes(select.value);
    return { select, accepts };
  }

  function addFilters(register) {
    const table = register.querySelector("table");
    const rows = [...table.tBodies[0].rows];
    const headers = [...table.tHead.rows[0].cells];
    const asked = new URLSearchParams(location.search);
    const isAsked = headers.some((each) => "filter" in each.dataset && asked.has(each.textContent.trim()));
    if (rows.length < 6 && !isAsked) return;
    const bar = document.createElement("div");
    bar.className = "qms-filters";
    const typed = Object.assign(document.createElement("input"), { type: "search", name: "loc" });
    const filters = headers.flatMap((header, column) =>
      "filter" in header.dataset ? [selectOf(header, column, rows)] : [],
    );
    const count = document.createElement("output");
    bar.append(labelled("Lọc theo chữ", typed));
    for (const { select } of filters) bar.append(labelled(select.name, select));
    bar.append(count);
    const texts = rows.map((row) => fold(`${row.textContent} ${row.dataset.words ?? ""}`));

    function apply() {
      const wanted = fold(typed.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, index) => {
        const matches =
          wanted.every((word) => texts[index].includes(word)) && filters.every(({ accepts }) => accepts(row));
        row.hidden = !matches;
        shown += matches;
      });
      count.textContent = `${shown} / ${rows.length} dòng`;
    }

    const inputs = [typed, ...filters.map(({ select }) => select)];

    function remember() {
      const query = new URLSearchParams();
      for (const input of inputs) if (input.value) query.set(input.name, input.value);
      history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    }

    for (const input of inputs) {
      choose(input, asked.get(input.name) ?? "");
      input.addEventListener("input", () => { apply(); remember(); });
    }
    register.prepend(bar);
    apply();
  }

  /** The rows that are shown, as text, the titles of the columns first. */
  function shownRows(table) {
    const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
    return [table.tHead.rows[0], ...rows].map((row) => [...row.cells].map(words));
  }

  /** A code that follows from the address and the rows that are shown: who opens the address again
      and gets another code sees other rows. It is no seal: 53 bits, and nothing secret in it. */
  function checkCode(text) {
    let [one, two] = [0xdeadbeef, 0x41c6ce57];
    for (const letter of text) {
      one = Math.imul(one ^ letter.codePointAt(0), 2654435761);
      two = Math.imul(two ^ letter.codePointAt(0), 1597334677);
    }
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
    two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
    const number = 4294967296 * (2097151 & two) + (one >>> 0);
    return number.toString(36).toUpperCase().padStart(11, "0").replace(/^(.{4})(.{4})/, "$1-$2-");
  }

  /** What a table that is taken along says of itself, as pairs of title and text. */
  function about(register, table) {
    const rows = shownRows(table);
    const used = [...register.querySelectorAll(".qms-filters :is(input,select)")]
      .filter((input) => input.value)
      .map((input) => `${input.name === "loc" ? "Lọc theo chữ" : input.name}: ${input.value}`);
    const page = document.querySelector("h1").cloneNode(true);
    page.querySelector(".headerlink")?.remove();
    const title = register.querySelector(".qms-table")?.getAttribute("aria-label");
    const sample = document.querySelector(".md-banner strong")?.textContent;
    const pairs = [
      ["Bảng", [...new Set([page.textContent.trim(), title])].filter(Boolean).join(" – ")],
      ["Bộ lọc", used.join("; ") || "không lọc"],
      ["Số dòng", `${rows.length - 1} / ${table.tBodies[0].rows.length}`],
      ["Ngày lập", new Date().toLocaleDateString("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric" })],
      ["Địa chỉ", location.href],
      ["Mã kiểm tra", checkCode(JSON.stringify([location.pathname, location.search, rows]))],
    ];
    return sample ? [...pairs, ["Lưu ý", sample]] : pairs;
  }

  function save(blob, name) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /** Text that a spreadsheet would take for a formula gets an apostrophe; quotes are doubled. */
  function csvCell(text) {
    const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function saveCsv(table, name) {
    const text = shownRows(table).map((row) => row.map(csvCell).join(",")).join("\r\n");
    save(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
  }

  /** Dates and numbers become such; everything else, codes like 01 too, stays text. */
  function workbookCell(text) {
    const date = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
    if (date) {
      const [, day, month, year] = date.map(Number);
      return { value: new Date(Date.UTC(year, month - 1, day)), type: Date, format: "dd/mm/yyyy" };
    }
    if (/^-?(0|[1-9]\d{0,14})(,\d+)?$/.test(text)) return { value: Number(text.replace(",", ".")), type: Number };
    return text ? { value: text, type: String, wrap: true } : null;
  }

  function loadWorkbooks() {
    return new Promise((resolve, reject) => {
      if (window.writeXlsxFile) return resolve();
      const script = Object.assign(document.createElement("script"), { src: WORKBOOKS, onload: resolve, onerror: reject });
      document.head.append(script);
    });
  }

  async function saveWorkbook(register, table, name) {
    await loadWorkbooks();
    const [titles, ...rows] = shownRows(table);
    const head = titles.map((title) => ({ value: title, fontWeight: "bold", wrap: true }));
    const longest = (column) => Math.max(...[titles, ...rows].map((row) => (row[column] ?? "").length));
    const columns = titles.map((_, column) => ({ width: Math.min(60, Math.max(10, longest(column) + 2)) }));
    const sheet = [head, ...rows.map((row) => row.map(workbookCell))];
    const info = about(register, table).map(([title, value]) => [
      { value: title, fontWeight: "bold" },
      { value, type: String, wrap: true },
    ]);
    const sheets = [
      { sheet: "Bảng", data: sheet, columns, stickyRowsCount: 1 },
      { sheet: "Thông tin", data: info, columns: [{ width: 16 }, { width: 80 }] },
    ];
    save(await window.writeXlsxFile(sheets).toBlob(), `${name}.xlsx`);
  }

  /** Print the rows that are shown, and nothing else of the page, under what they say of themselves. */
  function printTable(register, table) {
    const head = document.createElement("div");
    head.className = "qms-print-head";
    for (const [title, text] of about(register, table)) {
      const line = document.createElement("p");
      line.append(Object.assign(document.createElement("b"), { textContent: `${title}: ` }), text);
      head.append(line);
    }
    const around = [];
    for (let each = register; each; each = each.parentElement) around.push(each);
    register.prepend(head);
    for (const each of around) each.classList.add("qms-printed");
    const done = () => {
      head.remove();
      for (const each of around) each.classList.remove("qms-printed");
    };
    addEventListener("afterprint", done, { once: true });
    print();
  }

  function addExport(register) {
    const table = register.querySelector("table");
    const name = register.dataset.register || location.pathname.split("/").filter(Boolean).pop();
    const line = document.createElement("p");
    line.className = "qms-export";
    line.append("Tải các dòng đang hiện: ");
    const actions = {
      Excel: () => saveWorkbook(register, table, name),
      CSV: () => saveCsv(table, name),
      "In, PDF": () => printTable(register, table),
    };
    for (const [title, action] of Object.entries(actions)) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: title });
      button.addEventListener("click", action);
      line.append(button, " ");
    }
    register.append(line);
  }

  /** On a narrow screen each row stands as a card; its cells then need their column's name. */
  function labelCells(table) {
    const titles = [...table.tHead.rows[0].cells].map((cell) => cell.abbr || cell.textContent.trim());
    for (const row of table.tBodies[0].rows)
      for (const cell of row.cells) cell.dataset.label = titles[cell.cellIndex];
    table.classList.add("qms--stacks");
  }

  for (const table of document.querySelectorAll("table.qms:not(.qms--row)"))
    if (!table.closest(".qms-bars")) labelCells(table);
  for (const register of document.querySelectorAll(".qms-register")) {
    addFilters(register);
    addExport(register);
  }
})();
