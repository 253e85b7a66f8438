// A tus server in memory, by the protocol's text: creation, concatenation of unfinished parts, HEAD, PATCH, DELETE.
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';

export interface Stored {
  bytes: Uint8Array;
  length: number;
  metadata: string;
  concat: string;
}

type Answer = { status: number; headers?: Record<string, string>; body?: string } | 'none';

export class FakeTus {
  readonly uploads = new Map<string, Stored>();
  /** "PATCH /media/uploads/1 0" for each request that arrived. */
  readonly log: string[] = [];
  /** Answers that come before the server's own, by method: the first of each is used up. */
  readonly script: Record<string, Answer[]> = {};
  /** Stores so many bytes of the next PATCH and then hangs, as a line that is cut. */
  hangAfter: number | null = null;
  /** Larger requests are refused as by a proxy: 413 without a reason. */
  maxRequest = Infinity;
  joinsUnfinished = true;
  private count = 0;

  readonly stack: HttpStack = {
    getName: () => 'memory',
    createRequest: (method, url) => new Request(this, method, url),
  };

  fail(method: string, ...answers: Answer[]): void {
    this.script[method] = [...(this.script[method] ?? []), ...answers];
  }

  /** All bytes of an upload; those of a final one are its parts'. */
  bytesOf(url: string): Uint8Array {
    const stored = this.uploads.get(url);
    const parts = stored?.concat.startsWith('final;') ? stored.concat.slice('final;'.length).split(' ') : [];
    const all = parts.length > 0 ? parts.map((part) => this.bytesOf(part)) : [stored?.bytes ?? new Uint8Array()];
    return joined(all);
  }

  async take(request: Request, body: Blob | null): Promise<Answer> {
    const { method, url, headers } = request;
    this.log.push([method, url, headers['upload-offset'], headers['upload-concat']].filter(Boolean).join(' '));
    const scripted = this.script[method]?.shift();
    if (scripted) return scripted;
    if (headers['tus-resumable'] !== '1.0.0') return { status: 412 };
    if (method === 'POST') return this.create(headers);
    const stored = this.uploads.get(url);
    if (!stored) return { status: 404 };
    if (method === 'DELETE') {
      this.uploads.delete(url);
      return { status: 204 };
    }
    const offset = stored.bytes.length;
    if (method === 'HEAD')
      return { status: 200, headers: { 'upload-offset': `${offset}`, 'upload-length': `${stored.length}` } };
    if (Number(headers['upload-offset']) !== offset) return { status: 409 };
    return this.append(stored, new Uint8Array((await body?.arrayBuffer()) ?? new ArrayBuffer(0)), request);
  }

  private append(stored: Stored, bytes: Uint8Array, request: Request): Answer | Promise<Answer> {
    if (bytes.length > this.maxRequest) return { status: 413, body: '<html>too large</html>' };
    const taken = this.hangAfter === null ? bytes : bytes.slice(0, this.hangAfter);
    stored.bytes = joined([stored.bytes, taken]);
    if (this.hangAfter !== null) {
      this.hangAfter = null;
      return new Promise((resolve) => {
        request.aborted = () => resolve('none');
      });
    }
    return { status: 204, headers: { 'upload-offset': `${stored.bytes.length}` } };
  }

  private create(headers: Record<string, string>): Answer {
    const concat = headers['upload-concat'] ?? '';
    if (concat.startsWith('final;') && !this.joinsUnfinished) return { status: 403 };
    this.count += 1;
    const url = `/media/uploads/upload_${this.count}`;
    const length = Number(headers['upload-length'] ?? 0);
    this.uploads.set(url, { bytes: new Uint8Array(), length, metadata: headers['upload-metadata'] ?? '', concat });
    return { status: 201, headers: { location: url } };
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

class Request implements HttpRequest {
  readonly headers: Record<string, string> = {};
  aborted: () => void = () => undefined;

  constructor(
    private readonly server: FakeTus,
    readonly method: string,
    readonly url: string,
  ) {}

  getMethod(): string {
    return this.method;
  }

  getURL(): string {
    return this.url;
  }

  setHeader(name: string, value: string): void {
    this.headers[name.toLowerCase()] = value;
  }

  getHeader(name: string): string | undefined {
    return this.headers[name.toLowerCase()];
  }

  setProgressHandler(): void {}

  async send(body: Blob | null): Promise<HttpResponse> {
    const answer = await this.server.take(this, body);
    if (answer === 'none') throw new TypeError('the network is down');
    return {
      getStatus: () => answer.status,
      getHeader: (name) => answer.headers?.[name.toLowerCase()],
      getBody: () => answer.body ?? '',
      getUnderlyingObject: () => null,
    };
  }

  abort(): Promise<void> {
    this.aborted();
    return Promise.resolve();
  }

  getUnderlyingObject(): null {
    return null;
  }
}
