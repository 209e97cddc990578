// What a footnote tells before it is opened: a label for screen readers, and a small card on hover
// and on focus. The chat's sanitiser lets `title` pass and takes `aria-*` away, so a mark comes
// with its source as lines in `title`: title; outlet and date; an empty line; the quote. They are
// the article's words, so they enter the page as text and never as HTML.

const SHOW_AFTER = 140; // milliseconds: a pointer that only passes shows nothing
const HIDE_AFTER = 160; // long enough to reach the card itself

const sources = new WeakMap();

const card = document.createElement("div");
card.className = "fn-hover";
card.id = "footnote-hover";
card.setAttribute("role", "tooltip");
card.hidden = true;

const part = (kind, text) => {
  const made = document.createElement("p");
  made.className = kind;
  made.dir = "auto";
  made.textContent = text;
  return made;
};

const read = (title) => {
  const [head, ...quote] = title.split("\n\n");
  const [name, ...meta] = head.split("\n");
  return { name, meta: meta.join(" · "), quote: quote.join(" ") };
};

// Gradio labels each message with its source, so a screen reader would spell out our HTML.
const dress = () => {
  for (const message of document.querySelectorAll('#footnote-messages [aria-label*="<div"]')) {
    message.removeAttribute("aria-label");
  }
  for (const mark of document.querySelectorAll("a.fn-mark[title]")) {
    const source = read(mark.title);
    mark.removeAttribute("title");
    sources.set(mark, source);
    const number = mark.textContent.replace(/\D/g, "");
    const told = [source.name, source.meta].filter(Boolean).join(", ");
    mark.setAttribute("aria-label", `Footnote ${number}: ${told}`);
  }
  const log = document.querySelector('#footnote-messages [role="log"]');
  if (!log) return;
  // Only where it differs: to set a label is a change that is watched, too.
  if (log.getAttribute("aria-label") !== "Conversation") log.setAttribute("aria-label", "Conversation");
  // What is still being written is not read out: the whole answer is, once.
  log.setAttribute("aria-busy", String(Boolean(log.querySelector(".fn-pending"))));
};

let wanted = null;
let timer = 0;

const hide = () => {
  clearTimeout(timer);
  card.hidden = true;
  if (wanted) wanted.removeAttribute("aria-describedby");
  wanted = null;
};

const place = (mark) => {
  const at = mark.getBoundingClientRect();
  const width = card.offsetWidth;
  const left = Math.min(Math.max(at.left + at.width / 2 - width / 2, 8), innerWidth - width - 8);
  const below = at.bottom + 8;
  const above = at.top - 8 - card.offsetHeight;
  card.style.left = `${left}px`;
  card.style.top = `${below + card.offsetHeight > innerHeight - 8 && above > 8 ? above : below}px`;
};

const show = (mark) => {
  const source = sources.get(mark);
  if (!source || !mark.isConnected) return;
  hide();
  wanted = mark;
  card.replaceChildren(part("fn-hover-name", source.name));
  if (source.meta) card.append(part("fn-hover-meta", source.meta));
  card.append(part("fn-hover-quote", source.quote));
  if (!card.isConnected) (document.querySelector(".gradio-container") || document.body).append(card);
  card.hidden = false;
  mark.setAttribute("aria-describedby", card.id);
  place(mark);
};

const later = (act, milliseconds) => {
  clearTimeout(timer);
  timer = setTimeout(act, milliseconds);
};

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return; // a tap opens the article at once
  const mark = event.target.closest("a.fn-mark");
  if (mark && mark !== wanted) later(() => show(mark), SHOW_AFTER);
  else if (mark || card.contains(event.target)) clearTimeout(timer);
  else if (!card.hidden) later(hide, HIDE_AFTER);
  else clearTimeout(timer);
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches("a.fn-mark:focus-visible")) show(event.target);
  else if (!card.hidden && !card.contains(event.target)) hide();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || card.hidden) return;
  hide();
  event.preventDefault(); // the first Escape is for the card
}, true);
document.addEventListener("click", hide);
document.addEventListener("scroll", (event) => { if (event.target !== card) hide(); }, true);

// Messages are watched from the page's body: they may come later than the panel.
new MutationObserver(dress).observe(document.body, {
  attributeFilter: ["aria-label"],
  childList: true,
  subtree: true,
});
dress();
