/* Syllables, as scripts/search/text.py makes them. */

const TONES = { "\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4", "\u0323": "5" };
const LETTER_MARKS = new Set(["\u0302", "\u0306", "\u031b"]);
const WORD = /\p{L}+|\p{Nd}+/gu;
const FINAL_Y = /^([bcdđghklmnpqrstvx]*|qu)y$/;
const MARK = /\p{M}/u;

/** Return the words and numbers of a text with the place of each: [{word, at}]. */
function wordsOf(text) {
  const composed = text.normalize("NFC").toLowerCase();
  return Array.from(composed.matchAll(WORD), (match) => ({ word: match[0], at: match.index }));
}

const known = new Map();

/** Return {form, key} of a lower-case word or number. */
function syllable(word) {
  let found = known.get(word);
  if (!found) known.set(word, (found = newSyllable(word)));
  return found;
}

function newSyllable(word) {
  if (/^\p{Nd}/u.test(word)) {
    const number = word.replace(/^0+(?=.)/, "");
    return { form: number, key: number };
  }
  let letters = "";
  let tone = "";
  for (const character of word.normalize("NFD")) {
    if (character in TONES) tone = TONES[character];
    else if (LETTER_MARKS.has(character) || !MARK.test(character)) letters += character;
  }
  letters = letters.replace(FINAL_Y, "$1i");
  return { form: letters.normalize("NFC") + tone, key: withoutMarks(letters) };
}

function withoutMarks(letters) {
  return letters.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");
}

/** Return a form's letters, each with its own mark (circumflex …) or none, and its tone. */
function partsOf(form) {
  const tone = /\d$/.test(form) ? form.at(-1) : "";
  const letters = tone ? form.slice(0, -1) : form;
  return { letters: [...letters], tone };
}

/** Tell how well a typed form fits a written one of the same key, 1 for the same.

    What was typed without a mark says nothing about the mark; another mark contradicts. */
function fit(typed, written) {
  if (typed === written) return 1;
  const [a, b] = [partsOf(typed), partsOf(written)];
  let missing = 0;
  let wrong = 0;
  const compare = (mine, theirs, bare) => {
    if (mine === theirs) return;
    if (mine === bare) missing += 1;
    else wrong += 1;
  };
  a.letters.forEach((letter, at) => {
    compare(letter, b.letters[at] ?? "", withoutMarks(letter));
  });
  compare(a.tone, b.tone, "");
  return Math.max(0.3, 1 - 0.02 * missing - 0.3 * wrong);
}

/** Return the key of a form: its letters without marks and tone. */
function keyOf(form) {
  return withoutMarks(form.replace(/(?<=\p{L})\d$/u, ""));
}

/** Tell whether a form carries no mark at all. */
function isBare(form) {
  return /^[a-z]+$/.test(form) || /^\d+$/.test(form);
}
