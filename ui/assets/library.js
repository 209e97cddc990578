// Runs once for the list and once for the shelf beside it; `element` and `trigger` are Gradio's.
// Buttons say what they do in data-do; files dropped or chosen go to the server one by one.

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button) trigger("select", { action: button.dataset.do, name: button.dataset.name || "" });
});

const zone = () => element.querySelector(".lib-drop[data-files]");

const send = (zone, file, bar) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const name = encodeURIComponent(file.name);
    request.open("POST", `${zone.dataset.root}/footnote/upload?name=${name}`);
    request.setRequestHeader("X-Footnote", "upload");
    request.responseType = "json";
    request.upload.onprogress = (sent) => { if (sent.lengthComputable) bar.value = sent.loaded / sent.total; };
    request.onload = () => {
      const told = request.response || {};
      resolve(request.status === 200 ? "" : `${told.message || "It was not taken."} ${told.mend || ""}`.trim());
    };
    request.onerror = () => resolve("The connection was lost.");
    request.send(file);
  });

const line = (list, file) => {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const bar = document.createElement("progress");
  name.textContent = file.name;
  name.dir = "auto";
  bar.max = 1;
  bar.value = 0;
  item.append(name, bar);
  list.append(item);
  return { item, bar };
};

const take = async (files) => {
  const where = zone();
  const list = where.querySelector(".lib-uploads");
  const most = Number(where.dataset.files);
  list.replaceChildren();
  const refused = [];
  for (const [place, file] of [...files].entries()) {
    const { item, bar } = line(list, file);
    let wrong = "";
    if (place >= most) wrong = `Only ${most} files are taken at a time.`;
    else if (file.size > Number(where.dataset.megabytes) * 1024 * 1024) wrong = `It has more than ${where.dataset.megabytes} MB.`;
    else wrong = await send(where, file, bar);
    bar.remove();
    const said = document.createElement("em");
    said.textContent = wrong || "uploaded";
    item.classList.add(wrong ? "lib-refused" : "lib-taken");
    item.append(said);
    if (wrong) refused.push(`${file.name}: ${wrong}`);
  }
  if (refused.length < files.length) trigger("select", { action: "uploaded", name: refused.join("\n") });
};

element.addEventListener("change", (event) => {
  if (event.target.matches('input[type="file"]')) take(event.target.files);
});
for (const kind of ["dragenter", "dragover"]) {
  element.addEventListener(kind, (event) => {
    if (!zone()) return;
    event.preventDefault();
    zone().classList.add("lib-over");
  });
}
element.addEventListener("dragleave", (event) => {
  if (zone() && !element.contains(event.relatedTarget)) zone().classList.remove("lib-over");
});
element.addEventListener("drop", (event) => {
  if (!zone()) return;
  event.preventDefault();
  zone().classList.remove("lib-over");
  take(event.dataTransfer.files);
});
