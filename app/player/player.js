// One or more sounds, one of them heard. Who switches hears the other one from the same moment on:
// that is how a difference is heard, not from two players one below the other.

const shown = new WeakMap(); // the page calls a component at every rerun: what each one plays

function asAddress(wav) {
  const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
}

export default function ({ parentElement, data }) {
  if (shown.get(parentElement)?.of === data.of) return;
  const addresses = shown.get(parentElement)?.addresses ?? [];
  addresses.forEach((address) => URL.revokeObjectURL(address));
  const sounds = parentElement.querySelector(".sounds");
  const choice = parentElement.querySelector(".switch");
  sounds.replaceChildren();
  choice.replaceChildren();
  choice.hidden = data.sounds.length < 2;
  const players = data.sounds.map(({ label, wav }, n) => {
    const audio = document.createElement("audio");
    audio.controls = true;
    audio.src = asAddress(wav);
    audio.hidden = n > 0;
    audio.setAttribute("aria-label", label);
    sounds.append(audio);
    return audio;
  });
  shown.set(parentElement, { of: data.of, addresses: players.map((audio) => audio.src) });
  data.sounds.forEach(({ label }, n) => {
    const line = document.createElement("label");
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "heard", checked: n === 0 });
    radio.onchange = () => turnTo(players, n);
    line.append(radio, label);
    choice.append(line);
  });
}

function turnTo(players, which) {
  const before = players.find((audio) => !audio.hidden);
  const next = players[which];
  const { currentTime, paused } = before;
  players.forEach((audio) => {
    if (audio !== next) audio.pause();
    audio.hidden = audio !== next;
  });
  next.currentTime = Number.isFinite(next.duration) ? currentTime % next.duration : currentTime;
  if (!paused) next.play();
}
