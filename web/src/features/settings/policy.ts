// The playback policy of a room as a form. A zero in the contract means the default, which is filled in here.
import type { PlaybackPolicyJson } from '../../api/gen/syncwatch/room/v1/settings_pb';

export type WaitFor = 'all' | 'part' | 'none';
export type WhenAway = 'order' | 'named' | 'wait';

export interface PolicyDraft {
  waitFor: WaitFor;
  limitSeconds: number;
  percent: number;
  whenAway: WhenAway;
  delegateId: string;
  stopAtEnd: boolean;
}

export const MIN_LIMIT_SECONDS = 1;
export const MAX_LIMIT_SECONDS = 60;
const DEFAULT_LIMIT_MS = 5_000;
const DEFAULT_PERCENT = 50;

const WAIT_MODES = { all: 'WAIT_MODE_ALL', part: 'WAIT_MODE_QUORUM', none: 'WAIT_MODE_NONE' } as const;
const HAND_OVERS = { order: 'HAND_OVER_JOIN_ORDER', named: 'HAND_OVER_DELEGATE', wait: 'HAND_OVER_WAIT' } as const;

export function draftFrom(policy: PlaybackPolicyJson | undefined): PolicyDraft {
  const limitMs = policy?.waitLimitMs || DEFAULT_LIMIT_MS;
  return {
    waitFor: policy?.wait === 'WAIT_MODE_NONE' ? 'none' : policy?.wait === 'WAIT_MODE_QUORUM' ? 'part' : 'all',
    limitSeconds: Math.max(MIN_LIMIT_SECONDS, Math.min(MAX_LIMIT_SECONDS, Math.round(limitMs / 1000))),
    percent: policy?.quorumPercent || DEFAULT_PERCENT,
    whenAway:
      policy?.handOver === 'HAND_OVER_WAIT' ? 'wait' : policy?.handOver === 'HAND_OVER_DELEGATE' ? 'named' : 'order',
    delegateId: policy?.delegateIds?.[0] ?? '',
    stopAtEnd: policy?.stopAtEnd ?? false,
  };
}

export function policyFrom(draft: PolicyDraft): PlaybackPolicyJson {
  return {
    wait: WAIT_MODES[draft.waitFor],
    waitLimitMs: draft.limitSeconds * 1000,
    quorumPercent: draft.percent,
    handOver: HAND_OVERS[draft.whenAway],
    delegateIds: draft.whenAway === 'named' && draft.delegateId ? [draft.delegateId] : [],
    stopAtEnd: draft.stopAtEnd,
  };
}
