/** What changed in the week, in the server's words; nothing where there is nothing to say. */
export function WeekSentences({ sentences }: { sentences: readonly { text: string }[] }) {
  if (sentences.length === 0) return null;
  return (
    <ul className="week-sentences">
      {sentences.map(({ text }) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
