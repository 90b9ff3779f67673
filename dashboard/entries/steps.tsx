import { useId } from 'react';

/** One question with its answers as radio buttons in a row: arrow keys move, and each has its word. */
export function Steps<Value extends string | number>(parts: {
  question: string;
  answers: readonly (readonly [Value, string])[];
  chosen: Value | null;
  onChoose: (value: Value) => void;
}) {
  const { question, answers, chosen, onChoose } = parts;
  const name = useId();
  return (
    <fieldset className="steps">
      <legend>{question}</legend>
      <div className="steps-row">
        {answers.map(([value, word]) => (
          <label key={value}>
            <input type="radio" name={name} checked={chosen === value} onChange={() => onChoose(value)} />
            <span>{word}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
