/* What a query may mean: as typed, with abbreviations written out, in another typing method, with
   joined or misspelt syllables. A reading is a list of terms; a term is a list of options, each a
   form to look for and how sure it is. */

const MOST_COMPLETIONS = 12;
const MOST_CORRECTIONS = 6;
const MOST_DOUBLE = 8;
const MOST_JOINED = 8;
const LONGEST_SYLLABLE = 7;

/** Words of questions: they say that something is asked, not what. */
const ASKING = new Set(
  (
    "sao nhiêu đâu1 gi2 nao2 ai minh2 tôi muôn1 lâu mây1 thê1 như thi2 ha3 nhi3 a5 bao em anh ơi " +
    "co1 đa4 chưa nay phai3 cân2 xin đươc5 đê3 la2 ma2 vao2 vơi1 ơ3 nhưng4 rôi2 thôi"
  ).split(" "),
);
const ASKING_BARE = new Set(
  [...ASKING].map(keyOf).filter((key) => key.length > 2),
);
const ASKING_WEIGHT = 0.3;
/** Of a word of which one letter is typed nothing is known yet. */
const ONE_LETTER_WEIGHT = 0.1;

function isAsking(form) {
  return ASKING.has(form) || ASKING_BARE.has(form);
}

/** Return a term for a syllable as typed. */
function termOf(word, { form, key }) {
  return { word, options: [{ form, key, quality: 1 }], hint: isAsking(form) ? ASKING_WEIGHT : 1 };
}

class Readings {
  constructor(index) {
    this._index = index;
    this._sorted = [...index.keys].sort();
    this._total = 0;
    for (const word of index.words.values()) this._total += word.count;
    this._akin = new Akin(index.akin);
    this._synonyms = new Lexicon();
    for (const [short, long, sureness] of index.synonyms) {
      this._learn(short, long, sureness);
      this._learn(long, short, sureness * 0.7);
    }
  }

  _learn(from, to, sureness) {
    this._synonyms.note(from, { meant: wordsOf(to).map(({ word }) => word), sureness });
  }

  /** Return the terms of words as they stand; the last may be unfinished. */
  plain(words, unfinished) {
    return words.map((word, at) => {
      const term = termOf(word, syllable(word));
      if (unfinished && at === words.length - 1) this._complete(term);
      return term;
    });
  }

  /** Add to a term what it may become when it is typed to its end. */
  _complete(term) {
    const { form, key } = term.options[0];
    const isKnown = this._index.words.has(key);
    if (key.length === 1) term.hint = ONE_LETTER_WEIGHT;
    if (key.length < 2 && !VOWELS.includes(key)) return;
    const longer = [];
    for (let at = this._firstFrom(key); this._sorted[at]?.startsWith(key); at += 1) {
      if (this._sorted[at] !== key) longer.push(this._index.words.get(this._sorted[at]));
    }
    longer.sort((a, b) => b.count - a.count);
    term.completions = longer.slice(0, MOST_COMPLETIONS).map((word) => word.key);
    for (const longerKey of term.completions) {
      term.options.push({ form, key: longerKey, quality: isKnown ? 0.8 : 0.95 });
    }
  }

  _firstFrom(key) {
    let [low, high] = [0, this._sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this._sorted[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  isKnown(word) {
    return this._index.words.has(syllable(word).key);
  }

  /** Return readings with a short word written out, or the other way round. */
  *withSynonyms(words) {
    let tried = 0;
    for (const once of this._replaced(words)) {
      yield once;
      for (const twice of this._replaced(once.words, once.after)) {
        if ((tried += 1) > MOST_DOUBLE) return;
        yield { words: twice.words, sureness: once.sureness * twice.sureness };
      }
    }
  }

  /** Return the words with one of them replaced, from a place on, and where to go on from. */
  *_replaced(words, from = 0) {
    const typed = words.map(syllable);
    for (let at = from; at < words.length; at += 1) {
      for (const { asked, meant, sureness } of this._synonyms.at(typed, at)) {
        const rest = words.slice(at + asked.length);
        const replaced = [...words.slice(0, at), ...meant, ...rest];
        yield { words: replaced, sureness, after: at + meant.length };
      }
    }
  }

  /** Return terms with the words that mean about the same; null when there are none. */
  akin(words) {
    const terms = this.plain(words, false);
    return this._akin.addTo(terms) ? terms : null;
  }

  /** Return the words that another typing method means; null when it doesn't look like one. */
  inTypingMethod(text, decodeWord) {
    let decoded = 0;
    const typed = text.normalize("NFC").toLowerCase().match(/[\p{L}\p{Nd}]+/gu) ?? [];
    const words = typed.flatMap((word) => {
      const form = decodeWord(word);
      if (form === null || !this._index.forms.has(form)) return wordsOf(word).map((part) => part.word);
      decoded += this.isKnown(word) ? 0 : 1;
      return [spell(form)];
    });
    return decoded ? words : null;
  }

  /** Return the words with those that nobody knows taken apart; null when none can be. */
  takenApart(words) {
    let changed = false;
    const apart = words.flatMap((word) => {
      if (this.isKnown(word) || !/^\p{L}{4,}$/u.test(word)) return [word];
      const pieces = this._split(word);
      changed ||= pieces !== null;
      return pieces ?? [word];
    });
    return changed ? apart : null;
  }

  /** Return the likeliest syllables that a word is made of. */
  _split(word) {
    const isShort = word.length <= LONGEST_SYLLABLE;
    const best = [{ cost: 0, pieces: [] }];
    for (let end = 1; end <= word.length; end += 1) {
      for (let start = Math.max(0, end - 7); start < end; start += 1) {
        const before = best[start];
        if (!before || before.pieces.length >= MOST_JOINED) continue;
        const piece = word.slice(start, end);
        const { form, key } = syllable(piece);
        const found = this._index.words.get(key);
        if (!found || (isShort && !isFullSyllable(key)) || !(isBare(form) || found.forms.includes(form))) continue;
        const cost = before.cost + Math.log(this._total / found.count) + costOf(key);
        if (!best[end] || cost < best[end].cost) {
          best[end] = { cost, pieces: [...before.pieces, piece] };
        }
      }
    }
    const found = best[word.length];
    return found && found.pieces.length > 1 ? found.pieces : null;
  }

  /** Return terms with the words that are nearest to those misspelt. */
  corrected(words, whichAt) {
    return words.map((word, at) => {
      const term = termOf(word, syllable(word));
      if (!whichAt(at) || /^\d/.test(word) || this._isShort(word)) return term;
      for (const { key, distance } of this.nearest(word)) {
        const { form } = term.options[0];
        term.options.push({ form: key === withoutMarks(form) ? form : key, key, quality: distance > 1 ? 0.5 : 0.7 });
      }
      return term;
    });
  }

  /** Tell whether a word is one that stands for others, and so no slip of the fingers. */
  _isShort(word) {
    return this._synonyms.has(syllable(word).key);
  }

  /** Return the known keys nearest to a word: [{key, distance}]. */
  nearest(word) {
    const { key } = syllable(word);
    const most = key.length > 4 ? 2 : 1;
    if (key.length < 2) return [];
    const near = [];
    for (const known of this._index.words.values()) {
      if (known.key === key || /^\d/.test(known.key)) continue;
      if (Math.abs(known.key.length - key.length) > most) continue;
      const distance = distanceOf(key, known.key, most);
      if (distance <= most) near.push({ key: known.key, distance, count: known.count });
    }
    near.sort((a, b) => a.distance - b.distance || b.count - a.count);
    return near.slice(0, MOST_CORRECTIONS);
  }
}

/** What it costs to take a piece off: most where it is no syllable, or hardly one. */
function costOf(key) {
  if (isFullSyllable(key)) return 2;
  if (/[aeiouy]/.test(key)) return 5;
  return key.length > 1 ? 8 : 20;
}

function isFullSyllable(key) {
  return key.length > 1 && /[aeiouy]/.test(key);
}

/** Return how many letters to add, drop, change or swap; more than `most` is not counted out. */
function distanceOf(a, b, most) {
  let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], before[j - 2] + 1);
      }
    }
    if (Math.min(...row) > most) return most + 1;
    [before, last] = [last, row];
  }
  return last[b.length];
}
