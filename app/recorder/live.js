// Hands the microphone over block by block, as long as it is open.
//
// The page takes one block at a time: two at once, and the second would replace the first. So a
// block is sent again until `data.taken` says that it has arrived; what comes meanwhile waits, and
// goes as one block. Each says which of the microphone's samples is its first: what was sent twice
// is known by that, and so is what is missing because it waited too long.

const BLOCK = 2.5; // s
const LONGEST_WAIT = 30; // s of sound; older is given up
const PATIENCE = 20_000; // ms until a block is sent again
const HINT = "Hold the microphone where it is to stay: close to the machine.";

export default function ({ parentElement, data, setTriggerValue, setStateValue }) {
  const missing = whatIsMissing();
  if (missing) {
    setStateValue("unsupported", missing);
    return;
  }
  const live = microphoneOf(parentElement, Live);
  live.hear(data?.channels);
  live.tell = setStateValue;
  live.send = (block) => setTriggerValue("block", block);
  live.arrived(data);
  live.warn(data?.alarm);
  return () => setTimeout(() => parentElement.isConnected || live.discard());
}

class Live extends Microphone {
  constructor(root) {
    super(root, "Listen", HINT);
  }

  begin() {
    this.id = crypto.randomUUID(); // blocks of two takes are never mixed up
    this.waiting = [];
    this.first = 0; // of the microphone's samples that wait
    this.sent = null;
    this.tell("listening", true);
    this.note(describe(this.rate, this.settings));
  }

  heard(block) {
    this.waiting.push(asInt16(block));
    while (this.samples - this.first > LONGEST_WAIT * this.rate) this.drop();
    const sending = this.sent && performance.now() - this.sent.at < PATIENCE;
    if (!sending && this.samples - this.first >= BLOCK * this.rate) this.dispatch();
  }

  async dispatch() {
    const { channels, first, id: take, rate, samples, settings } = this;
    this.sent = { at: performance.now(), end: samples };
    const pcm = await asBase64(new Blob(this.waiting));
    this.send({ take, first, rate, channels, settings, pcm });
  }

  arrived(data) {
    if (!this.sent || data?.take !== this.id || data.taken < this.sent.end) return;
    while (this.first < this.sent.end) this.drop();
    this.sent = null;
  }

  drop() {
    this.first += this.waiting.shift().length / this.channels;
  }

  // A sound as an alarm begins, which the microphone hears, too; the tab says it as long as it is on.
  warn(alarm) {
    if (!this.context) return;
    if (alarm && !this.warned) {
      this.title = document.title;
      chime();
    }
    if (alarm) document.title = `▲ ${alarm}`;
    else this.calm();
    this.warned = alarm;
  }

  calm() {
    if (this.warned) document.title = this.title;
    this.warned = null;
  }

  finish() {
    this.discard();
    this.note(HINT);
  }

  discard() {
    const listened = this.context;
    super.discard();
    this.calm();
    this.waiting = [];
    this.sent = null;
    if (listened) this.tell("listening", false);
  }
}

function chime() {
  const context = new AudioContext();
  const loudness = context.createGain();
  loudness.connect(context.destination);
  loudness.gain.setValueAtTime(0.3, context.currentTime);
  loudness.gain.linearRampToValueAtTime(0, context.currentTime + 0.9);
  [880, 660, 880].forEach((hertz, k) => {
    const tone = new OscillatorNode(context, { frequency: hertz });
    tone.connect(loudness);
    tone.start(context.currentTime + 0.3 * k);
    tone.stop(context.currentTime + 0.3 * (k + 1));
    if (k === 2) tone.onended = () => context.close();
  });
}
