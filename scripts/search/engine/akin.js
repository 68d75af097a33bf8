/* Words that mean about the same in everyday talk: `nhầm` finds `sai`, `passport` finds `hộ chiếu`. */

/** How well a word stands for another, one of as many syllables or fewer, and one of more. */
const AKIN = 0.75;
const AKIN_LONGER = 0.4;

/** Notes words by their first syllable, each with something to remember. */
class Lexicon {
  constructor() {
    this._by = new Map();
  }

  note(word, remembered) {
    const asked = syllablesOf(word);
    if (!asked.length) return;
    const first = asked[0].key;
    if (!this._by.has(first)) this._by.set(first, []);
    this._by.get(first).push({ asked, ...remembered });
  }

  /** Return what is noted under words that stand at a place: their marks agree where they are typed. */
  at(typed, place) {
    return (this._by.get(typed[place].key) ?? []).filter(({ asked }) =>
      asked.every((each, more) => {
        const here = typed[place + more];
        return here?.key === each.key && (isBare(here.form) || here.form === each.form);
      }),
    );
  }

  has(key) {
    return this._by.get(key)?.some(({ asked }) => asked.length === 1) ?? false;
  }
}

function syllablesOf(text) {
  return wordsOf(text).map(({ word }) => syllable(word));
}

class Akin {
  /** `groups` holds lists of words. */
  constructor(groups) {
    this._lexicon = new Lexicon();
    for (const group of groups) {
      for (const word of group) {
        const others = group.filter((other) => other !== word).map(syllablesOf);
        this._lexicon.note(word, { others });
      }
    }
  }

  /** Add to terms the words that mean about the same, of the longest that stand there; tell whether
      there were any. */
  addTo(terms) {
    const typed = terms.map(({ word }) => syllable(word));
    let isAdded = false;
    for (let place = 0; place < terms.length; ) {
      const found = this._lexicon.at(typed, place);
      const longest = Math.max(1, ...found.map(({ asked }) => asked.length));
      for (const { asked, others } of found) {
        if (asked.length < longest) continue;
        for (const other of others) addSyllables(terms, place, asked.length, other);
        isAdded = true;
      }
      place += longest;
    }
    return isAdded;
  }
}

/** Add the syllables of a word to the terms that it may stand for, one after the other. */
function addSyllables(terms, place, length, other) {
  const quality = other.length > length ? AKIN_LONGER : AKIN;
  for (let at = 0; at < Math.max(length, other.length); at += 1) {
    const { form, key } = other[Math.min(at, other.length - 1)];
    terms[place + Math.min(at, length - 1)].options.push({ form, key, quality });
  }
}
