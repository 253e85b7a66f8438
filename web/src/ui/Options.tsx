/** The options of a `Select`, from pairs of value and label. */
export function Options({ options }: { options: readonly (readonly [string | number, string])[] }) {
  return options.map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}
