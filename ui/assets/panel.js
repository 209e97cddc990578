// Runs once when the panel is on the page; `element`, `trigger` and `watch` are Gradio's.
// A click or Enter on one of our links, in the chat or in the panel, goes to the server, which
// answers with a new panel; then what was opened is brought into view. At phone width the panel
// is a sheet over the chat. Closing it gives the focus back to the link that opened it.

const side = element.closest("#footnote-side");
const narrow = matchMedia("(max-width: 800px)");
let opener = null; // the link in the chat that opened what the panel shows
let shown = "";

const behind = () => [
  ...document.querySelectorAll("#footnote-masthead, #footnote-tabs > .tab-wrapper, #footnote-kept, #footnote-chat"),
];

const setSheet = (open) => {
  const sheet = open && narrow.matches;
  side.classList.toggle("fn-open", open);
  document.body.classList.toggle("fn-sheet", sheet);
  for (const part of behind()) part.inert = sheet; // what the sheet covers is out of reach
  if (sheet) {
    side.setAttribute("role", "dialog");
    side.setAttribute("aria-modal", "true");
    side.setAttribute("aria-label", "Sources");
  } else {
    for (const name of ["role", "aria-modal", "aria-label"]) side.removeAttribute(name);
  }
};

// The chat may have been drawn anew meanwhile: then the same link in its place.
const openerNow = () => {
  if (!opener) return null;
  if (opener.link.isConnected) return opener.link;
  const same = [...document.querySelectorAll("#footnote-messages a")].filter(
    (link) => link.getAttribute("href") === opener.href,
  );
  return same[opener.place] || same[0] || null;
};

const close = () => {
  setSheet(false);
  const link = openerNow();
  if (link) link.focus();
  else document.querySelector("#footnote-question textarea").focus();
};

document.addEventListener("click", (event) => {
  if (!element.isConnected || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest('a[href^="#footnote-"]');
  if (!link) return;
  event.preventDefault();
  const href = link.getAttribute("href");
  if (href === "#footnote-chat") return close();
  if (href === "#footnote-question") {
    return document.querySelector("#footnote-question textarea").focus();
  }
  if (link.closest("#footnote-messages")) {
    const same = [...document.querySelectorAll("#footnote-messages a")].filter(
      (other) => other.getAttribute("href") === href,
    );
    opener = { link, href, place: same.indexOf(link) };
  }
  trigger("select", { link: href });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (document.body.classList.contains("fn-sheet") || element.contains(document.activeElement)) {
    event.preventDefault();
    close();
  }
});

narrow.addEventListener("change", () => setSheet(side.classList.contains("fn-open")));

// A link with role=button answers to the space bar too.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches('a[role="button"][href^="#footnote-"]')) return;
  event.preventDefault();
  event.target.click();
});

const reveal = () => {
  const view = element.querySelector(".fn-view");
  const opened = view ? view.dataset.opened : "";
  if (!opened || opened === shown) return;
  shown = opened;
  setSheet(true);
  const body = view.querySelector(".fn-body");
  const mark = element.querySelector("mark");
  if (mark) {
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  } else {
    body.scrollTop = 0;
    body.focus({ preventScroll: true });
  }
};

watch("value", () => requestAnimationFrame(reveal));
