// Why a microphone cannot be used, as people read it: what happened, then what to do. Case W23.

export function microphoneError(error: unknown): string {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotFoundError':
      return 'No microphone found. Plug one in and press Unmute; you can listen meanwhile.';
    case 'NotAllowedError':
    case 'SecurityError':
      return 'The browser blocks the microphone for this page. Allow it in the address bar and press Unmute; you can listen meanwhile.';
    case 'NotReadableError':
    case 'AbortError':
      return 'Another program uses the microphone. Close it there and press Unmute; you can listen meanwhile.';
    case 'OverconstrainedError':
      return 'The chosen microphone is gone. Choose another one in the voice settings.';
    default:
      return 'The microphone did not start. Press Unmute to try again; you can listen meanwhile.';
  }
}
