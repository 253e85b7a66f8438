/** Why there is no field. */
export function CannotWrite() {
  return (
    <p role="status" className="px-5 pt-2 pb-5 text-center text-small text-soft">
      You can read the chat, but not write in it. Ask a moderator to allow it.
    </p>
  );
}
