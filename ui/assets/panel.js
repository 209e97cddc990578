// Runs once when the panel is on the page; `element`, `trigger` and `watch` are Gradio's.
// A click or Enter on one of our links, in the chat or in the panel, goes to the server, which
// answers with a new panel; then what was opened is brought into view.

document.addEventListener("click", (event) => {
  if (!element.isConnected || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest('a[href^="#footnote-"]');
  if (!link) return;
  event.preventDefault();
  const target = link.getAttribute("href");
  if (target === "#footnote-chat") {
    document.getElementById("footnote-chat").scrollIntoView({ block: "start" });
    return;
  }
  trigger("select", { link: target });
});

let shown = "";

const reveal = () => {
  const view = element.querySelector(".fn-view");
  const opened = view ? view.dataset.opened : "";
  if (!opened || opened === shown) return;
  shown = opened;
  const mark = element.querySelector("mark");
  if (mark) {
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
    return;
  }
  view.querySelector(".fn-body").scrollTop = 0;
  // At phone width the panel lies below the chat, perhaps out of sight.
  view.scrollIntoView({ block: "nearest" });
};

watch("value", () => requestAnimationFrame(reveal));

// Gradio labels each message with its source, so a screen reader would spell out our HTML. The
// messages are watched from the page's body: they may come later than the panel.
const dropLabels = () => {
  for (const message of document.querySelectorAll('#footnote-messages [aria-label*="<div class="]')) {
    message.removeAttribute("aria-label");
  }
};

new MutationObserver(dropLabels).observe(document.body, {
  attributeFilter: ["aria-label"],
  childList: true,
  subtree: true,
});
