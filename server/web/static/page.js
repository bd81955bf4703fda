/* Small behaviours of every page: the token on htmx requests, menus that close, what is unfolded, which file was chosen, forms that are sent once.
   Nothing here is needed to read a page, to approve, or to order silence. */

const token = () => document.querySelector('meta[name="csrf-token"]').content;

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});

// Menus close on Escape and on a press elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open], details.hush[open]").forEach((part) => {
    part.open = false;
    part.querySelector("summary").focus();
  });
});
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open], details.hush[open]").forEach((part) => {
    if (!part.contains(event.target)) part.open = false;
  });
});

// What was unfolded or folded stays so when its part is sent anew.
let unfolded = [];
const told = (part) => [...part.querySelectorAll("details[id]")].map((each) => [each.id, each.open]);
const keep = (part, states) => {
  for (const [id, open] of states) {
    const again = part.querySelector(`#${CSS.escape(id)}`);
    if (again) again.open = open;
  }
};
document.addEventListener("htmx:beforeSwap", (event) => {
  unfolded = told(event.detail.target);
});
document.addEventListener("htmx:afterSwap", (event) => keep(event.detail.target, unfolded));
document.addEventListener("htmx:oobBeforeSwap", (event) => keep(event.detail.fragment, told(event.detail.target)));

// A file's name is shown once it is chosen.
document.addEventListener("change", (event) => {
  const shown = event.target.closest(".file")?.querySelector("[data-chosen]");
  if (shown) shown.textContent = event.target.files[0]?.name ?? "";
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (!form.hasAttribute("hx-post")) form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
