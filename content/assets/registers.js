/* Filters above the tables of registers: words typed with or without marks, and the values of the
   columns that are marked. What is filtered stands in the address, so that it can be sent. */
(() => {
  "use strict";
  const fold = (text) =>
    text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");

  function labelled(title, input) {
    const label = document.createElement("label");
    label.append(title, document.createElement("br"), input);
    return label;
  }

  /** What a cell is filtered by: its words, or a coarser value such as the month of a day. */
  const valueOf = (cell) => cell.dataset.value ?? cell.textContent.trim();

  /** Choose a value; one that no row has is added, so that an old address shows nothing of it
      rather than everything. */
  function choose(input, value) {
    if (input.options && ![...input.options].some((option) => option.value === value))
      input.append(new Option(value));
    input.value = value;
  }

  function selectOf(header, column, rows) {
    const select = document.createElement("select");
    const values = [...new Set(rows.map((row) => valueOf(row.cells[column])))];
    const collator = new Intl.Collator("vi", { numeric: true });
    select.append(new Option("tất cả", ""));
    for (const value of values.filter(Boolean).sort(collator.compare)) select.append(new Option(value));
    select.name = header.textContent.trim();
    return select;
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
    const words = Object.assign(document.createElement("input"), { type: "search", name: "q" });
    const selects = headers
      .map((header, column) => ("filter" in header.dataset ? [column, selectOf(header, column, rows)] : null))
      .filter(Boolean);
    const count = document.createElement("output");
    bar.append(labelled("Lọc theo chữ", words));
    for (const [, select] of selects) bar.append(labelled(select.name, select));
    bar.append(count);
    const texts = rows.map((row) => fold(row.textContent));

    function apply() {
      const wanted = fold(words.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, index) => {
        const matches =
          wanted.every((word) => texts[index].includes(word)) &&
          selects.every(([column, select]) => !select.value || valueOf(row.cells[column]) === select.value);
        row.hidden = !matches;
        shown += matches;
      });
      count.textContent = `${shown} / ${rows.length} dòng`;
    }

    function remember() {
      const query = new URLSearchParams();
      for (const input of [words, ...selects.map(([, select]) => select)])
        if (input.value) query.set(input.name, input.value);
      history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    }

    for (const input of [words, ...selects.map(([, select]) => select)]) {
      choose(input, asked.get(input.name) ?? "");
      input.addEventListener("input", () => { apply(); remember(); });
    }
    register.prepend(bar);
    apply();
  }

  /** On a narrow screen each row stands as a card; its cells then need their column's name. */
  function labelCells(table) {
    const titles = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    for (const row of table.tBodies[0].rows)
      for (const cell of row.cells) cell.dataset.label = titles[cell.cellIndex];
    table.classList.add("qms--stacks");
  }

  document.querySelectorAll("table.qms:not(.qms--row)").forEach(labelCells);
  document.querySelectorAll(".qms-register").forEach(addFilters);
})();
