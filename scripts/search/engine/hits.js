/* What stands where, in flat arrays: a question of a dozen common words stands in thousands of places,
   and an object for each would take longer than all the rest. */

const MOST_TERMS = 256;
const MOST_OPTIONS = 65536;

/** The places of terms in the sections that cover enough, by section and then by line. A line is where
    the query would begin if the term stood at its place in it.

    `term`, `line`, `position` and `quality` are columns; `sections` says whose they are:
    [section, from, to]. */
class Hits {
  constructor(terms, coverage, enough) {
    this._options = terms.flatMap(({ found }, term) =>
      found.map(([places, quality]) => ({ term, places, quality })),
    );
    const starts = this._starts(coverage, enough);
    const packed = this._packed(coverage, enough, starts);
    this.sections = [];
    for (let section = 0; section < coverage.length; section += 1) {
      const [from, to] = [starts[section], starts[section + 1]];
      if (from === to) continue;
      packed.subarray(from, to).sort();
      this.sections.push([section, from, to]);
    }
    this._unpack(packed);
  }

  /** Return where the hits of each section begin. */
  _starts(coverage, enough) {
    const starts = new Int32Array(coverage.length + 1);
    for (const { places } of this._options) {
      const { sections, starts: begins } = places;
      for (let nth = 0; nth < sections.length; nth += 1) {
        const section = sections[nth];
        if (coverage[section] >= enough) starts[section + 1] += begins[nth + 1] - begins[nth];
      }
    }
    for (let section = 0; section < coverage.length; section += 1) {
      starts[section + 1] += starts[section];
    }
    return starts;
  }

  /** Return all hits as numbers that sort by line, then by term. */
  _packed(coverage, enough, starts) {
    const packed = new Float64Array(starts[coverage.length]);
    const next = starts.slice();
    this._options.forEach(({ term, places }, option) => {
      const { sections, starts: begins, positions } = places;
      for (let nth = 0; nth < sections.length; nth += 1) {
        const section = sections[nth];
        if (coverage[section] < enough) continue;
        for (let each = begins[nth]; each < begins[nth + 1]; each += 1) {
          const line = positions[each] - term + MOST_TERMS;
          packed[next[section]] = (line * MOST_TERMS + term) * MOST_OPTIONS + option;
          next[section] += 1;
        }
      }
    });
    return packed;
  }

  _unpack(packed) {
    this.term = new Uint8Array(packed.length);
    this.line = new Int32Array(packed.length);
    this.position = new Int32Array(packed.length);
    this.quality = new Float64Array(packed.length);
    for (let at = 0; at < packed.length; at += 1) {
      const rest = Math.floor(packed[at] / MOST_OPTIONS);
      const { term, quality } = this._options[packed[at] - rest * MOST_OPTIONS];
      this.term[at] = term;
      this.line[at] = (rest - term) / MOST_TERMS - MOST_TERMS;
      this.position[at] = this.line[at] + term;
      this.quality[at] = quality;
    }
  }
}
