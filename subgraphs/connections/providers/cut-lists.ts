/** Cuts elements of lists out of a JSON body without writing any of it anew: every digit and space stays as sent. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** Where the elements of a list lie in the body: begin, end, begin, end, ... */
export type ListPlaces = readonly number[];

/**
 * The lists of a JSON object by name; of a name that stands there twice the last one, as `JSON.parse` has it. Give it
 * only what `JSON.parse` took as an object: it looks for brackets and quotes, not for mistakes.
 */
export function findLists(json: Buffer): Map<string, ListPlaces> {
  const lists = new Map<string, ListPlaces>();
  let at = json.indexOf(OPEN_OBJECT) + 1;
  while ((at = json.indexOf(QUOTE, at)) >= 0) {
    const endOfName = endOfString(json, at);
    const name = JSON.parse(json.toString('utf8', at, endOfName)) as string;
    const value = skipSpace(json, skipSpace(json, endOfName) + 1);
    lists.delete(name);
    if (json[value] === OPEN_LIST) lists.set(name, placesIn(json, value));
    at = endOfValue(json, value);
  }
  return lists;
}

/** The elements with these indexes, in rising order, with commas between. Neighbours stay as they stood. */
export function cutElements(json: Buffer, places: ListPlaces, indexes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < indexes.length;) {
    const first = indexes[at] as number;
    let last = first;
    for (at += 1; indexes[at] === last + 1; at += 1) last += 1;
    if (pieces.length > 0) pieces.push(SEPARATOR);
    pieces.push(json.subarray(places[2 * first], places[2 * last + 1]));
  }
  return pieces;
}

const SEPARATOR = Buffer.from(',');

function placesIn(json: Buffer, openAt: number): number[] {
  const places: number[] = [];
  let at = skipSpace(json, openAt + 1);
  while (at < json.length && json[at] !== CLOSE_LIST) {
    const end = endOfValue(json, at);
    places.push(at, end);
    at = skipSpace(json, end);
    if (json[at] === COMMA) at = skipSpace(json, at + 1);
  }
  return places;
}

/** The place after the value that begins at `at`. */
function endOfValue(json: Buffer, at: number): number {
  let depth = 0;
  while (at < json.length) {
    const byte = json[at] as number;
    if (byte === QUOTE) {
      at = endOfString(json, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth <= 1) return depth === 0 ? at : at + 1;
      depth -= 1;
    } else if (depth === 0 && (byte === COMMA || byte <= SPACE)) return at;
    at += 1;
  }
  return at;
}

/** The place after the closing quote. */
function endOfString(json: Buffer, openAt: number): number {
  for (let at = openAt + 1; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) return at + 1;
  }
  return json.length;
}

function skipSpace(json: Buffer, at: number): number {
  while (at < json.length && (json[at] as number) <= SPACE) at += 1;
  return at;
}
