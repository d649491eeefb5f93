// What a tab remembers of its talk, so that a reloaded page goes on. Gone when the tab is closed.

const LINES = 60;

/** One remembered value. A page may be shown where storage is forbidden: then the page remembers. */
function remembered(key) {
  let value = null;
  return {
    get() {
      try {
        return sessionStorage.getItem(key) ?? value;
      } catch {
        return value;
      }
    },
    set(text) {
      value = text;
      try {
        sessionStorage.setItem(key, text);
      } catch {
        /* kept above */
      }
    },
  };
}

/** The talk's id and its last lines, for the gateway at `address`. */
export class Memory {
  constructor(address) {
    this.id = remembered(`halo-urzad:${address}:id`);
    this.kept = remembered(`halo-urzad:${address}:lines`);
  }

  lines() {
    try {
      return JSON.parse(this.kept.get() ?? "[]");
    } catch {
      return [];
    }
  }

  keep(line) {
    this.kept.set(JSON.stringify([...this.lines(), line].slice(-LINES)));
  }

  forgetLines() {
    this.kept.set("[]");
  }
}
