// The canonical text of what is signed: the twin of documents/rules.py, byte for byte.
// RFC 8785 without fractions: keys in the order of their UTF-16 units, no white space.

const DEPTH_MOST = 32;
const BYTES_MOST = 512 * 1024;

/** The content has no canonical form; the message says where and why. */
export class NotCanonical extends Error {}

function refuse(path, why) {
  throw new NotCanonical(`${path}: ${why}`);
}

function text(value, path) {
  // An engine without isWellFormed still throws for half a character here.
  try {
    encodeURIComponent(value);
  } catch {
    refuse(path, "half a character");
  }
  return JSON.stringify(value);
}

function list(value, path, depth) {
  // Array.from shows the holes of a list, which are refused.
  const items = Array.from(value, (item, place) => write(item, `${path}[${place}]`, depth + 1));
  return `[${items.join(",")}]`;
}

function object(value, path, depth) {
  const keys = Object.keys(value).sort(); // by UTF-16 units, as the standard says
  const pairs = keys.map(
    (key) => `${text(key, path)}:${write(value[key], `${path}.${key}`, depth + 1)}`,
  );
  return `{${pairs.join(",")}}`;
}

function write(value, path, depth) {
  if (depth > DEPTH_MOST) refuse(path, `more than ${DEPTH_MOST} levels`);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value, path);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) refuse(path, "not a whole number");
    return String(value === 0 ? 0 : value); // minus nought is nought
  }
  if (Array.isArray(value)) return list(value, path, depth);
  const plain = typeof value === "object" && Object.getPrototypeOf(value);
  if (plain === Object.prototype || plain === null) return object(value, path, depth);
  return refuse(path, `${typeof value} is not allowed`);
}

/** The canonical text. Throws NotCanonical. */
export function canonical(content) {
  const whole = write(content, "$", 1);
  if (new TextEncoder().encode(whole).length > BYTES_MOST) {
    refuse("$", `more than ${BYTES_MOST} bytes`);
  }
  return whole;
}

/** The SHA-256 of bytes or text, in 64 small hexadecimal digits. */
export async function sha256(data) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
