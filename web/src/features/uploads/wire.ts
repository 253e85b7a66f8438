// The requests of an upload: tus 1.0 (https://tus.io/protocols/resumable-upload) with the extensions creation and
// concatenation.
//
// tus-js-client sends the bytes. It does not create uploads here, since it begins another one whenever a HEAD fails, be it
// by a 502 (case M1); and it creates the final upload of a concatenation after its parts, where ours comes first.
import type { DetailedError, HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';
import { ApiError, errorFrom, unreachable } from '../../api/errors';
import type { Part } from './entry';
import { GONE, PROXY_LIMIT, refusalFor } from './refusal';

export interface WireDeps {
  /** Path of the uploads at the server. */
  endpoint: string;
  /** Null: no one is signed in. `refused`: a token that the server did not take. */
  bearer(refused: string | null): Promise<string | null>;
  /** Absent: XMLHttpRequest. */
  stack?: HttpStack;
}

export interface NewUpload {
  filename: string;
  contentType: string;
  size: number;
  /** Where the end that is sent first begins; null: one part. */
  tailAt: number | null;
}

export interface Created {
  uploadId: string;
  /** In the order in which they are to be sent. */
  parts: Part[];
}

interface Sending {
  signal: AbortSignal;
  /** Largest request in bytes; Infinity: one request. */
  chunkBytes: number;
  /** Bytes of this part that the server has acknowledged. */
  acknowledged(bytes: number): void;
}

/** How servers refuse to join uploads, or to join unfinished ones. */
const NO_CONCATENATION = [400, 403, 405, 409, 412, 501];

/** Sends uploads to one server. */
export class Wire {
  /** A token that the server did not take. */
  private refused: string | null = null;

  constructor(private readonly deps: WireDeps) {}

  /** Creates an upload. With a tail: two parts and the final upload, which is there before its bytes are. */
  async create(upload: NewUpload): Promise<Created> {
    const { tailAt, size } = upload;
    const inParts = tailAt === null ? null : await this.createInParts(upload, tailAt);
    if (inParts) return inParts;
    const url = await this.post({ 'Upload-Length': `${size}`, 'Upload-Metadata': metadata(upload) });
    return { uploadId: idOf(url), parts: [{ url, start: 0, end: size, sent: 0 }] };
  }

  /** Sends the rest of a part. Rejects with an `ApiError`; with the reason of `signal` once that is aborted. */
  async send(file: Blob, part: Part, { signal, chunkBytes, acknowledged }: Sending): Promise<void> {
    const { Upload } = await import('tus-js-client');
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const done = (settle: () => void) => {
        signal.removeEventListener('abort', abort);
        settle();
      };
      const abort = () => {
        void upload.abort();
        done(() => reject(signal.reason));
      };
      const upload = new Upload(file.slice(part.start, part.end), {
        uploadUrl: part.url,
        // Without an endpoint it cannot begin another upload.
        endpoint: null,
        uploadSize: part.end - part.start,
        chunkSize: chunkBytes,
        // The caller retries: it tells a pause, a lost network and a busy server apart.
        retryDelays: null,
        storeFingerprintForResuming: false,
        fileReader: READER,
        ...(this.deps.stack && { httpStack: this.deps.stack }),
        onBeforeRequest: (request) => this.authorize(request),
        onAfterResponse: (request, response) => {
          this.heard(request, response);
          const offset = Number.parseInt(response.getHeader('Upload-Offset') ?? '', 10);
          if (response.getStatus() < 300 && Number.isFinite(offset)) acknowledged(offset);
        },
        onSuccess: () => done(resolve),
        onError: (error) => done(() => reject(wireError(error))),
      });
      signal.addEventListener('abort', abort);
      upload.start();
    });
  }

  /** Ends an upload at the server. What fails is swept there after a day. */
  async remove(url: string): Promise<void> {
    await this.exchange('DELETE', url, {}).catch(() => undefined);
  }

  /** Null: the server does not join uploads that are unfinished. */
  private async createInParts(upload: NewUpload, tailAt: number): Promise<Created | null> {
    const parts: Part[] = [];
    const ranges = [
      [tailAt, upload.size],
      [0, tailAt],
    ] as const;
    try {
      for (const [start, end] of ranges) {
        const url = await this.post({
          'Upload-Concat': 'partial',
          'Upload-Length': `${end - start}`,
          'Upload-Metadata': metadata(upload),
        });
        parts.push({ url, start, end, sent: 0 });
      }
      const inOrder = parts.toReversed().map(({ url }) => new URL(url, location.href).pathname);
      const final = await this.post({
        'Upload-Concat': `final;${inOrder.join(' ')}`,
        'Upload-Metadata': metadata(upload),
      });
      return { uploadId: idOf(final), parts };
    } catch (error) {
      await Promise.all(parts.map(({ url }) => this.remove(url)));
      // Any other refusal holds for the whole file too.
      if (!(error instanceof ApiError) || !NO_CONCATENATION.includes(error.code) || refusalFor(error.reason))
        throw error;
      return null;
    }
  }

  private async post(headers: Record<string, string>): Promise<string> {
    const response = await this.exchange('POST', this.deps.endpoint, headers);
    const url = response.getHeader('Location');
    if (response.getStatus() !== 201 || !url) throw apiError(response);
    // Case M4: a path is kept as it is, so that the page's own scheme counts.
    return url;
  }

  private async exchange(method: string, url: string, headers: Record<string, string>): Promise<HttpResponse> {
    const stack = this.deps.stack ?? new (await import('tus-js-client')).DefaultHttpStack({});
    for (let attempt = 0; ; attempt += 1) {
      const request = stack.createRequest(method, url);
      for (const [name, value] of Object.entries({ 'Tus-Resumable': '1.0.0', ...headers }))
        request.setHeader(name, value);
      await this.authorize(request);
      const response = await request.send(null).catch(() => {
        throw unreachable();
      });
      this.heard(request, response);
      if (response.getStatus() === 401 && attempt === 0) continue;
      if (response.getStatus() >= 400) throw apiError(response);
      return response;
    }
  }

  private async authorize(request: HttpRequest): Promise<void> {
    const token = await this.deps.bearer(this.refused);
    if (token) request.setHeader('Authorization', `Bearer ${token}`);
  }

  /** A refused token is replaced in the next request. */
  private heard(request: HttpRequest, response: HttpResponse): void {
    if (response.getStatus() === 401)
      this.refused = request.getHeader('Authorization')?.slice('Bearer '.length) ?? null;
  }
}

/** Reads a file part by part. The library's own reader of Node does not know `Blob`, and tests run there. */
const READER = {
  openFile: (file: Blob) =>
    Promise.resolve({
      size: file.size,
      slice: (start: number, end: number) => {
        const value = file.slice(start, end);
        return Promise.resolve({ value, size: value.size, done: end >= file.size });
      },
      close: () => undefined,
    }),
};

function wireError(error: Error | DetailedError): ApiError {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  return response ? apiError(response) : unreachable();
}

function apiError(response: HttpResponse): ApiError {
  const status = response.getStatus();
  let body: unknown = null;
  try {
    body = JSON.parse(response.getBody() || 'null');
  } catch {
    // A proxy's page.
  }
  const error = errorFrom(status, body);
  if (status === 404 || status === 410) return new ApiError(error.message, status, GONE);
  // Ours says why, a proxy's does not: "too large" would be a guess about the wrong limit.
  if (status === 413 && isUnexplained(error)) return new ApiError(error.message, status, PROXY_LIMIT);
  if (error.retryAfterMs !== null) return error;
  const seconds = Number.parseFloat(response.getHeader('Retry-After') ?? '');
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : null;
  return new ApiError(error.message, status, error.reason, error.metadata, error.violations, retryAfterMs);
}

/** `errorFrom` gives this reason to bodies that are not of our server. */
function isUnexplained(error: ApiError): boolean {
  return error.reason === 'INTERNAL' || error.reason === '';
}

function metadata({ filename, contentType }: NewUpload): string {
  return `filename ${base64(filename)},filetype ${base64(contentType)}`;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** `upload_…`: the last segment of the upload's URL. */
function idOf(url: string): string {
  return decodeURIComponent(new URL(url, location.href).pathname.split('/').at(-1) ?? '');
}
