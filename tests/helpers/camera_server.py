"""A camera's microphone: GStreamer's RTSP server, by the Python that has its bindings.

    /usr/bin/python3 camera_server.py FILE PORT CODEC PACE [FROM TO]

Serves a file at rtsp://127.0.0.1:PORT/live, so many times as fast as real time, from its beginning
whenever the first listener comes: an AAC file as it is ("aac"), or WAV as G.711 ("g711") or linear
PCM ("l16"). What lies between FROM and TO, in s, never arrives. Prints a line once it serves.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

_PCM = "wavparse ! audioconvert ! audioresample ! "
CODECS = {
    "aac": "aacparse ! rtpmp4gpay name=pay0 pt=96",
    "g711": _PCM + "audio/x-raw,rate=8000 ! alawenc ! rtppcmapay name=pay0 pt=8",
    "l16": _PCM + "rtpL16pay name=pay0 pt=96",
}


def main() -> None:
    file, port, codec, pace, *lost = sys.argv[1:]
    Gst.init(None)
    clock = Gst.SystemClock()  # by which it is sent
    now = clock.get_internal_time()
    clock.set_calibration(now, now, int(pace), 1)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( filesrc location={file} ! {CODECS[codec]} )")
    factory.set_shared(True)
    factory.set_clock(clock)

    def drop(_: Gst.Pad, info: Gst.PadProbeInfo) -> Gst.PadProbeReturn:
        begins = info.get_buffer().pts / Gst.SECOND
        is_lost = float(lost[0]) <= begins < float(lost[1])
        return Gst.PadProbeReturn.DROP if is_lost else Gst.PadProbeReturn.OK

    def configure(_: object, media: GstRtspServer.RTSPMedia) -> None:
        packets = media.get_element().get_by_name("pay0").get_static_pad("src")
        packets.add_probe(Gst.PadProbeType.BUFFER, drop)

    if lost:
        factory.connect("media-configure", configure)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/live", factory)
    if not server.attach(None):
        sys.exit(f"nothing can be served at port {port}")
    print("serving", flush=True)
    GLib.MainLoop().run()


main()
