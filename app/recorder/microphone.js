// The microphone as it is: no echo cancelling, no noise suppression, no gain control, no codec. PCM
// comes from an AudioWorklet at the track's own rate. What is done with it is said by the file that
// follows this one, in a class that extends Microphone: `heard(block)` and `finish()`.

const TAP = `
class Tap extends AudioWorkletProcessor {
  process(inputs) {
    const channels = inputs[0];
    if (channels.length) this.port.postMessage(channels.map((channel) => channel.slice()));
    return true;
  }
}
registerProcessor("tap", Tap);
`;

const ONE_CHANNEL = "This input gives one channel: connect both microphones to one input of two channels, or choose such an input in the browser.";

// The page calls a component at every rerun; what belongs to its element is kept with it.
const microphones = new WeakMap();

function microphoneOf(parentElement, Kind, ...wishes) {
  const microphone = microphones.get(parentElement) ?? new Kind(parentElement, ...wishes);
  microphones.set(parentElement, microphone);
  return microphone;
}

function whatIsMissing() {
  if (!window.isSecureContext) return "the page was not opened over https or on localhost";
  if (!navigator.mediaDevices?.getUserMedia) return "this browser gives no access to a microphone";
  if (!window.AudioWorkletNode) return "this browser has no AudioWorklet";
  return null;
}

class Microphone {
  constructor(root, label, hint) {
    this.find = (name) => root.querySelector("." + name);
    this.find("switch").onclick = () => (this.context ? this.finish() : this.start());
    this.label = label;
    this.hint = hint;
    this.channels = 1; // 2: where a second microphone hears the hall
    this.show(label);
    this.note(hint);
  }

  async start() {
    this.find("switch").disabled = true;
    this.note("Waiting for the microphone …");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          echoCancellation: false,
          noiseSuppression: false,
          autoGainControl: false,
          ...(this.channels > 1 && { channelCount: { ideal: this.channels } }),
        },
      });
      const track = this.stream.getAudioTracks()[0];
      this.settings = { ...track.getSettings(), label: track.label };
      track.onended = () => this.finish();
      // At the track's own rate the browser has nothing to resample.
      const { sampleRate } = this.settings;
      this.context = new AudioContext(sampleRate ? { sampleRate } : {});
      const code = URL.createObjectURL(new Blob([TAP], { type: "text/javascript" }));
      await this.context.audioWorklet.addModule(code);
      URL.revokeObjectURL(code);
      this.rate = this.context.sampleRate;
      this.samples = this.lacking = 0;
      this.recent = [];
      this.begin();
      const tap = new AudioWorkletNode(this.context, "tap", { numberOfOutputs: 0 });
      tap.port.onmessage = ({ data }) => this.take(data);
      this.context.createMediaStreamSource(this.stream).connect(tap);
      this.show("Stop");
    } catch (error) {
      this.discard();
      this.note(whyNot(error, this.label));
    }
    this.find("switch").disabled = false;
  }

  // Each of the channels of one moment; what is handed on has their samples side by side.
  take(all) {
    if (!this.context) return;
    const channels = all.slice(0, this.channels);
    if (channels.length < this.channels) {
      this.lacking += all[0].length; // a stream of two may begin with silence of one
      if (this.lacking > this.rate) this.giveUp(ONE_CHANNEL);
      return;
    }
    this.samples += channels[0].length;
    this.recent.push(channels);
    if (this.recent.length === 16) this.measure(this.recent.splice(0));
    this.heard(interleaved(channels));
  }

  giveUp(why) {
    this.discard();
    this.note(why);
  }

  seconds() {
    return this.samples / this.rate;
  }

  measure(blocks) {
    const seconds = Math.floor(this.seconds());
    this.find("time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const levels = ["meter", "second"].slice(0, this.channels);
    levels.forEach((name, k) => this.level(name, blocks.map((channels) => channels[k])));
  }

  level(name, blocks) {
    let peak = 1e-3;
    for (const block of blocks) for (const x of block) peak = Math.max(peak, Math.abs(x));
    const decibels = 20 * Math.log10(peak);
    const meter = this.find(name);
    meter.firstElementChild.style.width = `${(100 * (decibels + 60)) / 60}%`;
    meter.firstElementChild.classList.toggle("loud", decibels > -1);
    meter.setAttribute("aria-valuenow", decibels.toFixed(0));
  }

  hear(channels) {
    if (!this.context) this.channels = channels ?? 1;
    this.find("second").hidden = this.channels < 2;
  }

  discard() {
    this.stream?.getTracks().forEach((track) => ((track.onended = null), track.stop()));
    this.context?.close();
    this.stream = this.context = undefined;
    this.show(this.label);
    for (const name of ["meter", "second"]) this.find(name).firstElementChild.style.width = 0;
  }

  show(label) {
    this.find("label").textContent = label;
    this.find("switch").classList.toggle("running", label === "Stop");
  }

  note(text) {
    this.find("note").textContent = text;
  }
}

function describe(rate, settings) {
  const stages = {
    echoCancellation: "echo cancellation",
    noiseSuppression: "noise suppression",
    autoGainControl: "gain control",
  };
  const states = Object.entries(stages).map(([key, name]) => {
    const state = settings[key];
    return `${name} ${state === undefined ? "unknown" : state ? "ON" : "off"}`;
  });
  return `${settings.label || "Microphone"}: ${rate / 1000} kHz, ${states.join(", ")}.`;
}

function whyNot(error, label) {
  if (error.name === "NotAllowedError") return `The microphone was refused: allow it beside the browser's address bar, then press ${label} again.`;
  if (error.name === "NotFoundError") return `No microphone was found: plug one in, then press ${label} again.`;
  if (error.name === "NotReadableError") return `The microphone is in use by another program: close that, then press ${label} again.`;
  return `The microphone could not be opened (${error.message}): upload a file instead.`;
}

function interleaved(channels) {
  if (channels.length === 1) return channels[0];
  const [left, right] = channels;
  return Float32Array.from({ length: 2 * left.length }, (_, k) => (k % 2 ? right : left)[k >> 1]);
}

function asInt16(block) {
  return Int16Array.from(block, (x) => Math.round(Math.max(-1, Math.min(1, x)) * 32767));
}

function asBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
