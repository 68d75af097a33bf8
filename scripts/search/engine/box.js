/* Answers the theme's search box in its own words (QUERY → RESULT), in a worker or, for pages opened
   from a disk, in the page itself. A query may be followed by a line of JSON that narrows it. */

const SETUP = 0;
const READY = 1;
const QUERY = 2;
const RESULT = 3;

/** Return a function that loads a file of the index below `base`. */
function loaderOver(base) {
  if (typeof document === "undefined" || new URL(base).protocol !== "file:") {
    return async (name) => {
      const answer = await fetch(new URL(`${name}.js`, base), { cache: "no-cache" });
      if (!answer.ok) throw new OtherEdition(name);
      const text = await answer.text();
      return partsOfCall(text);
    };
  }
  const waiting = new Map();
  globalThis.siteSearch = {
    ...globalThis.siteSearch,
    take: (edition, name, content) => waiting.get(name)?.([edition, content]),
  };
  return (name) =>
    new Promise((resolve, reject) => {
      waiting.set(name, resolve);
      const script = document.createElement("script");
      script.src = new URL(`${name}.js`, base).href;
      script.onerror = () => reject(new Error(name));
      script.onload = () => script.remove();
      document.head.append(script);
    });
}

/** Return the edition and the content of `siteSearch.take("edition","name",content)`. */
function partsOfCall(text) {
  const [, edition] = /^siteSearch\.take\("([^"]*)","[^"]*",/.exec(text);
  const from = text.indexOf(",", text.indexOf(",") + 1) + 1;
  return [edition, JSON.parse(text.slice(from, text.lastIndexOf(")")))];
}

/** Return a function that answers one message of the search box; null to a query that another one
    has overtaken. */
function answering(engine, pageSuffix) {
  let latest = 0;
  return async ({ type, data }) => {
    if (type === SETUP) return { type: READY };
    if (type !== QUERY) throw new TypeError(`unknown message ${type}`);
    const [text, narrowed] = data.split("\n");
    const number = (latest += 1);
    const answer = await engine.search(text, narrowed ? JSON.parse(narrowed) : {});
    if (number !== latest) return null;
    const groups = answer.groups.map(withMatches);
    return {
      type: RESULT,
      data: {
        items: itemsOf(groups, pageSuffix),
        suggest: suggestionOf(text, groups) ?? [],
        nearest: answer.nearest,
        facets: answer.words.length ? await engine.facets() : null,
        query: text,
      },
    };
  };
}

globalThis.siteSearch = {
  ...globalThis.siteSearch,
  ...{ Engine, loaderOver, answering, syllable, wordsOf, fromTelex, fromVni, spell },
};
