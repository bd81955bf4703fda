/* Draws the thirty days of a loudspeaker from the table on the page. Without it the table says the same. */
const table = document.getElementById("days");
const rows = [...table.tBodies[0].rows].reverse();
const heads = [...table.tHead.rows[0].cells];
const days = rows.map((row) => row.cells[0].dataset.day);
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const ink = token("--ink-soft"), line = token("--line");
const tones = [token("--air-fill"), token("--wait-fill")];
const number = (cell) => (cell.dataset.number === undefined ? null : Number(cell.dataset.number));
const written = (value, places) => (value === null || value === undefined ? "–" : value.toFixed(places).replace(".", document.documentElement.lang === "en" ? "." : ","));

const columns = (key) => heads.flatMap((head, index) => (head.dataset.picture === key ? [{ head, index }] : []));

const draw = (place) => {
  const own = columns(place.dataset.picture);
  const places = Number(own[0].head.dataset.places);
  const font = `12px ${token("--font")}`;
  const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const options = {
    width: place.clientWidth, height: 200,
    scales: { x: { time: false }, y: { range: place.dataset.picture === "there" ? [0, 100] : undefined } },
    cursor: { drag: { x: false, y: false } },
    hooks: { setCursor: [(drawn) => drawn.cursor.idx ?? drawn.setLegend({ idx: days.length - 1 }, false)] },
    axes: [
      { ...axis, values: (_, splits) => splits.map((at) => days[at] ?? ""), incrs: [1, 2, 5, 7, 10], space: 60 },
      { ...axis, size: 56, values: (_, splits) => splits.map((value) => written(value, splits.every(Number.isInteger) ? 0 : 1)) },
    ],
    series: [
      { label: heads[0].textContent, value: (_, at) => days[at] ?? "–" },
      ...own.map(({ head }, order) => ({
        label: head.dataset.name, stroke: tones[order], width: 2, dash: order ? [6, 4] : undefined,
        points: { show: true, size: 5 }, value: (_, value) => written(value, places),
      })),
    ],
  };
  const values = own.map(({ index }) => rows.map((row) => number(row.cells[index])));
  const picture = new uPlot(options, [days.map((_, index) => index), ...values], place);
  new ResizeObserver(() => picture.setSize({ width: place.clientWidth, height: 200 })).observe(place);
};

document.querySelectorAll("[data-picture].picture").forEach(draw);
table.closest("details").open = false;
