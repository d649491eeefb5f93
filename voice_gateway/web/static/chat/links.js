// Plain text into safe nodes: nothing is ever parsed as HTML; only four kinds of address become links.

const SAFE = new Set(["http:", "https:", "mailto:", "tel:"]);
// [label](address) or a bare address; a bare one does not swallow the full stop after it.
const LINK = /\[([^\]\n]{1,200})\]\(([^\s()]{1,2000})\)|\b((?:https?:\/\/|mailto:|tel:)[^\s<>"'()]{1,2000})/gi;
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
    const bare = match[3]?.replace(TRAILING, "");
    const href = safeAddress(bare ?? match[2]);
    if (!href) continue;
    parts.push(text.slice(from, match.index));
    parts.push(anchor(match[1] ?? bare.replace(/^(mailto|tel):/i, ""), href));
    from = match.index + (bare ? bare.length : match[0].length);
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}
