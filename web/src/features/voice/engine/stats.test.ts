import { expect, it } from 'vitest';
import { figuresOf, lossPercent } from './stats';

function report(local: object, remote: object) {
  return [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    { id: 'other', type: 'candidate-pair', nominated: true, localCandidateId: 'X', currentRoundTripTime: 9 },
    {
      id: 'P',
      type: 'candidate-pair',
      nominated: true,
      localCandidateId: 'L',
      remoteCandidateId: 'R',
      currentRoundTripTime: 0.024,
    },
    { id: 'L', type: 'local-candidate', ...local },
    { id: 'R', type: 'remote-candidate', ...remote },
    { id: 'I', type: 'inbound-rtp', kind: 'audio', packetsReceived: 960, packetsLost: 40 },
  ];
}

it('tells the way by the worse of its ends', () => {
  const path = (local: object, remote: object) => figuresOf(report(local, remote)).path;
  expect(path({ candidateType: 'host' }, { candidateType: 'host' })).toBe('ICE_PATH_HOST');
  expect(path({ candidateType: 'host' }, { candidateType: 'prflx' })).toBe('ICE_PATH_REFLEXIVE');
  expect(path({ candidateType: 'srflx' }, { candidateType: 'relay' })).toBe('ICE_PATH_RELAY_UDP');
  expect(path({ candidateType: 'relay', relayProtocol: 'tcp' }, { candidateType: 'host' })).toBe('ICE_PATH_RELAY_TCP');
  expect(path({ candidateType: 'relay', relayProtocol: 'tls' }, { candidateType: 'host' })).toBe('ICE_PATH_RELAY_TLS');
  expect(figuresOf([]).path).toBeNull();
});

it('counts loss between two looks', () => {
  const now = figuresOf(report({}, {}));
  expect(now).toMatchObject({ roundTripMs: 24, received: 960, lost: 40 });
  expect(lossPercent({ ...now, received: 0, lost: 0 }, now)).toBe(4);
  expect(lossPercent(now, now)).toBeNull();
});
