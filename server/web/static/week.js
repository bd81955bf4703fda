/* The week by keyboard and by pointer. Each way ends in the same small form, which says what would happen before it is
   sent; without this file its link opens that form as a page. */

const board = document.querySelector(".week");
const panel = document.getElementById("moving");
const entriesOf = (day) => [...day.querySelectorAll("[data-entry]")];
const days = [...board.querySelectorAll(".week__day")];

function neighbour(entry, key) {
  const day = entry.closest(".week__day");
  const own = entriesOf(day);
  const at = own.indexOf(entry);
  if (key === "ArrowDown") return own[at + 1];
  if (key === "ArrowUp") return own[at - 1];
  const step = key === "ArrowRight" ? 1 : -1;
  const height = entry.getBoundingClientRect().top;
  for (let next = days.indexOf(day) + step; days[next]; next += step) {
    const far = (other) => Math.abs(other.getBoundingClientRect().top - height);
    const there = entriesOf(days[next]).sort((one, other) => far(one) - far(other));
    if (there.length) return there[0];
  }
}

let cameFrom = null;

function openForm(address, from) {
  cameFrom = from;
  window.htmx.ajax("GET", address, { target: "#moving", swap: "innerHTML" });
}

board.addEventListener("keydown", (event) => {
  const entry = event.target.closest("[data-entry]");
  if (!entry || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.startsWith("Arrow")) {
    const next = neighbour(entry, event.key);
    if (next) next.focus();
    event.preventDefault();
  } else if (event.key.toLowerCase() === "m") {
    const address = entry.closest("[data-move]")?.dataset.move;
    if (address) openForm(address, entry);
  }
});

function close() {
  panel.replaceChildren();
  cameFrom?.focus();
}

panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
panel.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close]")) return;
  event.preventDefault();
  close();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== panel) return;
  panel.scrollIntoView({ block: "nearest" });
  panel.querySelector("[name=to]")?.focus({ preventScroll: true });
});
board.addEventListener("click", (event) => {
  const link = event.target.closest(".week__move");
  if (link) cameFrom = link;
});

// Dragging: an item at an exact second takes the hour it is dropped on, one in a session its day alone.
let dragged = null;
board.querySelectorAll("[data-move]").forEach((item) => {
  item.draggable = true;
  item.addEventListener("dragstart", (event) => {
    dragged = item;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.move);
  });
  item.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
});

function mark(day) {
  days.forEach((each) => each.classList.toggle("week__day--over", each === day));
}

const open = (event) => dragged && event.target.closest(".week__day:not(.week__day--past)");
board.addEventListener("dragover", (event) => {
  const day = open(event);
  mark(day || null);
  if (day) event.preventDefault();
});
board.addEventListener("drop", (event) => {
  const day = open(event);
  if (!day) return;
  event.preventDefault();
  const address = new URL(dragged.dataset.move, location.href);
  address.searchParams.set("to", day.dataset.day);
  const hour = event.target.closest("[data-hour]")?.dataset.hour;
  if (dragged.dataset.minute && hour) {
    address.searchParams.set("at", `${hour.padStart(2, "0")}:${dragged.dataset.minute.padStart(2, "0")}`);
  }
  openForm(`${address.pathname}${address.search}`, dragged.querySelector("[data-entry]"));
});
