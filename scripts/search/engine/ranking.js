/* How well sections and pages answer a reading: whole phrase > near > scattered; title > heading >
   text. A phrase is found by lining the query up with the text: every term that stands at its place
   adds its weight, so that one wrong or missing word costs its own weight and no more. */

/* What a section is worth by where the query stands in it; together 1. */
const PHRASE = 0.45;
const NEAR = 0.25;
const ANYWHERE = 0.3;
const NEAR_POSITIONS = 4;
/** How fast "anywhere" loses its worth with the length of a text. */
const LENGTH = 0.2;
/** The power that sets a whole answer off against a partial one. */
const SHARPNESS = 2;

/* What is added, in multiples of the section's worth. */
const COMPLETE = 8;
const TITLE = 0.6;
const WHOLE_TITLE = 4;
const ALL_IN_TITLE = 1.2;
/** More when the query stands there word for word. */
const TITLE_PHRASE = 2;
/** All of the query in order in a title is worth as much, and is nearly a complete phrase. */
const IN_TITLE = 0.95;
const NEARLY = 0.8;
/** Less when title and keywords hold it only together. */
const TOGETHER = 0.6;
const HEADING_SHARE = 0.25;

/* What is added to it as such, by the share of the query. */
const NAMED = 0.7;
const PAGE = 0.12;
const OFTEN = 0.03;

/* A question of many words says less by standing somewhere as a whole than by its pieces. */
const FEW_WORDS = 5;
const MANY_WORDS = 9;
const NAMED_IN_QUESTION = 0.8;
const PAIRS_IN_QUESTION = 0.56;
/** How much of a page's weight doesn't count then: what is asked says itself what kind is sought. */
const WEIGHT_IN_QUESTION = 0.67;

/** The quality from which on nothing contradicts how a word was typed. */
const MATCHING = 0.72;
const LEAST_RARITY = 0.2;
/** Sections that cover less of the query than this share of the best are left aside. */
const CANDIDATE_SHARE = 0.45;

/** Return for every page that answers {score, section, sections, whole} under a reading.

    `whole` is the share of the query found in one piece; `allowed(page)` leaves pages out. */
function rank(index, reading, allowed) {
  const terms = reading.terms.map((term) => weighed(index, term, reading.exact));
  const total = terms.reduce((sum, term) => sum + term.weight, 0);
  if (!total) return new Map();
  const coverage = coverageOf(index, terms, allowed);
  let most = 0;
  for (const each of coverage) if (each > most) most = each;
  if (!most) return new Map();
  const hits = new Hits(terms, coverage, most * CANDIDATE_SHARE);
  const pages = new Map();
  for (const [section, from, to] of hits.sections) {
    const within = { hits, from, to };
    if (reading.exact && !says(index, section, within, terms)) continue;
    const scored = scoreSection(index, section, within, terms, total, coverage[section] / total);
    const page = index.pageOf[section];
    const entry = pages.get(page) ?? newEntry(terms.length);
    pages.set(page, entry);
    entry.sections.push({ section, score: scored.score });
    entry.whole = Math.max(entry.whole, scored.whole);
    for (let at = from; at < to; at += 1) entry.terms.add(hits.term[at]);
    pairsOf(within, terms, entry.pairs);
  }
  for (const [page, entry] of pages) finishPage(index, page, entry, terms, total, reading.sureness);
  return pages;
}

function newEntry(terms) {
  return { score: 0, sections: [], whole: 0, terms: new Set(), pairs: new Float64Array(terms) };
}

function finishPage(index, page, entry, terms, total, sureness) {
  entry.sections.sort((a, b) => b.score - a.score || a.section - b.section);
  const covered = [...entry.terms].reduce((sum, term) => sum + terms[term].weight, 0) / total;
  const good = entry.sections.filter((each) => each.score > entry.sections[0].score / 2).length;
  const pairs = entry.pairs.reduce((sum, each) => sum + each, 0) / total;
  const long = longOf(terms);
  const worth = index.pages.weights[page] ** (1 - WEIGHT_IN_QUESTION * long) * sureness;
  entry.score =
    (entry.sections[0].score +
      PAGE * covered ** SHARPNESS +
      OFTEN * Math.log2(good) +
      PAIRS_IN_QUESTION * long * pairs) *
    worth;
  for (const each of entry.sections) each.score *= worth;
}

/** Return how much of a question a query is by its length, 0 to 1. */
function longOf(terms) {
  return Math.min(Math.max((terms.length - FEW_WORDS) / (MANY_WORDS - FEW_WORDS), 0), 1);
}

/** Note the pairs of neighbours in the query that are neighbours in a text, with their weight. */
function pairsOf({ hits, from, to }, terms, pairs) {
  for (let at = from + 1; at < to; at += 1) {
    const term = hits.term[at];
    if (hits.line[at - 1] !== hits.line[at] || hits.term[at - 1] !== term - 1) continue;
    const weight = (terms[term].weight + terms[term - 1].weight) / 2;
    pairs[term] = Math.max(pairs[term], weight * Math.min(hits.quality[at], hits.quality[at - 1]));
  }
}

/** Return a term with its weight, and the places of its options with the quality of each: of a
    misspelt word the best that there is counts in full, unless it is asked for exactly. */
function weighed(index, term, isExact) {
  const found = [...index.fitting(term)]
    .map(([form, fits]) => [index.places(form), fits])
    .filter(([places]) => places);
  const sections = found.reduce((sum, [places]) => sum + places.sections.length, 0);
  const weight = term.hint * Math.max(index.rarity(sections), LEAST_RARITY);
  const best = isExact ? 1 : Math.max(0, ...found.map(([, fits]) => fits));
  return { weight, found: found.map(([places, fits]) => [places, fits / best]) };
}

function coverageOf(index, terms, allowed) {
  const coverage = new Float64Array(index.sectionCount);
  const best = new Float64Array(index.sectionCount);
  for (const term of terms) {
    best.fill(0);
    for (const [places, quality] of term.found) {
      for (const section of places.sections) if (best[section] < quality) best[section] = quality;
    }
    for (let section = 0; section < best.length; section += 1) {
      coverage[section] += term.weight * best[section];
    }
  }
  for (let section = 0; section < best.length; section += 1) {
    if (coverage[section] && !allowed(index.pageOf[section])) coverage[section] = 0;
  }
  return coverage;
}

function scoreSection(index, section, within, terms, total, anywhere) {
  const titleLength = index.titleLength[section];
  const phrase = phraseOf(within, terms);
  const whole = phrase.weight / total;
  const near = nearOf(within, terms, phrase.weight) / total;
  const isPageTitle = section === index.firstSection[index.pageOf[section]];
  const names = isPageTitle ? index.names(index.pageOf[section]) : [{ from: 0, to: titleLength, worth: 1 }];
  const before = beforeText(within, index.textBegins[section]);
  const title = titleOf(before, terms, names, titleLength);
  const inTitle = title.weight / total;
  const found = (ANYWHERE * anywhere) / spread(index.textLength[section]) + NEAR * near + PHRASE * whole;
  const base = title.inOrder ? Math.max(found, IN_TITLE) : found;
  const bonus =
    (isPageTitle ? 1 : HEADING_SHARE) *
      (TITLE * inTitle ** 2 + (title.inOneName ? ALL_IN_TITLE : 0) +
        (title.inLine ? TITLE_PHRASE : 0) +
        (WHOLE_TITLE * inTitle * title.matched) / (titleLength || 1)) +
    COMPLETE * Math.max(phrase.complete, title.inOneName ? NEARLY : title.inOrder ? TOGETHER : 0);
  const named = isPageTitle ? nameIn(before, terms, names) / total : 0;
  const score = base ** SHARPNESS * (1 + bonus) + (NAMED + NAMED_IN_QUESTION * longOf(terms)) * named;
  return { score, whole };
}

/** Tell whether a section says the query word for word itself; what leads to its page doesn't count. */
function says(index, section, { hits, from, to }, terms) {
  const [titleEnds, textBegins] = [index.titleLength[section], index.textBegins[section]];
  let count = 0;
  for (let at = from; at < to; at += 1) {
    if (at === from || hits.line[at] !== hits.line[at - 1]) count = 0;
    if (hits.position[at] >= titleEnds && hits.position[at] < textBegins) continue;
    if (hits.quality[at] >= MATCHING) count += 1;
    if (count === terms.length) return true;
  }
  return false;
}

/** Return what stands in the title and the keywords and fits well, by position. */
function beforeText({ hits, from, to }, textBegins) {
  const found = [];
  for (let at = from; at < to; at += 1) {
    const [position, quality] = [hits.position[at], hits.quality[at]];
    if (position < textBegins && quality >= MATCHING) {
      found.push({ term: hits.term[at], line: hits.line[at], position, quality });
    }
  }
  return found.sort((a, b) => a.position - b.position);
}

/** Return the weight of the query that stands in names of the page, less where a name has other words
    too. */
function nameIn(found, terms, names) {
  const named = new Float64Array(terms.length);
  let at = 0;
  for (const { from, to } of names) {
    const matched = new Map();
    for (; at < found.length && found[at].position < to; at += 1) {
      const { term, position, quality } = found[at];
      const weight = terms[term].weight * quality;
      if (weight > (matched.get(position)?.weight ?? 0)) matched.set(position, { term, weight });
    }
    if (matched.size < Math.min(to - from, 2)) continue;
    const share = matched.size / (to - from);
    for (const { term, weight } of matched.values()) {
      named[term] = Math.max(named[term], weight * share ** 2);
    }
  }
  return named.reduce((sum, each) => sum + each, 0);
}

/** Return how little it says that words stand somewhere in a text: more, the longer it is. */
function spread(words) {
  return 1 + LENGTH * Math.log2(1 + words / 100);
}

/** Return the most weight that stands in line with the query, and how well all of it does. */
function phraseOf({ hits, from, to }, terms) {
  let [most, complete] = [0, 0];
  let [weight, count, worst] = [0, 0, 1];
  for (let at = from; at < to; at += 1) {
    if (at === from || hits.line[at] !== hits.line[at - 1]) [weight, count, worst] = [0, 0, 1];
    weight += terms[hits.term[at]].weight * hits.quality[at];
    count += 1;
    if (hits.quality[at] < worst) worst = hits.quality[at];
    if (weight > most) most = weight;
    if (count === terms.length && worst > complete) complete = worst;
  }
  return { weight: most, complete };
}

/** Return the most weight that stands nearly in line: words between, or another order. A window moves
    on over the lines. */
function nearOf({ hits, from, to }, terms, atLeast) {
  const best = new Float64Array(terms.length);
  let most = atLeast;
  let end = from;
  let inWindow = 0;
  const weightOf = (at) => hits.quality[at] * terms[hits.term[at]].weight;
  for (let begin = from; begin < to; begin += 1) {
    for (; end < to && hits.line[end] < hits.line[begin] + NEAR_POSITIONS; end += 1) {
      inWindow += weightOf(end);
    }
    if (inWindow > most) {
      best.fill(0);
      for (let at = begin; at < end; at += 1) {
        const term = hits.term[at];
        best[term] = Math.max(best[term], weightOf(at));
      }
      let weight = 0;
      for (const each of best) weight += each;
      if (weight > most) most = weight;
    }
    inWindow -= weightOf(begin);
  }
  return most;
}

/** Return the weight of the query that stands in the title or the keywords, how many words of the
    title that is, and whether all of the query stands there: in its order, in the order of one of
    them, and word for word in the title. */
function titleOf(found, terms, names, length) {
  const best = new Map();
  const lines = new Map();
  let next = 0;
  let [name, nextInName, inOneName] = [0, 0, false];
  for (const { term, line, position, quality } of found) {
    for (; position >= names[name].to; name += 1) nextInName = 0;
    const { worth } = names[name];
    best.set(term, Math.max(best.get(term) ?? 0, quality * worth * terms[term].weight));
    if (worth < 1) continue;
    if (position < length) lines.set(line, (lines.get(line) ?? 0) + 1);
    if (term === next) next += 1;
    if (term === nextInName) nextInName += 1;
    inOneName ||= nextInName === terms.length;
  }
  let weight = 0;
  for (const each of best.values()) weight += each;
  const matched = new Set(found.map(({ position }) => position).filter((at) => at < length)).size;
  const inLine = Math.max(0, ...lines.values()) === terms.length;
  return { weight, matched, inOrder: next === terms.length, inOneName, inLine };
}
