"""WAV files with a tone, and what is heard in them."""
import math
import struct
import wave

FRAME_S = 0.02


def _tone(hz, seconds, rate, peak):
    return (round(peak * math.sin(2 * math.pi * hz * i / rate)) for i in range(int(seconds * rate)))


def write_tone(path, hz=440, seconds=10, rate=8000, peak=8000):
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(b"".join(struct.pack("<h", x) for x in _tone(hz, seconds, rate, peak)))


def _pcmu(x):
    size = min(abs(x), 32635) + 132
    segment = size.bit_length() - 8
    return ~((0x80 if x < 0 else 0) | segment << 4 | (size >> (segment + 3)) & 15) & 255


def _pcma(x):
    size = min(abs(x), 32767)
    segment = max(size.bit_length() - 8, 0)
    return ((0 if x < 0 else 0x80) | segment << 4 | (size >> (segment + 3 if segment else 4)) & 15) ^ 0x55


def encoded_tones(hz=440, seconds=1, peak=8000):
    """The tone in G.711, without any header: files for those who send payloads as they stand."""
    return {f"tone.{name}": bytes(map(encode, _tone(hz, seconds, 8000, peak))) for name, encode in (("pcmu", _pcmu), ("pcma", _pcma))}


def read(path):
    with wave.open(path, "rb") as f:
        assert f.getsampwidth() == 2 and f.getnchannels() == 1, path
        n = f.getnframes()
        return struct.unpack(f"<{n}h", f.readframes(n)), f.getframerate()


def _rms(samples):
    return math.sqrt(sum(x * x for x in samples) / len(samples))


def _power_at(samples, rate, hz):
    """What of the samples is a sine of this frequency, as a peak (Goertzel)."""
    w = 2 * math.pi * hz / rate
    real = sum(x * math.cos(w * i) for i, x in enumerate(samples))
    imaginary = sum(x * math.sin(w * i) for i, x in enumerate(samples))
    return 2 * math.hypot(real, imaginary) / len(samples)


class Heard:
    """The part of a recording between the first and the last frame with sound."""

    def __init__(self, path):
        samples, self.rate = read(path)
        frame = int(self.rate * FRAME_S)
        levels = [_rms(samples[i:i + frame]) for i in range(0, len(samples) - frame + 1, frame)]
        loud = [i for i, level in enumerate(levels) if level > 300]
        assert loud, f"{path}: nothing is heard in {len(levels) * FRAME_S:.1f} s"
        # the frames at both ends may be heard in part
        self.levels = levels[loud[0] + 2:loud[-1] - 1]
        self.samples = samples[(loud[0] + 2) * frame:(loud[-1] - 1) * frame]
        self.seconds = len(self.samples) / self.rate

    def check_tone(self, hz=440, peak=8000, within_db=1.0):
        """A sine of this frequency, of this level, without gaps: a twentieth of the frames may be made up, where a machine under
        load was late with a packet."""
        rms = peak / math.sqrt(2)
        quiet = [i for i, level in enumerate(self.levels) if level < rms * 10 ** (-3 / 20)]
        assert len(quiet) <= len(self.levels) // 20, f"frames {quiet} of {len(self.levels)} are quieter: {[round(x) for x in self.levels]}"
        self.check_pitch(hz, peak, within_db)

    def check_pitch(self, hz=440, peak=8000, within_db=1.0):
        """The same, whatever gaps there are."""
        part = self.rate // 4
        parts = [_power_at(self.samples[i:i + part], self.rate, hz) for i in range(0, len(self.samples) - part, part)]
        off_db = 20 * math.log10(sorted(parts)[len(parts) // 2] / peak)
        assert abs(off_db) <= within_db, f"{hz} Hz: off by {off_db:.2f} dB"
