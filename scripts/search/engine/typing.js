/* What the keys say when the Vietnamese typing method was off: Telex (khoong) and VNI (kho6ng). */

const TELEX_TONES = { f: "2", s: "1", r: "3", x: "4", j: "5" };
const VOWELS = "aeiouy";
const CIRCUMFLEX = { a: "â", e: "ê", o: "ô" };
const HORN = { o: "ơ", u: "ư" };

/** Return the form that a word typed as Telex stands for; null when it holds no such key. */
function fromTelex(word) {
  const letters = [];
  let tone = "";
  let used = false;
  for (const key of word) {
    const afterVowel = letters.some((letter) => VOWELS.includes(withoutMarks(letter)));
    if (key in TELEX_TONES && afterVowel) tone = TELEX_TONES[key];
    else if (key === "z" && afterVowel) tone = "";
    else if (key === "w") horn(letters);
    else if (key === "d" && letters[0] === "d") letters[0] = "đ";
    else if (key in CIRCUMFLEX && letters.lastIndexOf(key) > -1) {
      letters[letters.lastIndexOf(key)] = CIRCUMFLEX[key];
    } else {
      letters.push(key);
      continue;
    }
    used = true;
  }
  return used ? syllable(letters.join("")).form + tone : null;
}

function horn(letters) {
  const o = letters.lastIndexOf("o");
  const u = firstOfTwo(letters, letters.lastIndexOf("u"));
  const a = letters.lastIndexOf("a");
  if (o > -1) letters[o] = "ơ";
  if (u > -1 && (o > -1 ? u === o - 1 && letters[0] !== "q" : a < u || a === -1 || u === a - 1)) {
    letters[u] = "ư";
  } else if (o === -1 && a > -1) letters[a] = "ă";
  else if (o === -1 && u === -1) letters.push("ư");
}

/** `luuw` is lưu: of two u the first takes the horn. */
function firstOfTwo(letters, u) {
  return u > 0 && letters[u - 1] === "u" ? u - 1 : u;
}

/** Return the form that a word typed as VNI stands for; null when it holds no such digit. */
function fromVni(word) {
  if (!/^[a-z]+\d[a-z\d]*$/.test(word)) return null;
  const letters = [];
  let tone = "";
  for (const key of word) {
    if (key >= "1" && key <= "5") tone = ["1", "2", "3", "4", "5"][key - 1];
    else if (key === "6") replaceLast(letters, CIRCUMFLEX);
    else if (key === "7") {
      const at = replaceLast(letters, HORN);
      if (letters[at] === "ơ" && letters[at - 1] === "u" && letters[0] !== "q") letters[at - 1] = "ư";
    } else if (key === "8") replaceLast(letters, { a: "ă" });
    else if (key === "9") replaceLast(letters, { d: "đ" });
    else if (key === "0") tone = "";
    else letters.push(key);
  }
  return syllable(letters.join("")).form + tone;
}

function replaceLast(letters, by) {
  const last = letters.findLastIndex((letter) => letter in by);
  const at = letters[last] === "u" ? firstOfTwo(letters, last) : last;
  if (at > -1) letters[at] = by[letters[at]];
  return at;
}
