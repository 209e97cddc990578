// Runs once for the list of conversations; `element`, `trigger` and `watch` are Gradio's.
// It keeps the address of the page equal to the conversation that is shown, and acts on the row
// under each answer, whose links the chat passes on as they are.

const list = () => element.querySelector(".kept");

const show = () => {
  const kept = list();
  if (!kept || kept.dataset.current === undefined) return; // before it is first told
  const address = new URL(location.href);
  if (kept.dataset.current) address.searchParams.set("c", kept.dataset.current);
  else address.searchParams.delete("c");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
  rated();
};

const rated = () => {
  const ratings = JSON.parse((list() && list().dataset.ratings) || "{}");
  for (const link of document.querySelectorAll('#footnote-messages a[href^="#keep-"]')) {
    const [, rating, place] = link.getAttribute("href").slice(1).split("-");
    link.setAttribute("role", "button");
    if (rating !== "export") link.setAttribute("aria-pressed", String(ratings[place] === rating));
  }
};

element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do]");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const line = target.closest("li");
  const id = target.dataset.id || (line && line.dataset.id) || "";
  if (target.dataset.do === "rename") rename(line, id);
  else trigger("select", { action: target.dataset.do, id });
  if (target.dataset.do === "open") document.body.classList.remove("kept-open");
});

const rename = (line, id) => {
  const title = line.querySelector(".kept-title");
  const box = document.createElement("input");
  box.value = title.textContent;
  box.maxLength = 120;
  box.setAttribute("aria-label", "Title");
  line.classList.add("kept-renaming");
  line.prepend(box);
  box.select();
  let ended = false; // taking the box away blurs it, which would end it again
  const end = (keep) => {
    if (ended) return;
    ended = true;
    const changed = keep && box.value.trim() && box.value !== title.textContent;
    if (changed) trigger("select", { action: "rename", id, title: box.value });
    line.classList.remove("kept-renaming");
    box.remove();
  };
  box.addEventListener("blur", () => end(true));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") end(true);
    if (event.key === "Escape") end(false);
  });
};

// The small sheet by an answer: a comment, or the forms of an export.

let sheet = null;

const close = () => {
  if (sheet) sheet.remove();
  sheet = null;
};

const open = (link, build) => {
  close();
  sheet = document.createElement("form");
  sheet.className = "kept-sheet";
  sheet.setAttribute("role", "dialog");
  build(sheet);
  link.closest(".fn-tools").insertAdjacentElement("afterend", sheet);
  const first = sheet.querySelector("textarea, a");
  if (first) first.focus();
  sheet.scrollIntoView({ block: "nearest" });
};

const part = (name, fields, ...inner) => {
  const made = Object.assign(document.createElement(name), fields);
  made.append(...inner);
  return made;
};

const comment = (link, rating, place) =>
  open(link, (sheet) => {
    const box = part("textarea", { rows: 2, maxLength: 2000, id: "kept-comment" });
    const asked = rating === "up" ? "What was good about it? (optional)" : "What is wrong, or what would be right? (optional)";
    const cancel = part("button", { type: "button" }, "Cancel");
    cancel.addEventListener("click", close);
    sheet.setAttribute("aria-label", "Rate this answer");
    sheet.append(part("label", { htmlFor: "kept-comment" }, asked), box, part("p", {}, part("button", { type: "submit" }, "Send"), cancel));
    sheet.addEventListener("submit", (event) => {
      event.preventDefault();
      trigger("select", { action: "rate", place, rating, comment: box.value });
      close();
    });
  });

const forms = (link, place) =>
  open(link, (sheet) => {
    const { root, current } = list().dataset;
    const row = (label, query) => {
      const links = [["md", "Markdown"], ["html", "HTML"], ["json", "JSON"]].map(([form, name]) =>
        part("a", { href: `${root}/footnote/export/${current}.${form}${query}`, download: "" }, name));
      return part("p", {}, part("span", {}, label), ...links);
    };
    sheet.setAttribute("aria-label", "Export");
    if (current) sheet.append(row("This answer", `?place=${place}`), row("Whole conversation", ""));
    else sheet.append(part("p", {}, "It is not saved yet."));
  });

document.addEventListener("click", (event) => {
  if (!element.isConnected) return;
  const link = event.target.closest('a[href^="#keep-"]');
  if (!link) {
    if (sheet && !sheet.contains(event.target)) close();
    return;
  }
  event.preventDefault();
  const [, what, place] = link.getAttribute("href").slice(1).split("-");
  if (sheet && sheet.previousElementSibling === link.closest(".fn-tools") && sheet.dataset.what === what) return close();
  if (what === "export") forms(link, place);
  else comment(link, what, place);
  sheet.dataset.what = what;
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("#footnote-kept, #footnote-kept-toggle")) document.body.classList.remove("kept-open");
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    close();
    document.body.classList.remove("kept-open");
  }
});

watch("value", () => requestAnimationFrame(show));
show();
new MutationObserver(rated).observe(document.body, { childList: true, subtree: true });
