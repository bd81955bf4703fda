/* Fills a position from the phone in somebody's hand, where the browser tells it. Without it two numbers are typed. */
const place = document.querySelector("[data-here]");
const button = place.querySelector("button"), told = place.querySelector("[role=status]");
const [north, east] = ["north", "east"].map((name) => document.getElementById(name));

const found = ({ coords }) => {
  north.value = coords.latitude.toFixed(6);
  east.value = coords.longitude.toFixed(6);
  told.textContent = told.dataset.found.replace("{metres}", Math.ceil(coords.accuracy));
};

place.hidden = !navigator.geolocation;
button.addEventListener("click", () => {
  told.textContent = told.dataset.asking;
  const denied = () => { told.textContent = told.dataset.denied; };
  navigator.geolocation.getCurrentPosition(found, denied, { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
});
