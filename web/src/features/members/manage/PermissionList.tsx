import { PERMISSION_GROUPS, type Permission, permissionsIn, verbOf } from '../../../api/permissions';
import { type Segment, Segmented } from '../../../ui/Segmented';

interface Props<Answer extends string> {
  label: string;
  options: readonly Segment<Answer>[];
  valueOf: (permission: Permission) => Answer;
  /** Below the sentence; empty: nothing. */
  hintOf?: (permission: Permission) => string;
  isDisabled: boolean;
  /** Why this person cannot change the answer; empty: they can. */
  whyNotOf: (permission: Permission) => string;
  onChange: (permission: Permission, answer: Answer) => void;
}

/** Every permission as a sentence with its answer, in groups. */
export function PermissionList<Answer extends string>(props: Props<Answer>) {
  const { label, options, valueOf, hintOf, isDisabled, whyNotOf, onChange } = props;
  return (
    <section aria-label={label} className="grid gap-4">
      {PERMISSION_GROUPS.map((group) => (
        <div key={group}>
          <h3 className="mb-1 text-label text-soft">{group}</h3>
          <ul className="grid gap-0.5">
            {permissionsIn(group).map((permission) => {
              const sentence = `May ${verbOf(permission)}`;
              const whyNot = whyNotOf(permission);
              const hint = [hintOf?.(permission), whyNot].filter(Boolean).join('. ');
              return (
                <li
                  key={permission}
                  className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-control px-2 py-1.5 hover:bg-hover"
                >
                  <span className="min-w-40 grow">
                    {sentence}
                    {hint && <span className="block text-small text-soft">{hint}</span>}
                  </span>
                  <Segmented
                    label={sentence}
                    options={options}
                    value={valueOf(permission)}
                    disabled={isDisabled || whyNot !== ''}
                    onChange={(answer) => onChange(permission, answer)}
                    className="w-44"
                  />
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </section>
  );
}
