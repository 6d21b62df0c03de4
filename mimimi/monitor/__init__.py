"""Long and live sound: a stream of segments, the k-of-n alarm, its export."""
