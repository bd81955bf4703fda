/* Small behaviours of every page: the token on htmx requests, menus that close, what a lost connection looks like.
   Nothing here is needed to read a page, to approve, or to order silence. */

const token = () => document.querySelector('meta[name="csrf-token"]').content;

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});

// A page that is not looked at need not ask every two seconds.
document.addEventListener("htmx:beforeRequest", (event) => {
  const polled = event.detail.requestConfig?.triggeringEvent === undefined;
  if (document.hidden && polled && event.detail.requestConfig?.verb === "get") event.preventDefault();
});

// Live parts say how old they are when the server no longer answers.
let lost = false;
const show = (isLost) => {
  if (lost === isLost) return;
  lost = isLost;
  document.querySelectorAll("[data-connection]").forEach((part) => (part.hidden = !isLost));
};
document.addEventListener("htmx:sendError", () => show(true));
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) show(false); });

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

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (!form.hasAttribute("hx-post")) form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
