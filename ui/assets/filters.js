// The filters' form and chips: one change at a time goes to the server, which answers with the
// whole bar. Then the form is open as it was, and the focus where it was.

let kept = { open: false, focus: "" };

const form = () => element.querySelector(".fn-filter-menu");

const remember = (focus) => {
  kept = { open: Boolean(form() && form().open), focus };
};

const change = (kind, value, on, focus) => {
  remember(focus);
  trigger("select", { kind, value, on });
};

// A day is taken when it is whole and left: while a year is typed it is of the first century.
const takeDay = (input) => {
  if (input.value !== input.defaultValue) change(input.name, input.value, input.value !== "", "");
};

element.addEventListener("focusout", (event) => {
  if (event.target.matches('input[type="date"]')) takeDay(event.target);
});
element.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches('input[type="date"]')) takeDay(event.target);
  if (event.key === "Escape" && form() && form().open && !event.defaultPrevented) {
    form().open = false;
    form().querySelector("summary").focus();
    event.preventDefault();
  }
});
element.addEventListener("change", (event) => {
  if (event.target.matches("select") && event.target.value) {
    change("outlet", event.target.value, true, "outlet");
  }
});
element.addEventListener("click", (event) => {
  const chip = event.target.closest(".fn-chip");
  if (chip) change(chip.name, chip.value, false, "summary");
});
document.addEventListener("click", (event) => {
  if (form() && form().open && !form().contains(event.target) && !event.target.closest(".fn-titles")) {
    form().open = false;
  }
});

watch("value", () => requestAnimationFrame(() => {
  if (form()) form().open = kept.open;
  const menu = element.querySelector("select");
  if (menu) menu.value = ""; // what was chosen is a chip now
  const back = kept.focus && element.querySelector(kept.focus === "summary" ? "summary" : `[name="${kept.focus}"]`);
  if (back) back.focus();
  kept = { open: kept.open, focus: "" };
}));
