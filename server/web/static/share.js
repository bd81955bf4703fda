/* Hands a link on: by the phone's own menu where it has one, else by copying it. Without this file it is copied by hand. */
const button = document.querySelector("[data-share]");
const said = document.querySelector("[data-shared]");
const address = button.dataset.share;

button.hidden = !navigator.share && !navigator.clipboard;
button.addEventListener("click", async () => {
  try {
    if (navigator.share) await navigator.share({ url: address });
    else {
      await navigator.clipboard.writeText(address);
      said.textContent = said.dataset.shared;
    }
  } catch {
    // called off, or forbidden: the address stands above
  }
});
