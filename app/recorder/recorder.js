// Records the microphone as it is: no echo cancelling, no noise suppression, no gain control, no
// codec. PCM comes from an AudioWorklet at the track's own rate and leaves as a 16-bit WAV file.

const SHORTEST = 2.05; // s, one window of the network
const LONGEST = 300; // s
const HINT = "At least 2.05 s, best 10 s. Hold the microphone close to the machine.";

const TAP = `
class Tap extends AudioWorkletProcessor {
  process(inputs) {
    const channel = inputs[0][0];
    if (channel) this.port.postMessage(channel.slice());
    return true;
  }
}
registerProcessor("tap", Tap);
`;

// The page calls this at every rerun; what belongs to a recorder is kept with its element.
const recorders = new WeakMap();

export default function ({ parentElement, setTriggerValue, setStateValue }) {
  const missing = whatIsMissing();
  if (missing) {
    setStateValue("unsupported", missing);
    return;
  }
  const recorder = recorders.get(parentElement) ?? new Recorder(parentElement);
  recorders.set(parentElement, recorder);
  recorder.send = (recording) => setTriggerValue("recording", recording);
  return () => setTimeout(() => parentElement.isConnected || recorder.discard());
}

function whatIsMissing() {
  if (!window.isSecureContext) return "the page was not opened over https or on localhost";
  if (!navigator.mediaDevices?.getUserMedia) return "this browser gives no access to a microphone";
  if (!window.AudioWorkletNode) return "this browser has no AudioWorklet";
  return null;
}

class Recorder {
  constructor(root) {
    this.find = (name) => root.querySelector("." + name);
    this.find("switch").onclick = () => (this.context ? this.finish() : this.start());
    this.note(HINT);
  }

  async start() {
    this.find("switch").disabled = true;
    this.note("Waiting for the microphone …");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
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
      this.blocks = [];
      this.samples = 0;
      const tap = new AudioWorkletNode(this.context, "tap", { numberOfOutputs: 0 });
      tap.port.onmessage = ({ data }) => this.take(data);
      this.context.createMediaStreamSource(this.stream).connect(tap);
      this.show("Stop");
      this.note("Recording. " + HINT);
    } catch (error) {
      this.discard();
      this.note(whyNot(error));
    }
    this.find("switch").disabled = false;
  }

  take(block) {
    if (!this.context) return;
    this.blocks.push(block);
    this.samples += block.length;
    if (this.blocks.length % 16 === 0) this.measure();
    if (this.seconds() >= LONGEST) this.finish();
  }

  seconds() {
    return this.samples / this.context.sampleRate;
  }

  measure() {
    const seconds = Math.floor(this.seconds());
    this.find("time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    let peak = 1e-3;
    for (const block of this.blocks.slice(-16)) for (const x of block) peak = Math.max(peak, Math.abs(x));
    const decibels = 20 * Math.log10(peak);
    const level = this.find("level");
    level.style.width = `${(100 * (decibels + 60)) / 60}%`;
    level.classList.toggle("loud", decibels > -1);
    this.find("meter").setAttribute("aria-valuenow", decibels.toFixed(0));
  }

  async finish() {
    const { blocks, settings, samples } = this;
    const rate = this.context.sampleRate;
    const seconds = this.seconds();
    this.discard();
    if (seconds < SHORTEST) {
      this.note(`Only ${seconds.toFixed(1)} s: record ${SHORTEST} s or more, best 10 s.`);
      return;
    }
    this.note("Sending the recording …");
    const wav = await asBase64(new Blob([wavHeader(samples, rate), ...blocks.map(asInt16)]));
    this.note(describe(rate, settings));
    this.send({ wav, seconds, rate, settings });
  }

  discard() {
    this.stream?.getTracks().forEach((track) => ((track.onended = null), track.stop()));
    this.context?.close();
    this.stream = this.context = undefined;
    this.show("Record");
    this.find("level").style.width = 0;
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

function whyNot(error) {
  if (error.name === "NotAllowedError") return "The microphone was refused: allow it beside the browser's address bar, then press Record again.";
  if (error.name === "NotFoundError") return "No microphone was found: plug one in, then press Record again.";
  if (error.name === "NotReadableError") return "The microphone is in use by another program: close that, then press Record again.";
  return `The microphone could not be opened (${error.message}): upload a file instead.`;
}

function asInt16(block) {
  return Int16Array.from(block, (x) => Math.round(Math.max(-1, Math.min(1, x)) * 32767));
}

function wavHeader(samples, rate) {
  const header = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((c, i) => header.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  header.setUint32(4, 36 + 2 * samples, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true); // bytes of this chunk
  header.setUint16(20, 1, true); // PCM
  header.setUint16(22, 1, true); // channels
  header.setUint32(24, rate, true);
  header.setUint32(28, 2 * rate, true); // bytes a second
  header.setUint16(32, 2, true); // bytes a frame
  header.setUint16(34, 16, true); // bits a sample
  text(36, "data");
  header.setUint32(40, 2 * samples, true);
  return header.buffer;
}

function asBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
