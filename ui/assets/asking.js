// The question: the keyboard's way through it, and titles of articles after an "@".
// `server.suggest` asks the server for titles; what it answers enters the page as text.

const LISTENING = /(?:^|\s)@([^@\n]{0,80})$/;

const box = () => document.querySelector("#footnote-question textarea");

const write = (area, text, caret) => {
  // Through the element's own setter, or the framework would not see the change.
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(area), "value").set.call(area, text);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  if (caret !== undefined) area.setSelectionRange(caret, caret);
};

const list = document.createElement("ul");
list.className = "fn-titles";
list.id = "footnote-titles";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Articles");
list.hidden = true;

let field = null; // the input that the list belongs to
let found = [];
let current = 0;
let asked = 0;
let choose = () => {};

const close = () => {
  list.hidden = true;
  asked += 1; // an answer that comes late is not shown
  if (!field) return;
  field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-expanded", "false");
};

const point = (place) => {
  current = (place + found.length) % found.length;
  [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === current)));
  field.setAttribute("aria-activedescendant", `footnote-title-${current}`);
  list.children[current].scrollIntoView({ block: "nearest" });
};

const take = (place) => {
  const one = found[place];
  close();
  if (one) choose(one);
};

const item = (one, place) => {
  const made = document.createElement("li");
  made.id = `footnote-title-${place}`;
  made.setAttribute("role", "option");
  const name = document.createElement("span");
  name.dir = "auto";
  name.textContent = one.name;
  made.append(name);
  if (one.meta) {
    const meta = document.createElement("small");
    meta.textContent = one.meta;
    made.append(meta);
  }
  made.addEventListener("mousedown", (event) => { event.preventDefault(); take(place); });
  return made;
};

const place = () => {
  const at = field.closest(".form, label").getBoundingClientRect();
  const room = at.top - 16;
  list.style.left = `${Math.max(at.left, 8)}px`;
  list.style.width = `${Math.min(Math.max(at.width, 280), innerWidth - 16)}px`;
  list.style.maxHeight = `${Math.min(room, 320)}px`;
  list.style.bottom = `${innerHeight - at.top + 6}px`;
};

const offer = async (from, text, chosen) => {
  field = from;
  choose = chosen;
  const mine = (asked += 1);
  const titles = await server.suggest(text);
  if (mine !== asked || document.activeElement !== from) return;
  found = titles;
  if (!found.length) return close();
  if (!list.isConnected) (document.querySelector(".gradio-container") || document.body).append(list);
  list.replaceChildren(...found.map(item));
  list.hidden = false;
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "true");
  place();
  point(0);
};

const add = (one) => trigger("select", { kind: "article", value: one.id, on: true });

const mention = (area) => {
  const caret = area.selectionStart;
  const typed = LISTENING.exec(area.value.slice(0, caret));
  if (!typed) return close();
  offer(area, typed[1], (one) => {
    const start = area.value.slice(0, caret).lastIndexOf("@");
    write(area, area.value.slice(0, start) + area.value.slice(caret).replace(/^\s+/, ""), start);
    add(one);
    area.focus();
  });
};

document.addEventListener("input", (event) => {
  if (!element.isConnected) return;
  if (event.target === box()) mention(event.target);
  if (event.target.matches('#footnote-filters input[name="article"]')) {
    const input = event.target;
    offer(input, input.value, (one) => { input.value = ""; add(one); });
  }
});

// Before Gradio's own: Enter takes a title and does not ask.
document.addEventListener("keydown", (event) => {
  if (list.hidden || event.target !== field) return;
  const act = {
    ArrowDown: () => point(current + 1),
    ArrowUp: () => point(current - 1),
    Enter: () => take(current),
    Tab: () => take(current),
    Escape: close,
  }[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  act();
}, true);
document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
addEventListener("resize", close);

// "Edit question" and a stopped question lead back to the box.
document.addEventListener("click", (event) => {
  const action = event.target.closest(".fn-action");
  if (action) setTimeout(() => box().focus(), 60);
});
// Escape in the box stops what is being answered.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.target !== box()) return;
  const stop = document.querySelector("#footnote-question .stop-button");
  if (stop) stop.click();
});
