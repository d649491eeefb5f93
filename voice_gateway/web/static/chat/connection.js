// The live channel to the gateway (docs/chat-protocol.md): comes back by itself, keeps the talk.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const OUTBOX = 10;
const DO_NOT_COME_BACK = 1008;

/** `http(s)://host` of the gateway as the address of one of its WebSockets. */
export function socketAddress(server, path) {
  const url = new URL(path, server);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Waiting time before attempt `n` (0 = first) in ms, with jitter so that not all come at once. */
export function backoff(n, random = Math.random) {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** n) * (0.8 + 0.4 * random());
}

/**
 * One talk with the gateway.
 * `address`: of `/ws/chat`; `memory`: where the talk's id is kept.
 * `onState(state)`: connecting, open, lost, refused. `onMessage(message)`: every server message.
 */
export class ChatConnection {
  #socket = null;
  #attempt = 0;
  #timer = 0;
  #outbox = [];
  #welcomed = false;
  #closed = false;

  constructor({ address, memory, onMessage, onState }) {
    this.address = address;
    this.memory = memory;
    this.onMessage = onMessage;
    this.onState = onState;
  }

  open() {
    this.#closed = false;
    addEventListener("online", this.#comeBackNow);
    this.#connect();
  }

  /** Sends now, or after the connection is back. False: too much is waiting already. */
  send(message) {
    if (this.#welcomed) {
      this.#socket.send(JSON.stringify(message));
      return true;
    }
    if (message.type === "typing") return true;
    if (this.#outbox.length >= OUTBOX) return false;
    this.#outbox.push(message);
    return true;
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener("online", this.#comeBackNow);
    this.#socket?.close(1000);
  }

  #connect() {
    this.onState("connecting");
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const id = this.memory.id.get();
      socket.send(JSON.stringify(id ? { type: "hello", conversation_id: id } : { type: "hello" }));
    });
    socket.addEventListener("message", (event) => this.#received(event.data));
    socket.addEventListener("close", (event) => this.#lost(event.code));
  }

  #received(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return; // not ours
    }
    if (message.type !== "welcome") {
      this.onMessage(message);
      return;
    }
    message.renewed = Boolean(this.memory.id.get()) && !message.resumed;
    this.memory.id.set(message.conversation_id);
    this.#attempt = 0;
    this.#welcomed = true;
    this.onState("open");
    this.onMessage(message);
    for (const waiting of this.#outbox.splice(0)) this.send(waiting);
  }

  #lost(code) {
    this.#welcomed = false;
    if (this.#closed) return;
    if (code === DO_NOT_COME_BACK) {
      this.onState("refused");
      return;
    }
    this.onState("lost");
    this.#timer = setTimeout(() => this.#connect(), backoff(this.#attempt++));
  }

  // a field, not a method: the same function is given to add- and removeEventListener
  #comeBackNow = () => {
    if (this.#closed || this.#socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.#timer);
    this.#connect();
  };
}
