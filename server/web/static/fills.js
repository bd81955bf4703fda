/* One press fills several fields: `data-fills` names them with their values. Without it they are filled by hand. */
const fill = (form, name, values) => {
  for (const field of form.elements) {
    if (field.name !== name) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
    field._flatpickr?.setDate(field.value);
  }
};

document.querySelectorAll("[data-fills]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    Object.entries(JSON.parse(button.dataset.fills)).forEach(([name, values]) => fill(button.form, name, values));
    button.dispatchEvent(new Event("change", { bubbles: true }));
  });
});
