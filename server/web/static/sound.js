/* Sound for a notice: a file with its progress, or the microphone with a level, a listen and a re-take.
   The form is kept as a draft first, so that the sound has somewhere to belong. Without this script the same
   form still uploads a file. */

const form = document.querySelector("form[data-notice]");
const part = (name) => form.querySelector(`[data-part="${name}"]`);
const words = form ? JSON.parse(part("words").textContent) : {};

/* Keep the form as a draft; give the address its sounds are sent to. */
async function keepDraft() {
  if (form.dataset.takes) return form.dataset.takes;
  const body = new FormData(form);
  body.delete("sound");
  body.set("act", "keep");
  const answer = await fetch(form.dataset.keep, { method: "POST", body, headers: { Accept: "application/json" } });
  const kept = await answer.json();
  if (!answer.ok) throw new Error(kept.fault || words.failed);
  form.action = kept.address;
  form.dataset.takes = kept.takes;
  form.elements.version.value = kept.version;
  form.elements.programme.value = kept.programme;
  form.elements.slot.value = kept.slot;
  history.replaceState(null, "", kept.address);
  return form.dataset.takes;
}

/* Send a sound; `onShare` hears how much of it has gone. Gives a promise and a way to stop. */
function send(address, blob, name, origin, onShare) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", address);
    request.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf-token"]').content);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = (event) => event.lengthComputable && onShare(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? resolve(request.responseText) : reject(new Error(request.responseText)));
    request.onerror = () => reject(new Error(words.noLine));
    request.onabort = () => reject(new Error(words.stopped));
    const body = new FormData();
    body.set("origin", origin);
    body.set("language", form.elements.language.value);
    body.set("sound", blob, name);
    request.send(body);
  });
  return { done, stop: () => request.abort() };
}

async function upload(blob, name, origin) {
  const bar = part("upload-bar");
  const box = part("upload");
  const saying = part("upload-saying");
  box.hidden = false;
  bar.value = 0;
  saying.textContent = words.sending;
  try {
    const sending = send(await keepDraft(), blob, name, origin, (share) => {
      bar.value = share;
      saying.textContent = share < 1 ? `${words.sending} ${Math.round(share * 100)} %` : words.checking;
    });
    part("upload-stop").onclick = sending.stop;
    const takes = await sending.done;
    document.getElementById("takes").innerHTML = takes;
    window.htmx.process(document.getElementById("takes"));
    box.hidden = true;
    return true;
  } catch (error) {
    const text = document.createElement("div");
    text.innerHTML = error.message;
    saying.textContent = text.textContent.trim();
    return false;
  }
}

function prepareUpload() {
  const input = form.elements.sound;
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    const most = Number(form.dataset.most);
    if (file.size > most) {
      part("upload").hidden = false;
      part("upload-saying").textContent = words.tooBig;
      return;
    }
    if (await upload(file, file.name, "upload")) input.value = "";
  });
  part("upload-button").hidden = true; // choosing the file is enough
}

/* The microphone. */
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

function prepareMicrophone() {
  const box = part("microphone");
  if (!navigator.mediaDevices || !window.MediaRecorder) {
    part("no-microphone").hidden = false;
    return;
  }
  box.hidden = false;
  let recorder, stream, context, take, url, frame;

  const buttons = { start: part("record"), stop: part("record-stop"), use: part("record-use"), again: part("record-again") };
  const see = (...names) => Object.entries(buttons).forEach(([name, button]) => (button.hidden = !names.includes(name)));
  const say = (text) => (part("record-saying").textContent = text);

  const measure = () => {
    const meter = part("meter");
    const level = meter.querySelector("rect");
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const began = performance.now();
    let peak = 0;
    const step = () => {
      analyser.getFloatTimeDomainData(samples);
      let loudest = 0;
      for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
      peak = Math.max(loudest, peak * 0.94);
      const decibels = 20 * Math.log10(Math.max(peak, 1e-4));
      level.setAttribute("width", `${Math.max(0, Math.min(100, ((decibels + 60) / 60) * 100)).toFixed(1)}%`);
      meter.dataset.level = decibels > -2 ? "high" : decibels < -40 ? "low" : "good";
      const seconds = Math.floor((performance.now() - began) / 1000);
      part("record-clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      frame = requestAnimationFrame(step);
    };
    step();
  };

  const quiet = () => {
    cancelAnimationFrame(frame);
    stream?.getTracks().forEach((track) => track.stop());
    context?.close();
    stream = context = null;
    part("meter-box").hidden = true;
  };

  const start = async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: true },
      });
    } catch {
      return say(words.noMicrophone);
    }
    context = new AudioContext();
    const pieces = [];
    recorder = new MediaRecorder(stream, { mimeType: KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) });
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
      quiet();
      take = new Blob(pieces, { type: recorder.mimeType });
      if (url) URL.revokeObjectURL(url);
      url = URL.createObjectURL(take);
      const player = part("record-player");
      player.src = url;
      player.hidden = false;
      say(words.listen);
      see("use", "again");
      buttons.use.focus();
    };
    recorder.start(1000);
    part("record-player").hidden = true;
    part("meter-box").hidden = false;
    say(words.recording);
    see("stop");
    buttons.stop.focus();
    measure();
  };

  buttons.start.onclick = start;
  buttons.again.onclick = start;
  buttons.stop.onclick = () => recorder.stop();
  buttons.use.onclick = async () => {
    buttons.use.disabled = true;
    const suffix = take.type.includes("mp4") ? "m4a" : take.type.includes("ogg") ? "ogg" : "webm";
    if (await upload(take, `micro.${suffix}`, "microphone")) {
      take = null;
      part("record-player").hidden = true;
      say("");
      see("start");
    }
    buttons.use.disabled = false;
  };
  window.addEventListener("beforeunload", (event) => { if (take) event.preventDefault(); });
  form.addEventListener("submit", () => (take = null));
  see("start");
}

if (form) {
  prepareUpload();
  prepareMicrophone();
}
