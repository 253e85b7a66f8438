import { call } from '../../api/call';
import { MediaAdminService } from '../../api/gen/services';
import { bytes } from '../../room/format';
import { useLoaded } from '../../room/hooks';
import { plural } from '../../room/when';
import { Panel } from '../../ui/Panel';
import { FailedState, LoadingRows } from '../../ui/States';

/** How much storage uploads use, and who uses most. */
export function StoragePart() {
  const { data, error, reload } = useLoaded('', (signal) => call(MediaAdminService.getStorage, {}, signal));
  const original = Number(data?.originalBytes ?? 0);
  const prepared = Number(data?.preparedBytes ?? 0);
  return (
    <Panel className="rim relative p-4">
      <h2 className="text-title">Storage</h2>
      {error && <FailedState text={error} onRetry={reload} />}
      {!data && !error && <LoadingRows label="Loading the storage" />}
      {data && (
        <>
          <p className="mt-1 text-sm text-soft tabular-nums">
            {bytes(original + prepared)} in {plural(data.uploads ?? 0, 'upload')}: {bytes(original)} as they were sent,{' '}
            {bytes(prepared)} made from them
          </p>
          {(data.owners ?? []).length > 0 && (
            <table className="mt-3 w-full text-left text-sm tabular-nums">
              <caption className="sr-only">Who uses most</caption>
              <thead className="text-small text-soft">
                <tr>
                  <th scope="col" className="py-1 font-semibold">
                    Person
                  </th>
                  <th scope="col" className="py-1 text-right font-semibold">
                    Uploads
                  </th>
                  <th scope="col" className="py-1 text-right font-semibold">
                    Storage
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.owners?.map(({ ownerId, uploads = 0, usedBytes }) => (
                  <tr key={ownerId} className="border-t border-edge">
                    <td className="max-w-0 truncate py-1.5">{ownerId}</td>
                    <td className="py-1.5 text-right">{uploads}</td>
                    <td className="py-1.5 text-right">{bytes(Number(usedBytes ?? 0))}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </Panel>
  );
}
