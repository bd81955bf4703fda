/* Nothing typed is lost. What is typed into a form marked `data-kept` stays in this browser, by person and address,
   until the server says that form is done; a reload, a lost line or a session that ended gives it back. What must not
   come back on another day says so with `data-kept-minutes`.
   Files, passwords, codes and tokens are never kept. */

const person = document.querySelector('meta[name="person"]')?.content;
const done = document.querySelector('meta[name="done"]')?.content;
const words = document.getElementById("kept-words").dataset;
const PREFIX = "kept:";
const FORTNIGHT = 14 * 86_400_000;
const NEVER = ["csrf_token", "once"];
const OF_STORED = ["version", "seen"]; // which stored state the text was typed over: the server compares it

const mine = `${PREFIX}${person}:`;
const addressOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
const keptFor = (form) => Number(form.dataset.keptMinutes) * 60_000 || FORTNIGHT;
const keyOf = (form) => `${mine}${addressOf(form)}`;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // a full or forbidden storage: the page works as before
  }
}

const secret = (field) =>
  field.type === "password" || field.type === "file" || field.autocomplete === "one-time-code" || NEVER.includes(field.name);
const fieldsOf = (form) =>
  [...form.elements].filter(
    (field) => field.name && field.matches("input, select, textarea") && !secret(field) && (field.type !== "hidden" || OF_STORED.includes(field.name)),
  );
const ticked = (field) => field.type === "checkbox" || field.type === "radio";
const written = (field) => field.matches("textarea") || (field.matches("input") && !ticked(field));
const valuesOf = (field) => {
  if (ticked(field)) return field.checked ? [field.value] : [];
  return field.multiple ? [...field.selectedOptions].map((option) => option.value) : [field.value.replaceAll("\r\n", "\n")];
};
const typedIn = (form) => fieldsOf(form).flatMap((field) => valuesOf(field).map((value) => [field.name, value, written(field)]));
const typed = (pairs) => JSON.stringify(pairs.filter(([name]) => !OF_STORED.includes(name)));

/* Put values into the fields of their names, in their order; give the written ones that have no field any more. */
function giveBack(form, pairs) {
  const left = new Map();
  pairs.forEach((pair) => left.set(pair[0], [...(left.get(pair[0]) ?? []), pair]));
  for (const field of fieldsOf(form)) {
    const before = valuesOf(field).join();
    const values = left.get(field.name) ?? [];
    if (ticked(field)) field.checked = values.some(([, value]) => value === field.value);
    else if (values.length) field.value = values.shift()[1];
    field._flatpickr?.setDate(field.value);
    const folded = field.closest("details");
    if (folded && valuesOf(field).join() !== before) folded.open = true;
  }
  return [...left.values()].flat().filter(([name, value, text]) => text && value.trim() && !OF_STORED.includes(name)).map(([, value]) => value);
}

function say(form, text, more = []) {
  form.parentElement.querySelector("[data-kept-says]")?.remove();
  const box = document.createElement("div");
  box.className = "note note--wait";
  box.dataset.keptSays = "";
  box.setAttribute("role", "alert");
  const lines = document.createElement("div");
  lines.className = "stack";
  const sentence = document.createElement("p");
  sentence.textContent = text;
  lines.append(sentence, ...more);
  box.append(lines);
  form.before(box);
  return box;
}

function dropButton(key) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = words.drop;
  button.addEventListener("click", () => {
    localStorage.removeItem(key);
    document.querySelectorAll("form[data-kept]").forEach((form) => form.remove()); // or leaving would keep it again
    location.assign(location.href.split("#")[0]);
  });
  return button;
}

const refused = (performance.getEntriesByType("navigation")[0]?.responseStatus ?? 200) >= 400; // shows what was typed
const bound = new WeakSet();

function keep(form, { rearranged = false } = {}) {
  if (bound.has(form)) return;
  bound.add(form);
  let key = keyOf(form);
  const asServed = refused || rearranged ? null : typed(typedIn(form));
  const kept = read(key);
  if (kept && asServed !== null && typed(kept.pairs) !== asServed) {
    const lost = giveBack(form, kept.pairs);
    say(form, lost.length ? `${words.givenBack} ${words.partly} ${lost.join(" · ")}` : words.givenBack, [dropButton(key)]);
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const save = () => {
    const now = keyOf(form);
    if (now !== key) localStorage.removeItem(key); // a draft that was stored has an address of its own
    key = now;
    const pairs = typedIn(form);
    if (typed(pairs) === asServed) localStorage.removeItem(key);
    else write(key, { until: Date.now() + keptFor(form), once: form.elements.once?.value, pairs });
  };
  let soon;
  const saveSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(save, 200);
  };
  let touched = false;
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, (event) => {
      if (event.target === form) return; // what was given back
      touched = true;
      saveSoon();
    });
  }
  window.addEventListener("pagehide", () => touched && form.isConnected && save());
  if (rearranged) save();
  if (refused && form === document.querySelector("form[data-kept]")) {
    key = `${mine}${location.pathname}`; // the refused form may have become a draft with an address of its own
    save();
  }

  // The line is tried before the page is given up: a browser would put its own error in the page's place.
  document.addEventListener(
    "submit",
    async (event) => {
      if (event.target !== form || form.dataset.reached) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (form.dataset.trying) return;
      form.dataset.trying = "yes";
      save();
      try {
        await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(10_000) });
        form.dataset.reached = "yes";
        form.requestSubmit(event.submitter);
      } catch {
        say(form, words.lost).scrollIntoView({ block: "center" });
      } finally {
        delete form.dataset.trying;
        delete form.dataset.reached;
      }
    },
    true,
  );
}

if (person) {
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX))) {
    const kept = read(key);
    const old = !kept || !(Date.now() < kept.until);
    if (old || (done && kept.once === done && key.startsWith(mine))) localStorage.removeItem(key);
  }
  document.querySelectorAll("form[data-kept]").forEach((form) => keep(form));
  document.addEventListener("htmx:load", (event) => {
    event.target.querySelectorAll("form[data-kept]").forEach((form) => keep(form, { rearranged: true }));
  });
}

// A page the browser kept whole would send the number of a form that was already done.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll('input[name="once"]').forEach((field) => (field.value = crypto.randomUUID?.() ?? `${Math.random()}`));
});
