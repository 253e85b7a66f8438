// A start that was asked for and has not happened yet: at most one at a time.

interface Waiting {
  resolve: () => void;
  reject: (reason: DOMException) => void;
}

export class PendingPlay {
  private waiting: Waiting | null = null;

  get isPending(): boolean {
    return this.waiting !== null;
  }

  begin(): { promise: Promise<void>; token: object } {
    this.abandon();
    const { promise, resolve, reject } = withResolvers();
    const waiting = { resolve, reject };
    this.waiting = waiting;
    return { promise, token: waiting };
  }

  /** Whether the start that `begin` gave this token for is still awaited. */
  isCurrent(token: object): boolean {
    return this.waiting === token;
  }

  succeed(): void {
    this.take()?.resolve();
  }

  refuse(reason: DOMException): void {
    this.take()?.reject(reason);
  }

  /** Something else came first, as when an element is paused before it played. */
  abandon(): void {
    this.take()?.reject(new DOMException('the start was given up', 'AbortError'));
  }

  private take(): Waiting | null {
    const { waiting } = this;
    this.waiting = null;
    return waiting;
  }
}

function withResolvers(): Waiting & { promise: Promise<void> } {
  let settle: Waiting = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}
