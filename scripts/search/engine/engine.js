/* A query from what was typed to the pages that answer. */

/** What is pasted may be a whole page; so much of it is a query. */
const MOST_WORDS = 60;
const MOST_PAGES = 20;
const MOST_SECTIONS = 4;
const CODE_BONUS = 1.5;
const WHOLE = 0.97;
const READ_OTHERWISE = 0.9;
const SAID_OTHERWISE = 0.85;
const TAKEN_APART = 0.95;
const CORRECTED = 0.8;
/** A syllable of a word of several that means about the same isn't shown as found: it may be any word. */
const LEAST_SHOWN = 0.45;
const QUOTED = /["“”„]([^"“”„]+)["“”„]?/gu;

class Engine {
  /** `load(name)` returns a promise of [edition, content] of a file of the index. */
  constructor(load) {
    this._load = load;
    this._ready = null;
  }

  /** Return {groups, words, nearest} for what was typed: the pages that answer, best first, the
      words of the query and, when nothing was found, known words near them. `wanted` may name a
      kind, a unit and `all`: true to find what is no longer, or not yet, in force as well. */
  async search(text, wanted = {}) {
    try {
      return await this._search(text, wanted);
    } catch (error) {
      if (!(error instanceof OtherEdition)) throw error;
      this._ready = null;
      return this._search(text, wanted);
    }
  }

  /** Return the words of each fact of pages, for filters: {kind, unit}. */
  async facets() {
    await this._open();
    return { kind: this._index.pages.kind.words, unit: this._index.pages.unit.words };
  }

  _open() {
    this._ready ??= (async () => {
      const index = new Index(this._load);
      await index.open();
      this._index = index;
      this._readings = new Readings(index);
      this._codes = new Codes(index.pages.codes);
    })();
    this._ready.catch(() => (this._ready = null));
    return this._ready;
  }

  async _search(text, wanted) {
    const typed = text.normalize("NFKC"); // letters of full width are the same letters
    const words = wordsOf(typed).map(({ word }) => word).slice(0, MOST_WORDS);
    if (!words.length) return { groups: [], words, nearest: [] };
    await this._open();
    const allowed = this._filter(wanted);
    const found = await this._answers(typed, words, allowed);
    const ranked = [...found.entries()].sort((a, b) => b[1].score - a[1].score || a[0] - b[0]);
    const groups = await this._groups(ranked.slice(0, MOST_PAGES));
    return { groups, words, nearest: groups.length ? [] : this._nearest(words) };
  }

  _filter({ kind, unit, all }) {
    const { pages } = this._index;
    const at = (name, word) => (word ? pages[name].words.indexOf(word) : null);
    const [kindAt, unitAt, inForce] = [at("kind", kind), at("unit", unit), pages.status.words.indexOf("")];
    return (page) =>
      (kindAt === null || pages.kind.of[page] === kindAt) &&
      (unitAt === null || pages.unit.of[page] === unitAt) &&
      (all || pages.status.of[page] === inForce);
  }

  /** Return the best answer of each page under every reading that is worth a try. */
  async _answers(text, words, allowed) {
    const quoted = [...text.matchAll(QUOTED)]
      .map(([, phrase]) => wordsOf(phrase).map(({ word }) => word))
      .filter((phrase) => phrase.length);
    if (quoted.length) return this._exactly(quoted, words, allowed);
    const best = new Map();
    const readings = this._readings;
    const unfinished = /[\p{L}\p{Nd}]$/u.test(text);
    const attempt = async (terms, sureness) =>
      this._attempt(best, { terms, sureness }, allowed);

    const code = this._codes.find(text);
    const top = await this._withSynonyms(words, unfinished, attempt, 1);
    if (top < WHOLE) await this._otherwise(text, words, attempt, code !== null);
    if (code) await this._addCode(best, code, words, allowed);
    return best;
  }

  /** Try words as they stand and with what their short words stand for. */
  async _withSynonyms(words, unfinished, attempt, sureness) {
    let top = await attempt(this._readings.plain(words, unfinished), sureness);
    for (const other of this._readings.withSynonyms(words)) {
      const terms = this._readings.plain(other.words, false);
      top = Math.max(top, await attempt(terms, sureness * other.sureness));
    }
    return top;
  }

  async _attempt(best, reading, allowed) {
    const { terms } = reading;
    await this._index.fetch(terms.flatMap((term) => term.options.map((option) => option.key)));
    let whole = 0;
    for (const [page, answer] of rank(this._index, reading, allowed)) {
      whole = Math.max(whole, answer.whole);
      answer.reading = terms;
      if (!best.has(page) || best.get(page).score < answer.score) best.set(page, answer);
    }
    return whole;
  }

  /** Try what else may have been meant, the likeliest first, until an answer is whole. */
  async _otherwise(text, words, attempt, hasCode) {
    const readings = this._readings;
    for (const decodeWord of [fromTelex, fromVni]) {
      const meant = readings.inTypingMethod(text, decodeWord);
      if (meant && (await this._withSynonyms(meant, false, attempt, READ_OTHERWISE)) >= WHOLE) return;
    }
    if (hasCode) return;
    const akin = readings.akin(words);
    if (akin) await attempt(akin, SAID_OTHERWISE);
    const apart = readings.takenApart(words);
    if (apart && (await attempt(readings.plain(apart, false), TAKEN_APART)) >= WHOLE) return;
    const base = apart ?? words;
    const unknown = (at) => !readings.isKnown(base[at]);
    if (base.some((_, at) => unknown(at))) {
      if ((await attempt(readings.corrected(base, unknown), 1)) >= WHOLE) return;
    }
    await attempt(readings.corrected(base, () => true), CORRECTED);
  }

  /** Return the pages that hold every quoted phrase, ranked by the whole query. */
  async _exactly(quoted, words, allowed) {
    const answers = [];
    for (const phrase of quoted) {
      const terms = this._readings.plain(phrase, false);
      const holding = new Map();
      await this._attempt(holding, { terms, sureness: 1, exact: true }, allowed);
      answers.push(holding);
    }
    const [first, ...others] = answers;
    const everywhere = [...first].filter(([page]) => others.every((holding) => holding.has(page)));
    const ranked = new Map();
    await this._attempt(ranked, { terms: this._readings.plain(words, false), sureness: 1 }, allowed);
    for (const [page, answer] of everywhere) answer.score += ranked.get(page)?.score ?? 0;
    return new Map(everywhere);
  }

  /** Put the pages that own a code in front, then those that mention it. */
  async _addCode(best, { from, to, found }, words, allowed) {
    const index = this._index;
    const { codes, weights } = index.pages;
    const owners = found
      .filter(({ page }) => allowed(page))
      .sort((a, b) => b.sureness - a.sureness || weights[b.page] - weights[a.page]);
    if (!owners.length) return;
    const owned = wordsOf(codes[owners[0].page]).map(({ word }) => word);
    const terms = this._readings.plain([...words.slice(0, from), ...owned, ...words.slice(to)], false);
    await this._attempt(best, { terms, sureness: 1 }, allowed);
    const top = Math.max(0, ...[...best.values()].map(({ score }) => score));
    for (const { page, sureness } of owners) {
      const share = this._shareOf(words, from, to, index.fact(page, "kind")) ** 1.5;
      if (!best.has(page)) {
        const section = index.firstSection[page];
        best.set(page, { score: 0, sections: [{ section, score: 0 }], whole: 0, reading: terms });
      }
      const answer = best.get(page);
      const added = (top + CODE_BONUS * weights[page]) * share * sureness;
      answer.score += added;
      answer.sections[0].score += added;
    }
  }

  /** Return how much of a query a code in it is, with the words that say what kind of thing it
      names; rare words are more. */
  _shareOf(words, from, to, kind) {
    const kinds = new Set(wordsOf(kind).map(({ word }) => syllable(word).key));
    let [code, all] = [0, 0];
    words.forEach((word, at) => {
      const { key } = syllable(word);
      const weight = this._index.rarity(this._index.words.get(key)?.count ?? 0);
      all += weight;
      if ((at >= from && at < to) || kinds.has(key)) code += weight;
    });
    return code / (all || 1);
  }

  async _groups(ranked) {
    const index = this._index;
    const texts = await index.texts(ranked.map(([page]) => page));
    return ranked.map(([page, answer], at) => {
      const matched = this._matchedForms(answer.reading);
      const first = index.firstSection[page];
      const sections = answer.sections.slice(0, MOST_SECTIONS).map(({ section, score }) => ({
        ...texts[at].sections[section - first],
        score,
      }));
      return {
        location: texts[at].location,
        title: texts[at].sections[0].title,
        code: texts[at].code,
        kind: index.fact(page, "kind"),
        unit: index.fact(page, "unit"),
        status: index.fact(page, "status"),
        score: answer.score,
        sections,
        matched,
        reading: answer.reading,
      };
    });
  }

  /** Return for each written form that answers a term which term that is, and how well it fits. */
  _matchedForms(terms) {
    const matched = new Map();
    terms.forEach((term, at) => {
      for (const [written, fitting] of this._index.fitting(term)) {
        if (fitting < LEAST_SHOWN) continue;
        if (fitting > (matched.get(written)?.fitting ?? 0)) matched.set(written, { term: at, fitting });
      }
    });
    return matched;
  }

  /** Return for words that nobody knows the nearest that are known. */
  _nearest(words) {
    return words
      .filter((word) => !this._readings.isKnown(word))
      .flatMap((word) => this._readings.nearest(word).slice(0, 2))
      .map(({ key }) => spell(this._commonForm(key)));
  }

  _commonForm(key) {
    const forms = this._index.words.get(key).forms;
    return forms.find((form) => !isBare(form)) ?? key;
  }
}
