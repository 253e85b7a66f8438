import { expect, it } from 'vitest';
import { MAX_HELD_MS, TalkButton } from './talk';

it('is open while it is held', () => {
  const button = new TalkButton();
  button.press(0);
  expect(button.state).toBe('held');
  button.release(2_000);
  expect(button.state).toBe('closed');
  // A long press is no tap, so the next one locks nothing.
  button.press(2_100);
  expect(button.state).toBe('held');
});

it('stays open after two quick presses, until the next one', () => {
  const button = new TalkButton();
  button.press(0);
  button.release(100);
  button.press(250);
  button.release(330);
  expect(button.state).toBe('locked');
  button.release(9_000);
  button.letGo();
  expect(button.state).toBe('locked');
  button.press(10_000);
  button.release(10_050);
  expect(button.state).toBe('closed');
});

it('does not lock by two slow presses', () => {
  const button = new TalkButton();
  button.press(0);
  button.release(100);
  button.press(800);
  expect(button.state).toBe('held');
});

// Case W22.
it('closes when the page loses the key, and when it was held for too long', () => {
  const button = new TalkButton();
  button.press(0);
  button.letGo();
  expect(button.state).toBe('closed');
  button.release(50);
  button.press(1_000);
  expect(button.expire(1_000 + MAX_HELD_MS - 1)).toBe(false);
  expect(button.expire(1_000 + MAX_HELD_MS)).toBe(true);
  expect(button.state).toBe('closed');
});
