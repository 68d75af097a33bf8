/* Answers as people see them: a piece of the text around what was found, its words marked. */

const AROUND = 110;
const LONGEST_TEASER = 260;
/** How much worse than the best a word may fit and still be marked: unfinished, not another one. */
const CONTRADICTION = 0.25;

function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}

/** Return the words of a text that answer the query: [{from, to, term}], as written there. */
function matchesIn(text, matched) {
  const found = [];
  const best = new Map();
  for (const { word, at } of wordsOf(text)) {
    const match = matched.get(syllable(word).form);
    if (!match) continue;
    found.push({ from: at, to: at + word.length, ...match });
    best.set(match.term, Math.max(best.get(match.term) ?? 0, match.fitting));
  }
  return found.filter(({ term, fitting }) => fitting > best.get(term) - CONTRADICTION);
}

/** Return HTML of a text with its matches marked. */
function marked(text, matches, from = 0, to = text.length) {
  let html = "";
  let at = from;
  for (const match of matches) {
    if (match.from < from || match.to > to) continue;
    html += `${escaped(text.slice(at, match.from))}<mark>${escaped(text.slice(match.from, match.to))}</mark>`;
    at = match.to;
  }
  return (html + escaped(text.slice(at, to))).replaceAll("</mark> <mark>", " ");
}

/** Return where to cut a text so that most of the query is seen, words left whole. */
function bestCut(text, matches) {
  let [from, most] = [0, 0];
  matches.forEach((first, at) => {
    const seen = new Set();
    let inLine = 0;
    for (let next = at; next < matches.length && matches[next].to < first.from + LONGEST_TEASER - AROUND; next += 1) {
      seen.add(matches[next].term);
      if (next > at && matches[next].term === matches[next - 1].term + 1) inLine += 1;
    }
    if (seen.size + inLine > most) [from, most] = [first.from, seen.size + inLine];
  });
  from = Math.max(0, from - AROUND);
  if (from > 0) from = text.indexOf(" ", from) + 1;
  let to = Math.min(text.length, from + LONGEST_TEASER);
  if (to < text.length) to = Math.max(text.lastIndexOf(" ", to), from);
  return [from, to];
}

function teaser(text, matches) {
  const [from, to] = bestCut(text, matches);
  const cut = marked(text, matches, from, to);
  return `${from > 0 ? "… " : ""}${cut}${to < text.length ? " …" : ""}`;
}

/** Return a group with the words of its texts that answer the query. */
function withMatches(group) {
  const read = (section) => ({
    ...section,
    inTitle: matchesIn(section.title, group.matched),
    inText: matchesIn(section.text, group.matched),
  });
  const sections = group.sections.map(read);
  if (!sections.some(({ anchor }) => !anchor)) {
    sections.push(read({ anchor: "", title: group.title, text: "", score: 0 }));
  }
  return { ...group, sections };
}

/** Return the words of a section that answer the query, as written there: [{word, term}]. */
function wordsFound({ title, text, inTitle, inText }) {
  const cut = (part) => ({ from, to, term }) => ({ word: part.slice(from, to).toLowerCase(), term });
  return [...inTitle.map(cut(title)), ...inText.map(cut(text))];
}

/** Return the groups of an answer as the theme's search box takes them. */
function itemsOf(groups, pageSuffix) {
  return groups.map((group) => {
    const terms = termsOf(group);
    const tags = [group.code, group.kind, group.unit, group.status].filter(Boolean);
    return group.sections.map((section) => {
      const { anchor, title, text, score, inTitle, inText } = section;
      const words = new Set(wordsFound(section).map(({ word }) => word));
      const asked = words.size ? `?h=${encodeURIComponent([...words].join(" "))}` : "";
      return {
        location: `${group.location}${pageSuffix}${asked}${anchor ? `#${anchor}` : ""}`,
        title: marked(title, inTitle),
        text: teaser(text, inText),
        score,
        terms,
        ...(anchor ? {} : { tags }),
      };
    });
  });
}

/** Return for each word of the query whether a page has it. */
function termsOf({ sections, reading }) {
  const found = new Set(sections.flatMap(wordsFound).map(({ term }) => term));
  return Object.fromEntries(reading.map((term, at) => [term.word, found.has(at)]));
}

/** Return the word that the last one typed may become, as the first answers write it. */
function suggestionOf(text, groups) {
  const typed = /[\p{L}]+$/u.exec(text.normalize("NFC").toLowerCase())?.[0];
  if (!typed || typed.length < 2) return undefined;
  const { form, key } = syllable(typed);
  for (const { word } of groups.slice(0, 3).flatMap(({ sections }) => sections.flatMap(wordsFound))) {
    const other = syllable(word);
    if (!other.key.startsWith(key) || other.key === key) continue;
    if (isBare(form)) return [other.key];
    if (word.startsWith(typed)) return [word];
  }
  return undefined;
}

const TONED = ["", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"];

/** Return a form as it is written, its tone on its vowel: hoa2 → hòa. */
function spell(form) {
  const { letters, tone } = partsOf(form);
  if (!tone) return form;
  const start = /^(qu|gi(?=[aeiouy]))/.exec(withoutMarks(letters.join("")))?.[0].length ?? 0;
  const vowels = letters
    .map((letter, at) => ({ letter, at }))
    .filter(({ letter, at }) => at >= start && VOWELS.includes(withoutMarks(letter)));
  const special = vowels.findLast(({ letter }) => withoutMarks(letter) !== letter);
  const closed = vowels.length && vowels.at(-1).at < letters.length - 1;
  const bearer = special ?? (closed || vowels.length === 3 ? vowels[Math.min(1, vowels.length - 1)] : vowels[0]);
  if (!bearer) return letters.join("");
  letters[bearer.at] = (letters[bearer.at] + TONED[tone]).normalize("NFC");
  return letters.join("");
}
