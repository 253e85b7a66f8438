import { expect, it } from 'vitest';
import { encodeSignal, MAX_PAYLOAD, parseSignal, type Signal } from './signal';

const SDP = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';

it('reads what it writes', () => {
  const signals: Signal[] = [
    { kind: 'begin' },
    { kind: 'description', type: 'offer', sdp: SDP },
    {
      kind: 'candidate',
      candidate: { candidate: 'candidate:1 1 udp 1 x.local 9 typ host', sdpMid: '0', sdpMLineIndex: 0 },
    },
  ];
  for (const signal of signals) expect(parseSignal(encodeSignal(signal))).toEqual(signal);
});

it('takes nothing that is foreign, oversized or more than voice', () => {
  const description = (sdp: unknown, type: unknown = 'offer') =>
    JSON.stringify({ voice: 1, kind: 'description', type, sdp });
  const candidate = (line: unknown) =>
    JSON.stringify({ voice: 1, kind: 'candidate', candidate: { candidate: line, sdpMid: '0' } });
  for (const payload of [
    '',
    'hello',
    'null',
    '[]',
    '{"kind":"begin"}',
    '{"voice":1}',
    '{"voice":1,"kind":"candidate"}',
    description(`${SDP}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`),
    description('v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n'),
    description('m=audio'),
    description(7),
    description(SDP, 'pranswer'),
    description(SDP + 'a'.repeat(MAX_PAYLOAD)),
    candidate('javascript:alert(1)'),
    candidate('candidate:1\r\na=evil'),
    candidate('candidate:'.padEnd(2_000, '1')),
    candidate(null),
  ])
    expect(parseSignal(payload), payload.slice(0, 80)).toBeNull();
});
