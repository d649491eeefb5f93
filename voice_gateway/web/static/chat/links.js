// Plain text into safe nodes: nothing is ever parsed as HTML; only four kinds of address become links.

const SAFE = new Set(["http:", "https:", "mailto:", "tel:"]);

// In this order: [label](address); a bare address; an e-mail address; a telephone number as offices
// write it, or 112. Digits beside a number mean that it is something else (an account, an amount).
const LINK = new RegExp(
  [
    String.raw`\[(?<label>[^\]\n]{1,200})\]\((?<address>[^\s()]{1,2000})\)`,
    String.raw`\b(?<bare>(?:https?:\/\/|mailto:|tel:)[^\s<>"'()]{1,2000})`,
    String.raw`\b(?<mail>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})`,
    String.raw`\b(?<phone>\d{2} \d{3} \d{2} \d{2}|\d{3} \d{3} \d{3}|112)(?![ -]?\d|[.,:]\d)`,
  ].join("|"),
  "gi",
);
const MORE_DIGITS = /\d[ .,-]?$/; // looked at by hand: older Safari has no look-behind
const TRAILING = /[.,;:!?…]+$/;

/** The address when it is one of the four kinds, else null. */
export function safeAddress(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  return SAFE.has(url.protocol) ? url.href : null;
}

function isPartOfANumber(match) {
  const before = match.input.slice(Math.max(0, match.index - 2), match.index);
  return Boolean(match.groups.phone) && MORE_DIGITS.test(before);
}

function telephone(phone) {
  const digits = phone.replaceAll(" ", "");
  return digits === "112" ? "tel:112" : `tel:+48${digits}`;
}

/** What a match shows and where it leads; a bare address leaves the full stop after it alone. */
function target({ label, address, bare, mail, phone }) {
  if (label) return { shown: label, whole: true, href: address };
  if (mail) return { shown: mail.replace(TRAILING, ""), href: `mailto:${mail.replace(TRAILING, "")}` };
  if (phone) return { shown: phone, href: telephone(phone) };
  const trimmed = bare.replace(TRAILING, "");
  return { shown: trimmed, href: trimmed };
}

function anchor(label, href) {
  const a = document.createElement("a");
  a.href = href;
  a.textContent = label;
  if (href.startsWith("http")) {
    a.target = "_blank";
    a.rel = "noopener noreferrer";
  }
  return a;
}

/** Split text into strings and anchors, in order. */
export function linkified(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const { shown, whole, href } = target(match.groups);
    const safe = safeAddress(href);
    if (!safe || isPartOfANumber(match)) continue;
    parts.push(text.slice(from, match.index), anchor(shown.replace(/^(mailto|tel):/i, ""), safe));
    from = match.index + (whole ? match[0].length : shown.length);
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}
