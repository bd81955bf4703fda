/* A button that prints, and on paper nothing is folded, in browsers whose styles cannot say so too. */
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

let folded = [];
window.addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:is(.past, .play):not([open])")];
  for (const part of folded) part.open = true;
});
window.addEventListener("afterprint", () => {
  for (const part of folded) part.open = false;
});
