/* A calendar and a clock for fields that hold a date or a time as text; without it the text is typed. */
const language = document.documentElement.lang === "vi" ? "vn" : "default";
const common = { allowInput: true, disableMobile: true, locale: { ...window.flatpickr.l10ns[language], firstDayOfWeek: 1 } };

for (const field of document.querySelectorAll('[data-pick="day"]')) {
  window.flatpickr(field, { ...common, dateFormat: "d/m/Y" });
}
for (const field of document.querySelectorAll('[data-pick="time"]')) {
  const seconds = field.dataset.seconds === "yes";
  const dateFormat = seconds ? "H:i:S" : "H:i";
  window.flatpickr(field, { ...common, enableTime: true, noCalendar: true, time_24hr: true, enableSeconds: seconds, dateFormat });
}
