/* Codes of documents, forms, records and laws, however they are typed: QT-HT-04, qt ht 4, qtht04,
   bm0401, 19/2014. A code is its letters in one piece and its numbers without zeros in front. */

const MOST_RUNS = 9;

/** Return the letters and numbers of a text in order: `BM-HT04.01` → bm, ht, 4, 1. */
function runsOf(text) {
  return wordsOf(text).map(({ word }) => {
    const { key } = syllable(word);
    return { key, isNumber: /^\d/.test(word), word };
  });
}

function signature(runs) {
  const letters = runs.filter((run) => !run.isNumber).map((run) => run.key);
  const numbers = runs.filter((run) => run.isNumber).map((run) => run.key);
  return `${letters.join("")}|${numbers.join(",")}`;
}

function isYear(run) {
  return /^(19|20)\d\d$/.test(run.key);
}

/** Return the ways in which a code is asked for, each with how sure it is then meant. */
function waysToWrite(code) {
  const runs = runsOf(code);
  const letters = runs.filter((run) => !run.isNumber);
  const numbers = runs.filter((run) => run.isNumber);
  const ways = new Map([[signature(runs), 1]]);
  const add = (some, sureness) => {
    const way = signature(some);
    if (!ways.has(way)) ways.set(way, sureness);
  };
  if (!numbers.length) return ways;
  for (let count = letters.length - 1; count > 0; count -= 1) {
    add([...letters.slice(0, count), ...numbers], 0.9);
  }
  const hasYear = numbers.some(isYear);
  if (numbers.length > 1 && hasYear) add(numbers, 0.9);
  if (numbers.length > 2 && isYear(numbers[0])) add(numbers.slice(1), 0.8);
  return ways;
}

class Codes {
  /** `codes` holds a code, or an empty text, for each page. */
  constructor(codes) {
    this._pages = new Map();
    codes.forEach((code, page) => {
      if (!code) return;
      for (const [way, sureness] of waysToWrite(code)) {
        if (!this._pages.has(way)) this._pages.set(way, []);
        this._pages.get(way).push({ page, sureness, code });
      }
    });
  }

  /** Return the longest code in a query: {from, to (of its words), found: [{page, sureness}]}. */
  find(text) {
    const runs = runsOf(text);
    for (let length = Math.min(runs.length, MOST_RUNS); length > 0; length -= 1) {
      for (let from = 0; from + length <= runs.length; from += 1) {
        const window = runs.slice(from, from + length);
        const whole = length === runs.length;
        const found = this._lookUp(window, whole);
        if (found) return { from, to: from + length, found };
      }
    }
    return null;
  }

  _lookUp(runs, isWholeQuery) {
    const hasNumber = runs.some((run) => run.isNumber);
    const hasLetters = runs.some((run) => !run.isNumber);
    if (!hasNumber && !isWholeQuery) return null;
    if (hasNumber && !hasLetters && runs.length === 1) return null;
    return this._pages.get(signature(runs)) ?? this._lookUpSplit(runs) ?? null;
  }

  /** Numbers written in one: `bm0401` for BM-HT04.01, `ph2020010` for PH-2020-010. */
  _lookUpSplit(runs) {
    const split = runs.flatMap((run) => (run.isNumber && splitNumber(run.word)) || [run]);
    return split.length > runs.length ? this._pages.get(signature(split)) : undefined;
  }
}

function splitNumber(digits) {
  const parts = /^((?:19|20)\d\d)(\d{2,3})$/.exec(digits)?.slice(1) ?? (/^(?:\d\d){2,3}$/.test(digits) ? digits.match(/\d\d/g) : null);
  return parts?.map((word) => ({ key: syllable(word).key, isNumber: true, word }));
}
