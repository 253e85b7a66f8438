import { useEffect, useState } from 'react';
import { call } from '../../api/call';
import { UploadService } from '../../api/gen/services';
import type { ChosenFile } from './files';
import { probe } from './probe';
import { type Limits, limitsFrom, type Verdict, verdictOn } from './verdict';

export interface Checked {
  /** By content, where the browser could read it. */
  contentType: string | undefined;
  verdict: Verdict;
}

/** Looks into files one after the other. A file that is not checked yet is undefined. `limits`: null while not known. */
export function useVerdicts(files: readonly ChosenFile[]): {
  checked: readonly (Checked | undefined)[];
  limits: Limits | null;
} {
  const [checked, setChecked] = useState<readonly Checked[]>([]);
  const [limits, setLimits] = useState<Limits | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    setChecked([]);
    void check(files, abort.signal, setLimits, (one) => setChecked((known) => [...known, one]));
    return () => abort.abort();
  }, [files]);
  return { checked: files.map((_file, index) => checked[index]), limits };
}

async function check(
  files: readonly ChosenFile[],
  signal: AbortSignal,
  found: (limits: Limits) => void,
  done: (one: Checked) => void,
): Promise<void> {
  // Without its limits the server decides when the file arrives.
  const limits = await call(UploadService.getUploadLimits, {}, signal).then(limitsFrom, () => null);
  if (signal.aborted) return;
  if (limits) found(limits);
  let earlierBytes = 0;
  for (const { file } of files) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other: each reads from the disk
    const seen = file.size > 0 ? await probe(file) : null;
    if (signal.aborted) return;
    const verdict = verdictOn(file, seen, limits, earlierBytes);
    if (verdict.outcome !== 'refused') earlierBytes += file.size;
    done({ contentType: seen?.contentType, verdict });
  }
}
