import { expect, it } from 'vitest';
import type { PlaybackPolicyJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { draftFrom, policyFrom } from './policy';

it('fills in the defaults', () => {
  expect(draftFrom(undefined)).toEqual({
    waitFor: 'all',
    limitSeconds: 5,
    percent: 50,
    whenAway: 'order',
    delegateId: '',
    stopAtEnd: false,
  });
  expect(draftFrom({ waitLimitMs: 0, quorumPercent: 0 })).toMatchObject({ limitSeconds: 5, percent: 50 });
  expect(draftFrom({ waitLimitMs: 400 }).limitSeconds).toBe(1);
});

it('returns an unchanged policy', () => {
  const policy: PlaybackPolicyJson = {
    wait: 'WAIT_MODE_QUORUM',
    waitLimitMs: 12_000,
    quorumPercent: 75,
    handOver: 'HAND_OVER_DELEGATE',
    delegateIds: ['user_b'],
    stopAtEnd: true,
  };
  expect(policyFrom(draftFrom(policy))).toEqual(policy);
});

it('names a delegate only where the policy uses one', () => {
  expect(policyFrom({ ...draftFrom(undefined), delegateId: 'user_b', whenAway: 'wait' })).toMatchObject({
    handOver: 'HAND_OVER_WAIT',
    delegateIds: [],
  });
});
