// A requested start that has not happened yet; one at a time.

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

  /** Rejects the start: another command came first, such as a pause. */
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
