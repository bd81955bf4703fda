/* Hands a link on: by the phone's own menu where it has one, else by copying it. Without this file it is copied by hand. */
const button = document.querySelector("[data-share]");
const said = document.querySelector("[data-shared]");
const address = button.dataset.share;

async function copy() {
  try {
    await navigator.clipboard.writeText(address);
    said.textContent = said.dataset.shared;
  } catch {
    getSelection().selectAllChildren(document.querySelector(".code--whole"));
    said.textContent = said.dataset.byHand;
  }
}

button.hidden = false;
button.addEventListener("click", () => {
  if (navigator.share) navigator.share({ url: address }).catch(() => {}); // called off: the address stands above
  else copy();
});
