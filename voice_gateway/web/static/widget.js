// The one-line embed for a city's own page:
//   <script src="https://HOST/widget.js" async></script>
// data-server (another gateway), data-label (words on the button), data-side="left",
// data-microphone="off". Leaves no globals; styles live in a shadow root.
(() => {
  const script = document.currentScript;
  const options = script.dataset;
  const server = new URL(options.server || script.src, script.src).origin;
  const closed = options.label || "Zapytaj urząd";

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const style = Object.assign(document.createElement("link"), {
    rel: "stylesheet",
    href: `${server}/static/widget.css`,
  });
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "halo-launch",
    textContent: closed,
    lang: "pl",
  });
  button.setAttribute("aria-expanded", "false");
  const panel = Object.assign(document.createElement("div"), {
    className: "halo-panel",
    hidden: true,
    lang: "pl",
  });
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "Rozmowa z asystentem urzędu");
  host.hidden = true; // until its styles are there: unstyled parts would push the city's page about
  style.addEventListener("load", () => (host.hidden = false));
  style.addEventListener("error", () => (host.hidden = false));
  if (options.side === "left") host.dataset.side = "left";
  root.append(style, button, panel);

  let chat = null;

  async function load() {
    const { mountChat, closeButton } = await import(`${server}/static/chat/mount.js`);
    chat = mountChat(panel, { server, microphone: options.microphone !== "off" });
    chat.panel.header.append(closeButton(close));
    chat.open();
  }

  async function open() {
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    button.hidden = true;
    try {
      if (!chat) await load();
      chat.focus();
    } catch {
      chat = null;
      close();
      button.textContent = "Rozmowa jest chwilowo niedostępna. Proszę zadzwonić do urzędu.";
    }
  }

  function close() {
    chat?.voice.stop(); // a closed panel must not go on listening
    panel.hidden = true;
    button.hidden = false;
    button.textContent = closed;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  button.addEventListener("click", open);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close();
  });

  const show = () => document.body.append(host);
  if (document.body) show();
  else document.addEventListener("DOMContentLoaded", show);
})();
