/* A calendar and a clock for fields that hold a date or a time as text; without it the text is typed. */
const language = document.documentElement.lang === "vi" ? "vn" : "default";
const common = { allowInput: true, disableMobile: true, locale: { ...window.flatpickr.l10ns[language], firstDayOfWeek: 1 } };

function pick(part) {
  for (const field of part.querySelectorAll('[data-pick="day"]:not(.flatpickr-input)')) {
    window.flatpickr(field, { ...common, dateFormat: "d/m/Y" });
  }
  for (const field of part.querySelectorAll('[data-pick="time"]:not(.flatpickr-input)')) {
    const seconds = field.dataset.seconds === "yes";
    const dateFormat = seconds ? "H:i:S" : "H:i";
    window.flatpickr(field, { ...common, enableTime: true, noCalendar: true, time_24hr: true, enableSeconds: seconds, dateFormat });
  }
}

pick(document);
document.addEventListener("htmx:load", (event) => pick(event.target));
