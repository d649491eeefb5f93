"""sipp as the operator's network: phones that are busy or ring on, and a hidden caller."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.telephony.rig import DIES_WITH_US, Rig

ANSWER = """
  <send><![CDATA[

SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:];tag=[pid]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0

  ]]></send>
"""
ACK = '  <recv request="ACK"/>\n'

BUSY = '  <recv request="INVITE"/>\n' + ANSWER.format(status="486 Busy Here") + ACK
RINGS_ON = (
    '  <recv request="INVITE"/>\n'
    + ANSWER.format(status="180 Ringing")
    + '  <recv request="CANCEL"/>\n'
    + ANSWER.format(status="200 OK")
)
HIDDEN_CALLER = """
  <send><![CDATA[

INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=[pid]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:[local_ip]:[local_port]>
P-Asserted-Identity: <sip:+48991234567@operator.example>
Privacy: id
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=user 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000

  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="200"/>
  <send><![CDATA[

ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=[pid]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

  ]]></send>
  <pause milliseconds="3000"/>
  <send><![CDATA[

BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=[pid]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

  ]]></send>
  <recv response="200"/>
"""


class OperatorSide:
    """One sipp at the operator's address; ``messages`` is all SIP it saw."""

    def __init__(self, rig: Rig, scenario: str, *, dials: str | None = None) -> None:
        self._folder = rig.folder / "operator"
        self._folder.mkdir(exist_ok=True)
        (self._folder / "scenario.xml").write_text(
            f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario>\n{scenario}</scenario>\n'
        )
        self._messages = self._folder / "messages.log"
        self._messages.unlink(missing_ok=True)
        inside = f"{rig.base}/operator"
        sound = rig.ports.sound(4).start
        command = [
            *(*DIES_WITH_US, "chroot", rig.chroot, "sipp", "-sf", f"{inside}/scenario.xml"),
            *("-i", "127.0.0.1", "-p", str(rig.ports.operator), "-mp", str(sound), "-m", "1"),
            *("-nostdin", "-trace_msg", "-message_file", f"{inside}/messages.log"),
        ]
        if dials:
            command += ["-s", dials, f"127.0.0.1:{rig.ports.sip}"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def messages(self) -> str:
        path: Path = self._messages
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
