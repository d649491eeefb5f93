"""A resident speaks: Chromium's pretended microphone plays a recording into the page."""

import re
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, Faults
from tests.browser.office import RunningOffice
from tests.browser.people import Resident
from tests.browser.test_accessibility import assert_accessible
from tests.running_product import RunningProduct

AUDIO = Path(__file__).resolve().parent.parent / "audio"
PRETEND = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")

# Everything that goes to the loudspeaker also goes here: the loudest effective value so far.
LISTEN_AT_THE_LOUDSPEAKER = """
    window.loudest = 0;
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (to, ...more) {
        if (to instanceof AudioDestinationNode) {
            const ear = new AnalyserNode(this.context, { fftSize: 2048 });
            const samples = new Float32Array(2048);
            connect.call(this, ear);
            setInterval(() => {
                ear.getFloatTimeDomainData(samples);
                const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
                window.loudest = Math.max(window.loudest, Math.sqrt(power));
            }, 20);
        }
        return connect.call(this, to, ...more);
    };
"""


def recording(path: Path, silence_before_s: float) -> Path:
    """The question about hours with silence around it; the pretended microphone plays it once."""
    with wave.open(str(AUDIO / "godziny.wav")) as source:
        rate, pcm = source.getframerate(), source.readframes(source.getnframes())
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(bytes(2 * int(rate * silence_before_s)) + pcm + bytes(2 * rate * 20))
    return path


@pytest.fixture
def speaking_page(launch: Callable[..., Browser], tmp_path: Path):
    faults = Faults()
    browsers = []

    def open_page(silence_before_s: float = 0.0) -> Page:
        wav = recording(tmp_path / "question.wav", silence_before_s)
        browser = launch(*PRETEND, f"--use-file-for-fake-audio-capture={wav}%noloop")
        browsers.append(browser)
        context = browser.new_context(viewport=DESKTOP)
        context.on("page", faults.watch)
        context.add_init_script(LISTEN_AT_THE_LOUDSPEAKER)
        return context.new_page()

    yield open_page
    for browser in browsers:
        browser.close()
    assert not faults


def test_sound_goes_there_and_back(speaking_page, office: RunningOffice) -> None:
    resident = Resident(speaking_page(), office.url)
    resident.button("Mów do asystenta").click()
    bar = resident.page.get_by_role("group", name="Rozmowa głosowa")
    expect(bar).to_contain_text("Słucham. Proszę mówić.")
    expect(bar).to_contain_text("Słyszę: o której")
    assert_accessible(resident.page)
    expect(bar).to_contain_text("Asystent mówi.")
    expect(resident.log).to_contain_text("o której otwieracie")
    expect(resident.log).to_contain_text("Ty (głosem)")
    expect(resident.button("Dziękuję")).to_be_visible()
    expect(resident.log).to_contain_text("Rozmowa głosowa zakończona.")
    expect(bar).to_have_count(0)
    expect(resident.button("Mów do asystenta")).to_be_visible()
    sent = np.frombuffer(bytes(office.app.state.heard), "<i2").astype(float) / 32768
    assert sent.std() > 0.01
    assert resident.page.evaluate("window.loudest") > 0.01


def test_muting_sends_silence_and_stopping_stops(speaking_page, office: RunningOffice) -> None:
    resident = Resident(speaking_page(1.0), office.url)
    resident.button("Mów do asystenta").click()
    resident.button("Wycisz").click()
    expect(resident.page.get_by_text("Mikrofon jest wyciszony.")).to_be_visible()
    expect(resident.log).to_contain_text("o której otwieracie")
    sent = np.frombuffer(bytes(office.app.state.heard), "<i2")
    assert np.abs(sent[len(sent) // 2 :]).max() == 0
    resident.button("Zakończ rozmowę głosową").click()
    expect(resident.log).to_contain_text("Rozmowa głosowa zakończona.")
    expect(resident.button("Mów do asystenta")).to_be_focused()


def test_no_permission_is_one_polish_sentence(new_context, office: RunningOffice) -> None:
    resident = Resident(new_context(permissions=[]).new_page(), office.url)
    resident.page.evaluate(
        """() => {
            navigator.mediaDevices.getUserMedia = async () => {
                throw new DOMException("no", "NotAllowedError");
            };
        }"""
    )
    resident.button("Mów do asystenta").click()
    resident.hears("Przeglądarka nie dała dostępu do mikrofonu.")
    resident.asks("godziny")
    resident.hears("otwarty od 8:00")


def test_no_microphone_is_one_polish_sentence(page: Page, office: RunningOffice) -> None:
    resident = Resident(page, office.url)  # this Chromium has no sound device at all
    resident.button("Mów do asystenta").click()
    resident.hears("Nie znaleziono mikrofonu.")


@pytest.mark.parametrize(("start", "goal"), [(48000, 16000), (44100, 16000), (16000, 48000)])
def test_changing_the_rate_keeps_speech_and_stops_what_would_alias(
    page: Page, office: RunningOffice, start: int, goal: int
) -> None:
    page.goto(office.url)
    measure = """async ([from, to, hz]) => {
        const { Resampler } = await import("/static/voice/resample.js");
        const resampler = new Resampler(from, to);
        const out = [];
        for (let at = 0; at < from; at += 128) {
            const piece = Float32Array.from({ length: 128 },
                (_, i) => Math.sin((2 * Math.PI * hz * (at + i)) / from));
            out.push(...resampler.process(piece));
        }
        const settled = out.slice(1000);
        const power = settled.reduce((sum, one) => sum + one * one, 0) / settled.length;
        return [out.length, Math.sqrt(2 * power)];
    }"""
    for hz in (100, 1000, 3400, 6500):
        length, heard = page.evaluate(measure, [start, goal, hz])
        assert abs(length - goal) < goal * 0.01
        assert heard == pytest.approx(1, abs=0.03), hz
    if goal < start:
        assert page.evaluate(measure, [start, goal, 9500])[1] < 0.003  # 50 dB down


@pytest.mark.rasa
@pytest.mark.timeout(300)
def test_the_real_assistant_hears_and_answers(speaking_page, product: RunningProduct) -> None:
    resident = Resident(speaking_page(9.0), product.url)
    resident.button("Mów do asystenta").click()
    expect(resident.page.get_by_text("Asystent mówi.")).to_be_visible()
    expect(resident.log.locator(".halo-resident").last).to_contain_text("której", timeout=30_000)
    resident.page.evaluate("window.loudest = 0")
    hours = re.compile(r"\d{1,2}:\d\d")
    expect(resident.log.locator(".halo-assistant").last).to_contain_text(hours, timeout=15_000)
    resident.page.wait_for_function("window.loudest > 0.01", timeout=10_000)
