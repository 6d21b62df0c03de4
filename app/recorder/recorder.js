// Records the microphone and hands over a 16-bit WAV file. `data` is a `Wish` of `__init__.py`.

export default function ({ parentElement, data, setTriggerValue, setStateValue }) {
  const missing = whatIsMissing();
  if (missing) {
    setStateValue("unsupported", missing);
    return;
  }
  const recorder = microphoneOf(parentElement, Recorder, data);
  recorder.wish = data;
  recorder.hear(data.channels);
  recorder.send = (recording) => setTriggerValue("recording", recording);
  return () => setTimeout(() => parentElement.isConnected || recorder.discard());
}

class Recorder extends Microphone {
  constructor(root, wish) {
    super(root, "Record", wish.hint);
    this.wish = wish;
  }

  begin() {
    this.blocks = [];
    this.note("Recording. " + describe(this.rate, this.settings));
  }

  heard(block) {
    this.blocks.push(block);
    if (this.seconds() >= this.wish.longest) this.finish();
  }

  async finish() {
    const { blocks, channels, rate, samples, settings } = this;
    const seconds = this.seconds();
    this.discard();
    if (seconds < this.wish.shortest) {
      this.note(`Only ${seconds.toFixed(1)} s: record ${this.wish.shortest} s or more.`);
      return;
    }
    this.note("Sending the recording …");
    const wav = await asBase64(new Blob([wavHeader(samples, rate, channels), ...blocks.map(asInt16)]));
    this.note(this.wish.hint);
    this.send({ wav, seconds, rate, settings });
  }
}

function wavHeader(samples, rate, channels) {
  const header = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((c, i) => header.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  header.setUint32(4, 36 + 2 * channels * samples, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true); // bytes of this chunk
  header.setUint16(20, 1, true); // PCM
  header.setUint16(22, channels, true);
  header.setUint32(24, rate, true);
  header.setUint32(28, 2 * channels * rate, true); // bytes a second
  header.setUint16(32, 2 * channels, true); // bytes a frame
  header.setUint16(34, 16, true); // bits a sample
  text(36, "data");
  header.setUint32(40, 2 * channels * samples, true);
  return header.buffer;
}
