/* The files of the index (see index.py), asked for as queries need them, and kept. */

const DIGITS = "!#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklm";
const VALUES = new Uint8Array(128);
[...DIGITS].forEach((digit, value) => (VALUES[digit.charCodeAt(0)] = value));

/** Positions between a title or keyword and what follows, as index.py leaves them. */
const GAP = 8;
/** What everyday words are worth beside a name. */
const EVERYDAY = 0.5;

/** Return the numbers in a text that index.py's `encode` wrote. */
function decode(text) {
  const numbers = [];
  let shift = 0;
  let number = 0;
  const stack = [];
  for (let at = 0; at < text.length; at += 1) {
    const value = VALUES[text.charCodeAt(at)];
    if (value >= 32) stack.push(value - 32);
    else if (stack.length) {
      number = 0;
      for (const high of stack) number = (number << 5) | high;
      numbers.push((number << 5) | value);
      stack.length = 0;
    } else numbers.push(value);
  }
  return numbers;
}

/** The index was published anew: what is held and what was just read don't belong together. */
class OtherEdition extends Error {}

class Index {
  /** `load(name)` returns a promise of [edition, content] of a file of the index. */
  constructor(load) {
    this._load = load;
    this._files = new Map();
    this._places = new Map();
    this._held = new Set();
    this._names = new Map();
    this.edition = null;
  }

  async open() {
    const [pages, words] = await Promise.all([this._file("pages"), this._file("words")]);
    this.pages = pages;
    this.synonyms = words.synonyms;
    this.akin = words.akin;
    this.words = new Map();
    for (const [key, file, count, ...forms] of words.words) {
      this.words.set(key, { key, file, count, forms: [key, ...forms] });
    }
    this.forms = new Set([...this.words.values()].flatMap((word) => word.forms));
    this.keys = [...this.words.keys()];
    this._countSections();
  }

  _countSections() {
    const { sections, lengths, files } = this.pages;
    this.pageCount = sections.length;
    this.firstSection = new Int32Array(sections.length + 1);
    for (let page = 0; page < sections.length; page += 1) {
      this.firstSection[page + 1] = this.firstSection[page] + sections[page];
    }
    this.sectionCount = this.firstSection[sections.length];
    this.pageOf = new Int32Array(this.sectionCount);
    for (let page = 0; page < sections.length; page += 1) {
      this.pageOf.fill(page, this.firstSection[page], this.firstSection[page + 1]);
    }
    const numbers = decode(lengths);
    this.titleLength = numbers.filter((_, at) => at % 3 === 0);
    this.textBegins = numbers.filter((_, at) => at % 3 === 1);
    this.textLength = numbers.filter((_, at) => at % 3 === 2);
    let file = 0;
    this.textFile = files.map((more) => (file += more));
  }

  _file(name) {
    if (!this._files.has(name)) {
      this._files.set(
        name,
        this._load(name).then(([edition, content]) => {
          this.edition ??= edition;
          if (edition !== this.edition) throw new OtherEdition(name);
          return content;
        }),
      );
    }
    return this._files.get(name);
  }

  /** Have the places of some keys at hand. */
  async fetch(keys) {
    const files = new Set();
    for (const key of keys) {
      if (this.words.has(key)) files.add(`places-${this.words.get(key).file}`);
    }
    const missing = [...files].filter((file) => !this._held.has(file));
    const contents = await Promise.all(missing.map((file) => this._file(file)));
    contents.forEach((places, at) => {
      if (this._held.has(missing[at])) return;
      for (const [form, text] of Object.entries(places)) this._places.set(form, text);
      this._held.add(missing[at]);
    });
  }

  /** Return what a term's options are written like, and how well each form fits: Map. */
  fitting(term) {
    const forms = new Map();
    for (const { form, key, quality } of term.options) {
      for (const written of this.words.get(key)?.forms ?? []) {
        const fits = quality * fit(form, written);
        if (fits > (forms.get(written) ?? 0)) forms.set(written, fits);
      }
    }
    return forms;
  }

  /** Return how much it says that a text has something which `found` sections have. */
  rarity(found) {
    return Math.log(1 + this.sectionCount / (1 + Math.min(found, this.sectionCount)));
  }

  /** Return the places of a form: {sections, starts, positions}; fetched before. */
  places(form) {
    let places = this._places.get(form);
    if (typeof places === "string") this._places.set(form, (places = readPlaces(places)));
    return places;
  }

  /** Return {location, code, sections: [{anchor, title, text}]} of some pages. */
  async texts(pages) {
    const files = await Promise.all(pages.map((page) => this._file(`texts-${this.textFile[page]}`)));
    return pages.map((page, at) => {
      const first = this.textFile.indexOf(this.textFile[page]);
      const [location, code, sections] = files[at][page - first];
      return {
        location,
        code,
        sections: sections.map(([anchor, title, text]) => ({ anchor, title, text })),
      };
    });
  }

  /** Return where the names of a page stand in its first section, its title, its keywords and what
      people have in mind when they look for it, and what each is worth: [{from, to, worth}]. */
  names(page) {
    let names = this._names.get(page);
    if (names) return names;
    const { keywords, everyday } = this.pages;
    const titleLength = this.titleLength[this.firstSection[page]];
    let at = 0;
    const named = (worth) => (length) => {
      const name = { from: at, to: at + length, worth };
      at += length + GAP;
      return name;
    };
    names = [
      ...[titleLength, ...decode(keywords[page])].map(named(1)),
      ...decode(everyday[page]).map(named(EVERYDAY)),
    ];
    this._names.set(page, names);
    return names;
  }

  fact(page, name) {
    const column = this.pages[name];
    return column.words[column.of[page]];
  }
}

function readPlaces(text) {
  const numbers = decode(text);
  const sections = [];
  const starts = [];
  const positions = [];
  let section = 0;
  for (let at = 0; at < numbers.length; ) {
    section += numbers[at];
    const count = numbers[at + 1];
    sections.push(section);
    starts.push(positions.length);
    let position = 0;
    for (let each = 0; each < count; each += 1) {
      position += numbers[at + 2 + each];
      positions.push(position);
    }
    at += 2 + count;
  }
  starts.push(positions.length);
  return { sections, starts, positions };
}
